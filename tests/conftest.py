"""What all tests share: the oracle data's folder and reproducible seeds."""

import logging
import os
import pathlib
import random
import sys

import numpy as np
import pytest

# Their assertions say what was compared, as those of tests do.
pytest.register_assert_rewrite("tests.support")


def pytest_collectstart(collector):
    """Seeds layers that a module makes as arguments of its tests."""
    random.seed(0)


@pytest.fixture(scope="session")
def shared():
    """The folder of reference data, `$KERAS_DEEP_SHARED` or `../shared`.

    It is not part of the repository: without it the tests that compare with
    it are skipped, except in CI, where its absence is a failure.
    """
    root = pathlib.Path(__file__).resolve().parents[1]
    path = pathlib.Path(
        os.environ.get("KERAS_DEEP_SHARED", root.parent / "shared")
    )
    if not path.is_dir():
        reason = (
            f"The reference data is not at {path}. Set KERAS_DEEP_SHARED to "
            "the folder that holds `reference` and `data`."
        )
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@pytest.fixture(autouse=True)
def reproducible():
    """Seeds every generator and restores Keras's global settings."""
    import keras

    keras.utils.set_random_seed(0)
    _hear_warnings()
    yield
    keras.config.set_dtype_policy("float32")
    keras.config.set_floatx("float32")
    if "tensorflow" in sys.modules:
        # A training with a seed turns it on, and with it XLA off.
        from tensorflow.python.framework import config

        config.disable_op_determinism()


def _hear_warnings():
    """Undoes what other packages' set-up of logging silences, for `caplog`."""
    logging.disable(logging.NOTSET)
    logging.getLogger().setLevel(logging.WARNING)
    ours = logging.getLogger("keras_deep")
    ours.disabled, ours.propagate = False, True
    ours.setLevel(logging.NOTSET)


@pytest.fixture
def rng():
    return np.random.default_rng(0)
