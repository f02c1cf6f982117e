"""The entries of a search space: a choice, an int or a float."""

import dataclasses
import math

from keras_deep.tuning.entry_checks import check_default
from keras_deep.tuning.entry_checks import check_range
from keras_deep.tuning.entry_checks import conditions
from keras_deep.tuning.entry_checks import text_of
from keras_deep.tuning.entry_checks import tuples


@dataclasses.dataclass(frozen=True)
class Choice:
    """One of several values.

    Args:
        values: sequence of values that JSON has a form for, such as
            `("sgd", "adamw")` or `((3, 3, 3), (5, 5, 5))`. Lists become tuples.
        default: one of them; by default `None` if it is one, else the first.
        when: dict of names to sequences of values, or a tuple of such pairs.
            The entry is active only where the earlier entry of that name has
            one of the values.

    Raises:
        ValueError: if there are no values, one comes twice or has no form in
            JSON, or the default is none of them.
    """

    values: tuple
    default: object = None
    when: tuple = ()

    def __post_init__(self):
        if not isinstance(self.values, (list, tuple)) or not self.values:
            raise ValueError(
                "Expected `values` to be a sequence of one value or more. "
                f"Received: values={self.values!r}"
            )
        _set(self, values=tuples(self.values), when=conditions(self.when))
        texts = [text_of(value) for value in self.values]
        for number, text in enumerate(texts):
            if text in texts[:number]:
                raise ValueError(
                    "Expected each of `values` once. Received: "
                    f"{self.values[number]!r} twice in {self.values}"
                )
        if self.default is None and None not in self.values:
            _set(self, default=self.values[0])
        _set(self, default=tuples(self.default))
        if text_of(self.default) not in texts:
            raise ValueError(
                f"Expected `default` to be one of {self.values}. Received: "
                f"default={self.default!r}"
            )

    @property
    def size(self):
        """The number of values."""
        return len(self.values)


@dataclasses.dataclass(frozen=True)
class Integers:
    """An int between two others.

    Args:
        low: int, the smallest.
        high: int, the largest; it counts.
        step: int, the distance of two neighbours.
        log: bool. Whether equal ratios are equally likely.
        default: int among them, or `None` for one in the middle.
        when: see `Choice`.

    Raises:
        ValueError: if there is no such int, or the default is none of them.
    """

    low: int
    high: int
    step: int = 1
    log: bool = False
    default: int | None = None
    when: tuple = ()

    def __post_init__(self):
        check_range(self, int, "int", self.step != 1)
        _set(self, when=conditions(self.when))
        if self.default is None:
            places = round((_middle(self) - self.low) / self.step)
            _set(self, default=self.low + places * self.step)
        check_default(self, int, f" in steps of {self.step}")

    @property
    def size(self):
        """The number of values."""
        return (self.high - self.low) // self.step + 1


@dataclasses.dataclass(frozen=True)
class Floats:
    """A float between two others.

    Args:
        low: float, the smallest.
        high: float, the largest; it counts.
        log: bool. Whether equal ratios are equally likely.
        step: float, the distance of two neighbours, or `None` for any float.
        default: float among them, or `None` for one in the middle.
        when: see `Choice`.

    Raises:
        ValueError: if there is no such float, or the default is none of them.
    """

    low: float
    high: float
    log: bool = False
    step: float | None = None
    default: float | None = None
    when: tuple = ()

    def __post_init__(self):
        check_range(self, (int, float), "float", self.step is not None)
        _set(self, low=float(self.low), high=float(self.high))
        _set(self, when=conditions(self.when))
        if self.default is None:
            grid = self.grid
            _set(self, default=grid[len(grid) // 2] if grid else _middle(self))
        words = "" if self.step is None else f" in steps of {self.step}"
        check_default(self, (int, float), words)
        near = self.grid or (float(self.default),)
        _set(self, default=min(near, key=lambda v: abs(v - self.default)))

    @property
    def grid(self):
        """Tuple of all values, or `None` without a `step`."""
        if self.step is None:
            return None
        count = round((self.high - self.low) / self.step) + 1
        # Of decimal steps decimal numbers: 0.3 instead of 3 * 0.1.
        return tuple(round(self.low + i * self.step, 12) for i in range(count))

    @property
    def size(self):
        """The number of values, or `None` if there is no end of them."""
        if self.step is not None:
            return len(self.grid)
        return 1 if self.low == self.high else None


KINDS = (Choice, Integers, Floats)


def _set(entry, **fields):
    for name, value in fields.items():
        object.__setattr__(entry, name, value)


def _middle(entry):
    if entry.log:
        return math.sqrt(entry.low * entry.high)
    return (entry.low + entry.high) / 2
