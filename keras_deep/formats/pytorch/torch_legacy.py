"""Reads checkpoints before PyTorch 1.6: five pickles, then the storages."""

import mmap
import pickle
import struct

from keras_deep.formats.file_arrays import FileBytes
from keras_deep.formats.messages import shown
from keras_deep.formats.pytorch.pickle_calls import CALLS
from keras_deep.formats.pytorch.pickle_opcodes import unpickle
from keras_deep.formats.pytorch.tensors import storage_of
from keras_deep.formats.pytorch.torch_arrays import torch_arrays

_MAGIC = 0x1950A86A20F9469CFC6C
_VERSION = 1001
# First bytes of pickles of protocol 2 and later, and the magic number in
# protocol 1.
BEGINNINGS = (pickle.PROTO, f"L{_MAGIC}L\n".encode())


def read_torch_legacy(path, part=None):
    """Reads a checkpoint, or a pickle of NumPy arrays, as `Arrays`.

    Args:
        path: string.
        part: string or `None`, see `state_dict_of`.

    Raises:
        ValueError: if it is damaged or something else.
    """
    with (
        open(path, "rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
    ):
        data, sources = _read(path, content)
    return torch_arrays(path, data, sources.get, part)


def _read(path, content):
    """Returns the data and a dict of storage key to `FileBytes`."""
    storages = {}

    def persistent(key):
        if key[0] == "module":  # A class and its source code.
            return key[1]
        storage = storage_of(key)
        storages[storage.key] = storage
        return storage

    def read(position, part):
        place = f"{path!r}, {part}"
        return unpickle(content, position, place, CALLS, persistent)

    first, position = read(0, "the first pickle")
    if first != _MAGIC:
        return first, {}
    version, position = read(position, "the version")
    if version != _VERSION:
        raise ValueError(
            f"Expected version {_VERSION} in {path!r}. Received: "
            f"{shown(version)}."
        )
    _, position = read(position, "the description of the system")
    data, position = read(position, "the objects")
    keys, position = read(position, "the storages' keys")
    return data, _sources(path, content, position, keys, storages)


def _sources(path, content, position, keys, storages):
    """Finds the storages: each is a number of elements, then the bytes."""
    if type(keys) is not list:
        raise ValueError(
            f"Expected the list of the storages' keys in {path!r}. Received: "
            f"{shown(keys)!r}."
        )
    sources = {}
    for key in keys:
        storage = storages.get(key) if type(key) is str else None
        if storage is None:
            raise ValueError(
                f"Expected the key of a storage in {path!r}. Received: "
                f"{shown(key)!r}."
            )
        size = storage.length * storage.dtype.itemsize
        header = content[position : position + 8]
        position += 8
        if header != struct.pack("<q", storage.length):
            raise ValueError(
                f"Expected storage {shown(key)!r} with {storage.length} "
                f"elements in {path!r}, byte {position - 8}. Received: the "
                f"bytes {header.hex()!r}."
            )
        if position + size > len(content):
            raise ValueError(
                f"Expected the {size} bytes of storage {shown(key)!r} in "
                f"{path!r}, from byte {position} on. Received: a file of "
                f"{len(content)} bytes. Download the file again."
            )
        sources[key] = FileBytes(path, key, position, size)
        position += size
    return sources
