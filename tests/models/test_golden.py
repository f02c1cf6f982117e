"""Counts that independent implementations have, exactly."""

import pytest

import keras_deep
from keras_deep.models.published import all_references
from keras_deep.models.published import network_of

GOLDEN = all_references()


def _marks(row):
    """The largest of them, and twins with 100 classes, are for the proof."""
    arguments = row["arguments"]
    long = arguments.get("depth", 0) >= 190 or arguments.get("classes") == 100
    return [pytest.mark.proof] if long else []


@pytest.mark.parametrize("name", keras_deep.list_models())
def test_every_model_has_a_golden_row(name):
    ours = network_of(name, {})
    rows = [network_of(row["model"], row["arguments"]) for row in GOLDEN]
    assert ours in rows, (
        f"{name} has no row in keras_deep/models/reference. Add one from a "
        "source other than this package with tools/update_reference.py."
    )


@pytest.mark.parametrize(
    "row",
    [pytest.param(row, id=row["id"], marks=_marks(row)) for row in GOLDEN],
)
def test_counts_are_exact(row):
    model = keras_deep.create_model(row["model"], **row["arguments"])
    profile = keras_deep.profile(model, batch_size=1)
    total = profile.total
    assert total.trainable == row["trainable"]
    assert total.trainable + total.non_trainable == row["total"]
    if row["multiply_adds"] is not None:
        assert total.multiply_adds == row["multiply_adds"]
