"""Training with Keras, in both formats and without TensorFlow."""

import importlib.util
import subprocess
import sys

import keras
import numpy as np
import pytest

from keras_deep.data import pipeline_numpy
from keras_deep.data.sources import Settings
from tests.data.oracle import COUNT


def trained(batches, epochs, model=None, **options):
    if model is None:
        keras.utils.set_random_seed(0)
        layers = [keras.layers.Flatten(), keras.layers.Dense(COUNT)]
        model = keras.Sequential([keras.Input((6, 5, 3)), *layers])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile("adam", loss, jit_compile=False)
    options = {"shuffle": False, **options}
    model.fit(batches, epochs=epochs, verbose=0, **options)
    return model


def skip_the_only_batch_on_jax(batches):
    if len(batches) == 1 and keras.backend.backend() == "jax":
        pytest.skip("Keras's look at the only batch counts as an epoch.")


def assert_equal_weights(one, other):
    for a, b in zip(one.get_weights(), other.get_weights()):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("batch_size", [5, 30])
def test_an_interrupted_fit_goes_on_with_the_same_batches(
    pipeline, images, settings, batch_size
):
    made = settings(padding=2, flip=True)
    made = Settings(**{**vars(made), "batch_size": batch_size})
    train_from = pipeline.training(images, made)
    skip_the_only_batch_on_jax(train_from(0))
    whole = trained(train_from(0), 3)
    part = trained(train_from(0), 1)
    trained(train_from(1), 3, part, initial_epoch=1)
    assert_equal_weights(whole, part)


@pytest.mark.parametrize("batch_size", [5, 12, 30])
@pytest.mark.parametrize("shuffle", [False, True])
def test_the_numpy_format_counts_passes(images, settings, shuffle, batch_size):
    made = Settings(**{**vars(settings()), "batch_size": batch_size})
    taken = []

    class Recorded(pipeline_numpy.Batches):
        def __getitem__(self, index):
            taken.append((self.epoch, index))
            return super().__getitem__(index)

    batches = Recorded(images, made, 0)
    skip_the_only_batch_on_jax(batches)
    trained(batches, 2, shuffle=shuffle)
    # Keras first looks at a few batches, which are no pass.
    count = 2 * len(batches)
    expected = [(e, i) for e in (0, 1) for i in range(len(batches))]
    assert sorted(taken[-count:]) == expected
    assert all(number == 0 for number, _ in taken[:-count])
    assert batches.epoch == 2


SCRIPT = """
import sys
{block}
import numpy as np
import keras
sys.modules["tensorflow"] = None
for name in list(sys.modules):
    if name.startswith("tensorflow."):
        del sys.modules[name]
from keras_deep.data import load
data = load("folder", format="numpy", data_dir=sys.argv[1], batch_size=4)
epochs = [[x.sum() for x, _ in data.train] for _ in range(2)]
assert epochs[0] != epochs[1]
for split in (data.train, data.validation, data.test):
    x, y = split[0]
    assert isinstance(x, np.ndarray) and x.shape[1:] == (8, 8, 3)
try:
    load(sys.argv[1], format="tf")
except ImportError as error:
    assert "pip install 'keras_deep[tensorflow]'" in str(error), error
else:
    raise AssertionError("TensorFlow was found")
print("worked")
"""


def test_numpy_needs_no_tensorflow(tmp_path, write_folder, monkeypatch):
    """From here on TensorFlow cannot be imported, not even by Keras.

    Where JAX is installed, Keras itself starts without TensorFlow.
    """
    block = ""
    if importlib.util.find_spec("jax") is not None:
        monkeypatch.setenv("KERAS_BACKEND", "jax")
        block = 'sys.modules["tensorflow"] = None'
    write_folder(tmp_path, (8, 8))
    script = SCRIPT.format(block=block)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "worked", done.stderr
