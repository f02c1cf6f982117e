"""Reads PyTorch checkpoints, `.safetensors` and `.npz` files."""

import os
import pathlib

from keras_deep.formats.messages import shown
from keras_deep.formats.npz import is_npz
from keras_deep.formats.npz import read_npz
from keras_deep.formats.pytorch import other_formats
from keras_deep.formats.pytorch import torch_legacy
from keras_deep.formats.pytorch import torch_zip
from keras_deep.formats.safetensors_file import read_safetensors
from keras_deep.formats.zip_members import zip_members


def read_pytorch(path, part=None):
    """Reads the names and arrays of a checkpoint.

    The content, not the name, decides the format: a checkpoint of `torch.save`
    before or after PyTorch 1.6 (`.pth`, `.pt`, `.th`, `.bin`, `.tar`,
    `.ckpt`), a `.safetensors` or a `.npz` file. A checkpoint may be a state
    dict, contain one among other objects (`state_dict_of` says where it is
    searched for) or be a whole module. Nothing that a file names is imported
    or run, and PyTorch is not needed.

    Args:
        path: string or path.
        part: string, which weights of several: the key of a state dict
            (`"model_ema"`), or what stands before the names of its tensors.

    Returns:
        `Arrays` with the names of the file, including prefixes of wrappers.
        Each array is read on access. `part` and `others` say where they were
        and where else there are weights of the same names.

    Raises:
        FileNotFoundError: if there is no such file.
        ImportError: if it is a `.safetensors` file and `safetensors` is not
            installed.
        ValueError: if the file has no weights or no such part, is damaged, or
            would run code. The message names the file and the place.
    """
    path = pathlib.Path(path).expanduser()
    if path.is_dir():
        raise ValueError(
            f"Expected a file. Received: the folder {str(path)!r}."
        )
    with open(path, "rb") as file:
        beginning = file.read(512)
        size = os.fstat(file.fileno()).st_size
    path = str(path)
    if beginning.startswith(b"PK"):
        return _part_of(_read_zip(path, part), part)
    if _is_safetensors(beginning, size):
        return _part_of(read_safetensors(path), part)
    if beginning.startswith(torch_legacy.BEGINNINGS):
        return _part_of(torch_legacy.read_torch_legacy(path, part), part)
    return other_formats.refuse(path, beginning)


def _part_of(arrays, part):
    """Returns the arrays of a part, if they are not those already."""
    if part is None or f".{arrays.part}".endswith(f".{part}"):
        return arrays
    found = arrays.under(f"{part}.")
    if not found:
        parts = {name.partition(".")[0]: 0 for name in arrays if "." in name}
        parts = [p for p in (arrays.part, *arrays.others, *parts) if p]
        raise ValueError(
            f"Expected a part of {arrays.source!r}, such as "
            f"{shown(', '.join(parts[:8]))!r}. Received: {shown(part)!r}."
        )
    return found


def _is_safetensors(beginning, size):
    """Returns whether the first 8 bytes are the length of a JSON header."""
    length = int.from_bytes(beginning[:8], "little")
    return beginning[8:9] == b"{" and 8 + length <= size


def _read_zip(path, part):
    members = zip_members(path)
    if torch_zip.pickle_of(members):
        return torch_zip.read_torch_zip(path, members, part)
    if is_npz(members):
        return read_npz(path, members)
    if "model.weights.h5" in members:
        raise ValueError(
            f"Expected a checkpoint of PyTorch in {path!r}. Received: a file "
            "of Keras. Read it with keras_deep.convert.read_keras."
        )
    raise ValueError(
        f"Expected a zip file of PyTorch or NumPy in {path!r}. Received: the "
        f"members {shown(', '.join(list(members)[:5]))!r}."
    )
