"""What the backend room offers on JAX."""

import keras
import pytest

from keras_deep import backend

if keras.backend.backend() != "jax":
    pytest.skip("Keras's backend is not JAX.", allow_module_level=True)


@pytest.mark.parametrize("platform", ("cpu", "gpu", "tpu"))
def test_groups_are_slow_on_the_cpu(monkeypatch, platform):
    import jax

    monkeypatch.setattr(jax, "default_backend", lambda: platform)
    assert backend.slow_groups() == (platform == "cpu")


def test_there_are_no_kernels():
    assert backend.fused_batch_norm(*6 * [None]) is None
    assert backend.grouped_conv(*6 * [None]) is None
