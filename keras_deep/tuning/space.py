"""The description of a search space, which knows no search library."""

from keras_deep.tuning.entries import KINDS
from keras_deep.tuning.entries import Choice
from keras_deep.tuning.entries import Floats
from keras_deep.tuning.entry_checks import text_of
from keras_deep.utils.errors import did_you_mean


class Space:
    """An ordered set of named entries, some of which depend on earlier ones.

    Args:
        entries: dict of names to `Choice`, `Integers` or `Floats`, in the
            order in which they are asked for.

    Attributes:
        entries: dict of names to entries. Their conditions include those of
            the entries that they depend on.

    Raises:
        ValueError: if an entry is something else, or depends on what is not
            earlier, cannot be counted, or never has such a value.
    """

    def __init__(self, entries):
        self.entries = {}
        for name, entry in dict(entries).items():
            if not isinstance(name, str) or not isinstance(entry, KINDS):
                raise ValueError(
                    "Expected the entries of a space to be names and a "
                    f"`Choice`, `Integers` or `Floats` each. Received: "
                    f"{name!r}: {entry!r}"
                )
            self.entries[name] = self._with_all_conditions(name, entry)

    def __repr__(self):
        return f"Space({self.entries!r})"

    def __eq__(self, other):
        return isinstance(other, Space) and self.entries == other.entries

    def __len__(self):
        return len(self.entries)

    def __iter__(self):
        return iter(self.entries)

    def __contains__(self, name):
        return name in self.entries

    def __getitem__(self, name):
        return self.entries[name]

    def sample(self, ask):
        """Returns a point: a dict of the names of active entries to values.

        Args:
            ask: function of a name and an entry that returns a value. It is
                called in order, for active entries only.
        """
        values = {}
        for name, entry in self.entries.items():
            if is_active(entry, values):
                values[name] = ask(name, entry)
        return values

    def defaults(self):
        """Returns the point of all defaults."""
        return self.sample(lambda name, entry: entry.default)

    def size(self):
        """Returns the number of points, or `None` if there is no end."""
        if any(entry.size is None for entry in self.entries.values()):
            return None
        return self._count(list(self.entries.items()), {})

    def _count(self, rest, values):
        """Counts the points of entries behind some that have values."""
        if not rest:
            return 1
        (name, entry), *rest = rest
        if not is_active(entry, values):
            return self._count(rest, values)
        if not any(name == other for x in rest for other, _ in x[1].when):
            return entry.size * self._count(rest, values)
        return sum(
            self._count(rest, {**values, name: value})
            for value in values_of(entry)
        )

    def _with_all_conditions(self, name, entry):
        """Adds the conditions of the entry that an entry depends on."""
        if not entry.when:
            return entry
        for other, values in entry.when:
            self._check_condition(name, other, values)
        last, values = entry.when[-1]
        chain = (*self.entries[last].when, (last, values))
        if not set(entry.when) <= set(chain):
            raise ValueError(
                f"Expected {name!r} to depend on one entry, and on those that "
                "this depends on itself, as search libraries know no other "
                f"conditions. Received: when={entry.when}"
            )
        return type(entry)(**{**vars(entry), "when": chain})

    def _check_condition(self, name, other, values):
        if other not in self.entries:
            raise ValueError(
                f"Expected {name!r} to depend on an earlier entry, one of "
                f"{list(self.entries)}. Received: when={{{other!r}: {values}}}."
                f"{did_you_mean(other, self.entries)}"
            )
        if isinstance(self.entries[other], Floats):
            raise ValueError(
                f"Expected {name!r} to depend on an entry whose values can be "
                f"listed. Received: {other!r}, {self.entries[other]}"
            )
        known = [text_of(value) for value in values_of(self.entries[other])]
        for value in values:
            if text_of(value) not in known:
                raise ValueError(
                    f"Expected {name!r} to depend on values that {other!r} "
                    f"can have, in {self.entries[other]}. Received: {value!r}"
                )
        if not values:
            raise ValueError(
                f"Expected one value or more of {other!r} with which {name!r} "
                "is active. Received: none"
            )


def is_active(entry, values):
    """Returns whether an entry is active.

    Args:
        entry: entry of a `Space`.
        values: dict of the values of earlier entries that are active.
    """
    return all(
        other in values and values[other] in allowed
        for other, allowed in entry.when
    )


def values_of(entry):
    """Returns all values of a `Choice` or of `Integers`."""
    if isinstance(entry, Choice):
        return entry.values
    return tuple(range(entry.low, entry.high + 1, entry.step))
