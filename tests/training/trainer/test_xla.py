"""The step of every registered network is compiled by XLA, as TPUs need it."""

import re

import keras
import numpy as np
import pytest

from keras_deep.training import Trainer
from keras_deep.training.trainer import loops
from tests.support.backends import only_tensorflow
from tests.support.contract import compiled
from tests.support.small import batch
from tests.support.small import networks
from tests.support.small import small_arguments
from tests.support.small import small_model
from tests.support.small import stacked_arguments

tf = pytest.importorskip("tensorflow")
pytestmark = only_tensorflow("A loop of TensorFlow.")
BATCHES, SIZE = 2, 8
# Of the losses of two epochs: what is rounded otherwise grows in each step.
TOLERANCES = [1e-4, 1e-3]
# Networks that normalise few pixels make it grow so much that only float64
# tells roundings from mistakes; losses are kept in float32.
ROUNDED, DOUBLE = [5e-2] * 2, [1e-6] * 2
# A shape of HLO with a side that is known only when it runs.
DYNAMIC = re.compile(r"\w\[[\d,]*<=")

# One of each way to build blocks; the other networks are for the proof.
QUICK = ["CifarResNet", "CifarResNeXt", "DenseNetBC", "SwapoutResNet", "IRNN"]
QUICK_STACKED = ["CifarResNet"]


def case(name, stack):
    quick = name in (QUICK_STACKED if stack else QUICK)
    return pytest.param(
        *(name, stack),
        id=f"{name}-stacked" if stack else name,
        marks=() if quick else pytest.mark.proof,
    )


CASES = [
    *(case(name, False) for name in networks()),
    *(case(name, True) for name in networks(stacked_arguments, ("stack",))),
]


def draws(model, x):
    """Returns whether a model is another function in every step."""
    first, *others = (model(x, training=True) for _ in range(10))
    return any(not np.array_equal(first, other) for other in others)


def trained(name, stack, jit_compile):
    """Trains a small network, all steps of an epoch in one call.

    Returns:
        Tuple of the losses, the model, the weights before, and a batch.
    """
    keras.utils.set_random_seed(1)
    arguments = (stacked_arguments if stack else small_arguments)(name)
    model = small_model(name, **arguments)
    before = model.get_weights()
    examples = batch(name, model, BATCHES * SIZE)
    data = tf.data.Dataset.from_tensor_slices(examples)
    data = data.batch(SIZE, drop_remainder=True)
    compiled(name, model, jit_compile).steps_per_execution = BATCHES
    losses = Trainer(model).fit(data, len(TOLERANCES)).history["loss"]
    return losses, model, before, next(iter(data))


@pytest.mark.parametrize("name, stack", CASES)
def test_the_step_is_compiled_once_with_fixed_shapes(name, stack, monkeypatch):
    made, in_xla = [], loops.in_xla
    monkeypatch.setattr(
        loops, "in_xla", lambda step: made.append(in_xla(step)) or made[-1]
    )
    losses, model, before, example = trained(name, stack, True)
    assert np.isfinite(losses).all()
    changed = [
        not np.array_equal(a, b) for a, b in zip(before, model.get_weights())
    ]
    # A convolution's bias before batch normalisation has no gradient.
    assert sum(changed) > 0.7 * len(changed)
    (step,) = [f for f in made if f.experimental_get_tracing_count()]
    code = step.experimental_get_compiler_ir(example)(stage="hlo")
    assert "HloModule" in code and not DYNAMIC.search(code)
    found = step.get_concrete_function(example)
    assert found.function_def.attr["_XlaMustCompile"].b
    # It is the one that was trained with.
    assert step.experimental_get_tracing_count() == 1

    if not draws(model, example[0]):
        expected = trained(name, stack, False)[0]
        if not close(losses, expected, TOLERANCES):
            assert close(losses, expected, ROUNDED)
            keras.config.set_dtype_policy("float64")
            losses, expected = (
                trained(name, stack, by_xla)[0] for by_xla in (True, False)
            )
            assert close(losses, expected, DOUBLE)


def close(losses, expected, tolerances):
    return all(
        value == pytest.approx(other, rel=allowed)
        for value, other, allowed in zip(losses, expected, tolerances)
    )
