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


def test_states_of_a_loop_have_no_gradient():
    import jax

    def block(x, constants, states, index):
        y = x * constants[0]
        return y, [states[0] + y]

    def run(kernels):
        ones = jax.numpy.ones(3)
        x, states = backend.scan(block, ones[0], [kernels], [ones], 3)
        return x, states[0].sum()

    kernels = jax.numpy.array([2.0, 3.0, 5.0])
    values, last = jax.jacrev(run)(kernels)
    assert values.tolist() == [15, 10, 6]
    assert last.tolist() == [0, 0, 0]
    assert run(kernels)[1] == 3 + 2 + 6 + 30


def test_there_are_no_kernels():
    assert backend.fused_batch_norm(*6 * [None]) is None
    assert backend.grouped_conv(*6 * [None]) is None
