"""Messages of protobuf's text format, with typed access to their fields."""

import math
import re
from typing import Any
from typing import NamedTuple

_INTEGER = re.compile(r"[+-]?(0[xX][0-9a-fA-F]{1,16}|[0-9]{1,20})")
_FLOAT = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[fF]?")
_BOOLEANS = {"true": True, "True": True, "t": True, "1": True}
_BOOLEANS |= {"false": False, "False": False, "f": False, "0": False}
_REQUIRED = object()
LARGEST = 2**31 - 1  # Caffe counts in 32 bits.


class Field(NamedTuple):
    """One value of a field.

    Args:
        value: `Message`, or string as written, without quotes.
        quoted: bool. Whether it was in quotes.
        line: int, its line in the file.
    """

    value: Any
    quoted: bool
    line: int


class Message:
    """The fields of a message and its position in the file.

    Each method reads a field as one type and returns the default if it is
    absent. It raises a `ValueError`, with field, source and line, if the value
    is of another type, out of range, required but absent, or repeated where
    one value is expected.

    Args:
        source: string, the file.
        line: int, the first line of the message.
        owner: string, the layer that the message belongs to, for errors.
    """

    def __init__(self, source, line, owner=""):
        self.source = source
        self.line = line
        self.owner = owner
        self._fields = {}

    def add(self, name, field):
        """Appends a value to the field `name`."""
        self._fields.setdefault(name, []).append(field)

    def of(self, owner):
        """Returns the same fields with another owner."""
        message = Message(self.source, self.line, owner)
        message._fields = self._fields
        return message

    def __contains__(self, name):
        return name in self._fields

    def __iter__(self):
        return iter(self._fields)

    def fields(self, name):
        """Returns the list of `Field` of a name."""
        return self._fields.get(name, [])

    def error(self, expected, received, line=None):
        """Returns a `ValueError` that names owner, source and line."""
        owner = f"{self.owner}, " if self.owner else ""
        return ValueError(
            f"Expected {expected}. Received: {received} in {owner}"
            f"{self.source!r}, line {line or self.line}"
        )

    def messages(self, name):
        """Returns all messages of a name."""
        for field in self.fields(name):
            if not isinstance(field.value, Message):
                raise self._wrong(name, "a message", field)
        return [field.value.of(self.owner) for field in self.fields(name)]

    def message(self, name):
        """Returns the message of a name, or an empty one."""
        empty = Message(self.source, self.line, self.owner)
        return self._one(name, self.messages(name), empty)

    def strings(self, name):
        """Returns all strings of a name."""
        for field in self.fields(name):
            if isinstance(field.value, Message):
                raise self._wrong(name, "a string", field)
        return [field.value for field in self.fields(name)]

    def string(self, name, default=_REQUIRED):
        """Returns the string of a name."""
        return self._one(name, self.strings(name), default)

    def integers(self, name, low, high=LARGEST):
        """Returns all whole numbers of a name, each from `low` to `high`."""
        expected = f"a whole number from {low} to {high}"
        values = []
        for field in self.fields(name):
            value = _integer(field)
            if value is None or not low <= value <= high:
                raise self._wrong(name, expected, field)
            values.append(value)
        return values

    def integer(self, name, default=_REQUIRED, low=0, high=LARGEST):
        """Returns the whole number of a name, from `low` to `high`."""
        return self._one(name, self.integers(name, low, high), default)

    def numbers(self, name):
        """Returns all numbers of a name."""
        values = []
        for field in self.fields(name):
            value = _number(field)
            if value is None or not math.isfinite(value):
                raise self._wrong(name, "a number", field)
            values.append(value)
        return values

    def number(self, name, default=_REQUIRED):
        """Returns the number of a name."""
        return self._one(name, self.numbers(name), default)

    def boolean(self, name, default):
        """Returns the bool of a name."""
        return self.choice(name, _BOOLEANS, default)

    def choice(self, name, choices, default):
        """Returns the value of a name's word in the dict `choices`."""
        values = []
        for field in self.fields(name):
            if isinstance(field.value, Message) or field.value not in choices:
                expected = "one of " + ", ".join(choices)
                raise self._wrong(name, expected, field)
            values.append(choices[field.value])
        return self._one(name, values, default)

    def _one(self, name, values, default):
        if len(values) > 1:
            lines = [field.line for field in self.fields(name)]
            raise self.error(f"one `{name}`", f"{len(values)}", lines[1])
        if values:
            return values[0]
        if default is _REQUIRED:
            raise self.error(f"`{name}`", f"none of that name{self._others()}")
        return default

    def _others(self):
        return f", but {', '.join(list(self)[:8])}" if self._fields else ""

    def _wrong(self, name, expected, field):
        value = field.value
        received = "a message" if isinstance(value, Message) else value[:40]
        return self.error(
            f"`{name}` to be {expected}", f"{name}={received}", field.line
        )


def _integer(field):
    if isinstance(field.value, Message) or not _INTEGER.fullmatch(field.value):
        return None
    word = field.value
    digits = word.lstrip("+-")
    if digits[:2] in ("0x", "0X"):
        value = int(digits, 16)
    elif digits[0] == "0" and set(digits) <= set("01234567"):
        value = int(digits, 8)
    else:
        value = int(digits)
    return -value if word[0] == "-" else value


def _number(field):
    integer = _integer(field)
    if integer is not None:
        return float(integer)
    if isinstance(field.value, Message) or not _FLOAT.fullmatch(field.value):
        return None
    return float(field.value.rstrip("fF"))
