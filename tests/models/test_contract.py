"""What every registered model must do; no entry is skipped."""

import keras
import pytest

import keras_deep
from keras_deep.models.registry import entry_of
from tests.support import contract
from tests.support.kinds import kind_of
from tests.support.small import networks

every_model = pytest.mark.parametrize("name", keras_deep.list_models())
# Twins, whose small networks are the same, are one of these.
every_network = pytest.mark.parametrize("name", networks())


@every_model
def test_name_is_public_and_builds_what_it_says(name):
    build = getattr(keras_deep, name)
    assert build is entry_of(name).build
    assert build.__name__ == name


@every_model
def test_signature_ends_in_the_common_arguments(name):
    contract.check_signature(name)


@every_model
def test_docstring_says_all(name):
    contract.check_docstring(name)


@every_model
def test_wrong_argument_is_an_error_with_near_misses(name):
    contract.check_near_misses(name)


@every_model
def test_wrong_values_are_errors(name):
    kind_of(name).check_wrong_values(name)


def _marks(name):
    """On JAX, slow on the CPU, the large networks are for the proof."""
    slow = keras.backend.backend() == "jax"
    large = entry_of(name).dataset == "imagenet"
    return [pytest.mark.proof] if slow and large else []


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=_marks(name)) for name in networks()]
)
def test_trains_and_saves(name, tmp_path):
    contract.check_trains_and_saves(name, tmp_path)


@pytest.mark.parametrize(
    "name, check",
    [
        pytest.param(
            name, check, id=f"{name}-{check.__name__}", marks=_marks(name)
        )
        for name in networks()
        for check in kind_of(name).checks
    ],
)
def test_does_what_its_kind_does(name, check):
    contract.check_kind(name, check)


# For each kind of block see `tests/layers/test_precision.py`.
@pytest.mark.proof
@every_network
def test_runs_in_mixed_bfloat16(name):
    contract.check_half_precision(name)


@pytest.mark.proof
@every_network
def test_predicts_in_a_graph(name):
    contract.check_predicts_in_a_graph(name)


@pytest.mark.proof
@pytest.mark.skipif(
    keras.backend.backend() == "jax",
    reason="On JAX the tests above train with XLA.",
)
@every_network
def test_runs_with_jit_compile(name):
    contract.check_jit(name)
