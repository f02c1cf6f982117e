"""Counts that independent implementations have, exactly."""

import pytest

import keras_deep
from keras_deep.models.published import all_references
from keras_deep.models.published import network_of
from tests.support.starts import zero_start

COUNTS = ("trainable", "total", "multiply_adds", "source")
# A row without counts has a test of its own.
ROWS = all_references()
GOLDEN = [row for row in ROWS if set(COUNTS) <= set(row)]
ADVICE = (
    "Count a network that is written without this package with "
    "tools/count_network.py: see CONTRIBUTING.md."
)


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
        f"{name} has no row with counts in keras_deep/models/reference. "
        f"{ADVICE}"
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_every_row_has_counts_of_a_source(row):
    missing = set(COUNTS) - set(row)
    assert not missing, f"The row {row['id']!r} lacks {missing}. {ADVICE}"


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
