"""The axis of a hyperparameter in a picture, of numbers or of other values."""

import math
import numbers

_ABSENT = 0.15  # the height of the lowest value above none


class Axis:
    """Places of the values of a hyperparameter, from 0 to 1."""

    def __init__(self, name, column):
        self.name = name
        known = [value for value in column if value is not None]
        # Where it has no effect, as the momentum of another optimizer.
        self._start = _ABSENT if len(known) < len(column) else 0.0
        self._numbers = all(_is_number(value) for value in known)
        if not self._numbers:
            self._values = sorted({*map(str, known)})
            return
        self._low, self._high = min(known), max(known)
        self._log = self._low > 0 and self._high / self._low >= 20
        self._values = sorted({*known})

    @property
    def title(self):
        log = self._numbers and self._log
        return f"{self.name} (log)" if log else self.name

    def place(self, value):
        """Returns the height of a value, or of `None`."""
        if value is None:
            return 0.0
        return self._start + (1 - self._start) * self._place(value)

    def _place(self, value):
        if not self._numbers:
            span = max(1, len(self._values) - 1)
            return self._values.index(str(value)) / span
        low, high = self._low, self._high
        if self._log:
            low, high, value = map(math.log, (low, high, value))
        return 0.5 if low == high else (value - low) / (high - low)

    def ticks(self):
        """Returns pairs of a height and a text."""
        none = [(0.0, "none")] if self._start else []
        return [*none, *self._ticks()]

    def _ticks(self):
        if not self._numbers or len(self._values) <= 6:
            return [(self.place(v), _text(v)) for v in self._values]
        found = []
        for i in range(5):
            value = self._low + (self._high - self._low) * i / 4
            if self._log:
                value = self._low * (self._high / self._low) ** (i / 4)
            if all(isinstance(v, int) for v in self._values):
                value = round(value)
            found.append((self.place(value), _text(value)))
        return found


def _is_number(value):
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _text(value):
    return f"{value:.3g}" if isinstance(value, float) else str(value)
