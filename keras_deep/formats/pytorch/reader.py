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


def read_pytorch(path):
    """Reads the names and arrays of a checkpoint.

    The content, not the name, decides the format: a checkpoint of `torch.save`
    before or after PyTorch 1.6 (`.pth`, `.pt`, `.th`, `.bin`, `.tar`,
    `.ckpt`), a `.safetensors` or a `.npz` file. A checkpoint may be a state
    dict, contain one among other objects (`state_dict_of` says where it is
    searched for) or be a whole module. Nothing that a file names is imported
    or run, and PyTorch is not needed.

    Args:
        path: string or path.

    Returns:
        `Arrays` with the names of the file, including prefixes of wrappers.
        Each array is read on access.

    Raises:
        FileNotFoundError: if there is no such file.
        ImportError: if it is a `.safetensors` file and `safetensors` is not
            installed.
        ValueError: if the file has no weights, is damaged, or would run code.
            The message names the file and the place.
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
        return _read_zip(path)
    if _is_safetensors(beginning, size):
        return read_safetensors(path)
    if beginning.startswith(torch_legacy.BEGINNINGS):
        return torch_legacy.read_torch_legacy(path)
    return other_formats.refuse(path, beginning)


def _is_safetensors(beginning, size):
    """Returns whether the first 8 bytes are the length of a JSON header."""
    length = int.from_bytes(beginning[:8], "little")
    return beginning[8:9] == b"{" and 8 + length <= size


def _read_zip(path):
    members = zip_members(path)
    if torch_zip.pickle_of(members):
        return torch_zip.read_torch_zip(path, members)
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
