"""Named arrays of a file, read on access."""

import math
from collections.abc import Callable
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np


class Entry(NamedTuple):
    """One array of a file.

    Args:
        shape: tuple of int.
        dtype: `numpy.dtype`.
        read: function without arguments that returns the array.
        check: function without arguments that raises a `ValueError` if the
            bytes in the file are damaged, or `None` if there is no checksum.
    """

    shape: tuple
    dtype: np.dtype
    read: Callable
    check: Callable | None = None

    @property
    def nbytes(self):
        """Size of the array in bytes, an int."""
        return math.prod(self.shape) * self.dtype.itemsize


class Arrays(Mapping):
    """A mapping of names to NumPy arrays, each read on access.

    Nothing is cached: two accesses read twice, and memory holds only what the
    caller keeps. Shapes and dtypes are known without reading.

    Args:
        source: string, the source of the arrays, for messages.
        entries: dict of name to `Entry`.
        kinds: dict of layer name to layer type, if the file has them.
        part: string, which part of the file they are, or `""`.
        others: tuple of strings, parts with other values of the same weights.
    """

    def __init__(self, source, entries, kinds=None, part="", others=()):
        self.source = source
        self.part = part
        self.others = tuple(others)
        self.kinds = dict(kinds or {})
        self._entries = dict(entries)

    def __getitem__(self, name):
        return self._entries[name].read()

    def __iter__(self):
        return iter(self._entries)

    def __len__(self):
        return len(self._entries)

    def __contains__(self, name):
        return name in self._entries

    def __repr__(self):
        return f"<Arrays of {self.source!r}: {len(self)} arrays>"

    def shape(self, name):
        """Returns the shape of an array without reading it."""
        return self._entries[name].shape

    def dtype(self, name):
        """Returns the dtype of an array without reading it."""
        return self._entries[name].dtype

    def entry(self, name):
        """Returns the `Entry` of an array."""
        return self._entries[name]

    def under(self, prefix):
        """Returns the arrays whose names begin so, under the rest of them."""
        entries = {
            name.removeprefix(prefix): entry
            for name, entry in self._entries.items()
            if name.startswith(prefix)
        }
        kinds = {
            name.removeprefix(prefix): kind
            for name, kind in self.kinds.items()
            if name.startswith(prefix)
        }
        return Arrays(self.source, entries, kinds, self.part, self.others)

    @property
    def nbytes(self):
        """Total size of all arrays in bytes, an int."""
        return sum(entry.nbytes for entry in self._entries.values())


def as_arrays(source):
    """Converts a mapping of names to arrays to `Arrays`.

    Args:
        source: `Arrays`, or a mapping of names to NumPy arrays, PyTorch
            tensors or anything that `numpy.asarray` accepts.

    Raises:
        ValueError: if they are not named arrays but mappings of them, as in a
            checkpoint.
    """
    if isinstance(source, Arrays):
        return source
    inner = [key for key, item in source.items() if isinstance(item, Mapping)]
    if inner:
        raise ValueError(
            "Expected a mapping of names to arrays. Received: a checkpoint "
            f"with the mappings {inner}. Pass the one with the weights, such "
            f"as `checkpoint[{inner[0]!r}]`."
        )
    entries = {}
    for name, value in source.items():
        if hasattr(value, "detach"):  # A tensor, maybe on a GPU.
            value = value.detach().cpu()
        array = np.asarray(value)
        entries[name] = Entry(array.shape, array.dtype, lambda a=array: a)
    return Arrays("the given arrays", entries)
