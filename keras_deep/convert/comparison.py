"""Compares the outputs of two networks layer by layer."""

import dataclasses
import re

import numpy as np

_STAGE = re.compile(r"(conv|pool)\d+")


@dataclasses.dataclass(frozen=True)
class Row:
    """The difference of one layer from the reference.

    Args:
        layer: string, name of our layer.
        reference: string, name of the reference's layer.
        difference: float, the largest absolute difference over the largest
            absolute value of the reference; infinite if the shapes differ.
    """

    layer: str
    reference: str
    difference: float

    @property
    def stage(self):
        """The stage in the layer's name, `"conv2"`, or `"top"`."""
        match = _STAGE.match(self.layer)
        return match[0] if match else "top"


@dataclasses.dataclass(frozen=True)
class Comparison:
    """The differences of a network from a reference, in the layers' order.

    Args:
        rows: list of `Row`.
        tolerance: float, the largest accepted difference.
        reference: string, description of the reference.
    """

    rows: list
    tolerance: float
    reference: str

    @property
    def first(self):
        """The first `Row` beyond the tolerance, or `None`."""
        beyond = (r for r in self.rows if not r.difference <= self.tolerance)
        return next(beyond, None)

    @property
    def stages(self):
        """Dict of stage to the largest difference in it."""
        found = {}
        for row in self.rows:
            found[row.stage] = max(found.get(row.stage, 0.0), row.difference)
        return found

    @property
    def largest(self):
        """The largest difference of all layers, a float."""
        return max(row.difference for row in self.rows)

    def __str__(self):
        lines = [
            f"{row.difference:9.1e}  {row.layer}  ({row.reference})"
            for row in self.rows
        ]
        return "\n".join([*lines, self.verdict()])

    def verdict(self):
        """Returns a sentence: equal, or the first layer that differs."""
        if self.first is None:
            return (
                f"All {len(self.rows)} layers are equal to {self.reference} "
                f"within {self.tolerance:g} (largest {self.largest:.1e})."
            )
        return (
            f"{self.first.layer} is the first layer that differs from "
            f"{self.reference} ({self.first.reference}) by more than "
            f"{self.tolerance:g}: {self.first.difference:.1e}."
        )


def compare(ours, theirs, pairs, tolerance, reference):
    """Compares outputs of layers.

    Args:
        ours: dict of our layers to arrays, channels last.
        theirs: dict of the reference's layers to arrays, channels first.
        pairs: list of pairs of our layer and the reference's, in order.
        tolerance: float.
        reference: string, for the verdict.

    Returns:
        `Comparison`.
    """
    rows = [
        Row(mine, other, _difference(ours[mine], theirs[other]))
        for mine, other in pairs
    ]
    return Comparison(rows, tolerance, reference)


def _difference(ours, theirs):
    theirs = np.asarray(theirs, "float64")
    if theirs.ndim == 4:
        theirs = theirs.transpose(0, 2, 3, 1)
    if theirs.size == ours.size and _without_ones(ours) == _without_ones(
        theirs
    ):
        theirs = theirs.reshape(ours.shape)
    if theirs.shape != ours.shape:
        return float("inf")
    largest = np.abs(ours - theirs).max(initial=0)
    # NaN never counts as equal.
    scale = np.abs(theirs).max(initial=0) or 1.0
    return float("inf") if np.isnan(largest) else float(largest / scale)


def _without_ones(array):
    """Returns the shape without axes of length 1 after the first axis."""
    return array.shape[:1] + tuple(n for n in array.shape[1:] if n != 1)
