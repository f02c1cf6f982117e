"""Counts that independent implementations have, exactly."""

import pytest

import keras_deep
from keras_deep.models.published import all_references
from keras_deep.models.published import network_of
from tests.support.starts import zero_start

GOLDEN = all_references()


# Arguments in which networks of one kind differ.
SIZES = ("depth", "blocks", "width", "growth_rate", "units")


def _kind(row):
    """Returns what is built in one way, whatever its size."""
    name, own = network_of(row["model"], row["arguments"])
    deep = own.get("depth", 0) >= 50 and own.get("block", "") is None
    own = {k: v for k, v in own.items() if k not in SIZES}
    return name, deep, row["arguments"].get("convention"), str(own)


def _smallest():
    """Returns the ids of the smallest network of every kind."""
    found = {}
    for row in GOLDEN:
        least = found.setdefault(_kind(row), row)
        if row["total"] < least["total"]:
            found[_kind(row)] = row
    return {row["id"] for row in found.values()}


SMALLEST = _smallest()


def _marks(row):
    """The others, which differ in numbers only, are for the proof."""
    return [] if row["id"] in SMALLEST else [pytest.mark.proof]


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
    with zero_start():
        model = keras_deep.create_model(row["model"], **row["arguments"])
    profile = keras_deep.profile(model, batch_size=1)
    total = profile.total
    assert total.trainable == row["trainable"]
    assert total.trainable + total.non_trainable == row["total"]
    if row["multiply_adds"] is not None:
        assert total.multiply_adds == row["multiply_adds"]
