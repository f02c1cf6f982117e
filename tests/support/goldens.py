"""Makes tests of golden files for a family, see their `GOLDENS.md`.

The files have logits of independent implementations, which the converted
network must reproduce.
"""

import numpy as np
import pytest

from keras_deep.convert import from_pytorch
from tests.convert.weights import close
from tests.convert.weights import golden
from tests.convert.weights import images
from tests.convert.weights import state_dict
from tests.support.starts import zero_start


def golden_tests(goldens, long=()):
    """Makes a test of golden files.

    Args:
        goldens: dict of golden files to pairs of a registered model and a
            dict of arguments.
        long: tuple of files that only the proof runs.

    Returns:
        Test function with the attribute `goldens`, the files it checks.
    """

    @pytest.mark.parametrize("name", _cases(goldens, long))
    def test(name, shared):
        builder, arguments = goldens[name]
        check_logits(golden(shared, name), builder, arguments)

    test.goldens = goldens
    return test


def check_logits(expected, builder, arguments):
    """Checks counts and logits of a model against those of a golden file."""
    weights = state_dict(expected["state_dict"])
    given = {"classifier_activation": None, "input_shape": (None, None, 3)}
    with zero_start():
        model = from_pytorch(weights, builder, **given | arguments)
    trainable = sum(np.prod(w.shape) for w in model.trainable_weights)
    assert trainable == expected["params_trainable"]
    assert model.count_params() == expected["params_total"]
    for size, logits in expected["logits_first16"].items():
        height, width = map(int, size.split("x"))
        ours = np.array(model(images(height, width)))[:, :16]
        assert close(ours, np.array(logits)) < 1e-4


def _cases(names, long):
    return [
        pytest.param(name, id=name, marks=[pytest.mark.proof] * (name in long))
        for name in names
    ]
