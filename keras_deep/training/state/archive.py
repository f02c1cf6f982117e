"""Files of states, which are read whole or not at all.

A file is a zip archive of `.npy` arrays, which `numpy.load` reads too, and of
JSON with their names, shapes, types and hashes. Nothing is ever unpickled.
"""

import dataclasses
import hashlib
import io
import json
import struct
import zipfile
import zlib

import numpy as np

# A newer format that older packages would misread raises it.
FORMAT = 1
_FACTS = "state.json"
# What reading a file may raise whose bytes are not those that were written.
_ERRORS = (
    *(OSError, EOFError, zipfile.BadZipFile, zlib.error, struct.error),
    *(ValueError, KeyError, IndexError, TypeError, AttributeError),
    *(RuntimeError, NotImplementedError, OverflowError),
)


@dataclasses.dataclass(frozen=True)
class State:
    """A moment of a training.

    Args:
        facts: dict of data of JSON, without NaN and infinity. `epoch`, from 0,
            and `step`, the number of steps done in it, are its position.
        arrays: dict of string to NumPy array of numbers or booleans.
        source: string, where it comes from, for messages.
    """

    facts: dict
    arrays: dict
    source: str = "memory"

    @property
    def position(self):
        """Tuple of epoch and step."""
        return self.facts["epoch"], self.facts["step"]


class Damaged(ValueError):
    """A file is not as it was written."""


def write(file, state):
    """Writes a `State`. Arrays with the same content take room once.

    Args:
        file: binary file, opened for writing.
        state: `State`.

    Raises:
        ValueError: if an array holds objects.
    """
    entries, members = {}, {}
    for name, array in state.arrays.items():
        plain, dtype = _plain(name, array)
        found = _hash(plain)
        key = (found, dtype, plain.shape)
        member, _ = members.setdefault(key, (f"{len(members)}.npy", plain))
        entries[name] = {
            "member": member,
            "shape": list(plain.shape),
            "dtype": dtype,
            "hash": found,
        }
    header = {"format": FORMAT, "facts": state.facts, "arrays": entries}
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(_FACTS, json.dumps(header, allow_nan=False))
        for member, plain in members.values():
            with archive.open(member, "w", force_zip64=True) as out:
                np.lib.format.write_array(out, plain, allow_pickle=False)


def read(file, source):
    """Reads a `State`, with its arrays in the order of writing.

    Args:
        file: path, or binary file opened for reading.
        source: string, what messages call the file.

    Raises:
        Damaged: if the file is not as it was written.
        ValueError: if its format is newer than this package.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            header = json.loads(archive.read(_FACTS))
            number = header["format"]
            if type(number) is int and number <= FORMAT:
                arrays = _arrays(archive, header["arrays"])
                return State(header["facts"], arrays, source)
    except _ERRORS as error:
        raise Damaged(
            f"Expected {source!r} to be as it was written. Received: "
            f"{type(error).__name__}: {error}"
        ) from error
    raise ValueError(
        f"Expected a state of format {FORMAT} or older in {source!r}. "
        f"Received: format={number!r}. Update the package: "
        "pip install --upgrade keras_deep."
    )


def _arrays(archive, entries):
    held, found = {}, {}
    for name, entry in entries.items():
        member = entry["member"]
        if member not in held:
            held[member] = _array(archive, entry)
        found[name] = held[member]
    return found


def _array(archive, entry):
    # The archive compares its checksum at the end of a member.
    content = io.BytesIO(archive.read(entry["member"]))
    plain = np.lib.format.read_array(content, allow_pickle=False)
    if list(plain.shape) != entry["shape"] or _hash(plain) != entry["hash"]:
        raise ValueError(f"other values in {entry['member']!r}")
    dtype = _dtype(entry["dtype"])
    return plain if plain.dtype == dtype else plain.view(dtype)


def _plain(name, array):
    """Returns an array of a type that NumPy's files know, and the true type."""
    array = np.asarray(array, order="C")
    if array.dtype.hasobject:
        raise ValueError(
            f"Expected an array of numbers as {name!r}. Received: one of "
            f"Python objects, of shape {array.shape}"
        )
    if array.dtype.kind != "V":
        return array, array.dtype.str
    # bfloat16 and its like are no types of NumPy's own.
    return array.view(f"u{array.dtype.itemsize}"), array.dtype.name


def _dtype(name):
    try:
        return np.dtype(name)
    except TypeError:
        import ml_dtypes

        return np.dtype(getattr(ml_dtypes, name))


def _hash(array):
    content = np.asarray(array, order="C").reshape(-1).view(np.uint8)
    return hashlib.blake2b(content, digest_size=16).hexdigest()
