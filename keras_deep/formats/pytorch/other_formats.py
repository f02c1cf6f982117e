"""Recognises files mistaken for PyTorch checkpoints and says what to do."""

import re

_T7_COMMAND = (
    'pip install torchfile && python -c "import numpy, torchfile; d = {{}}; '
    "f = lambda m, p: [d.update({{p + k: m[k]}}) for k in ('weight', 'bias', "
    "'running_mean', 'running_var') if isinstance(m[k], numpy.ndarray)] + "
    "[f(c, p + str(i) + '.') for i, c in enumerate(m['modules'] or [])]; "
    "f(torchfile.load({path!r}), ''); numpy.savez('weights.npz', **d)\""
)
_CAFFE = "Read it with keras_deep.convert.read_caffe."
_AGAIN = "Download the file again."

# First bytes, description, what to do.
_BEGINNINGS = (
    (rb"\Z", "an empty file", _AGAIN),
    (
        rb"version https://git-lfs",
        "a Git LFS pointer, which stands for the file",
        "Fetch the file itself: git lfs pull.",
    ),
    (
        rb"\s*<",
        "a web page, perhaps the server's error",
        _AGAIN,
    ),
    (
        rb"\s*\{",
        "a JSON file",
        "If it is the index of a checkpoint in parts, read each part.",
    ),
    (
        rb"\x89HDF\r\n\x1a\n",
        "an HDF5 file",
        "Read it with keras_deep.convert.read_keras.",
    ),
    (
        rb"\x1f\x8b|BZh|\xfd7zXZ|\x28\xb5\x2f\xfd|7z\xbc\xaf",
        "a compressed file",
        "Unpack it.",
    ),
    (rb".{257}ustar", "a tar archive", "Unpack it and read what is in it."),
    (
        rb"[34]\n1\n|[\x03\x04]\x00{3}\x01\x00{3}",
        "a file of Torch7",
        f"Convert it: {_T7_COMMAND}",
    ),
    (
        # The version of the format, then the producer's name, a domain, a
        # number or the graph.
        rb"\x08[\x02-\x1f][\x12\x1a\x22\x28\x3a\x42]",
        "an ONNX file",
        "Read its weights with onnx.numpy_helper and save them as .npz.",
    ),
    (
        rb"\x08\x01\x12",
        "a SavedModel of TensorFlow",
        "Load it with TensorFlow and save its weights as .npz.",
    ),
    (
        rb"name\s*:|layers?\s*\{|#.*\n",
        "a text file of Caffe",
        _CAFFE,
    ),
)


def refuse(path, beginning):
    """Raises an error that says what a file is that cannot be read.

    Args:
        path: string.
        beginning: bytes, the first 512 of the file.

    Raises:
        ValueError: always.
    """
    what, way_out = _recognised(beginning)
    raise ValueError(
        "Expected a checkpoint of PyTorch, a .safetensors or a .npz file in "
        f"{path!r}. Received: {what}. {way_out.format(path=path)}"
    )


def _recognised(beginning):
    if _is_caffe(beginning):
        return "a file of Caffe", _CAFFE
    for pattern, what, way_out in _BEGINNINGS:
        if re.match(pattern, beginning, re.DOTALL):
            return what, way_out
    return (
        f"a file that begins with {beginning[:16]!r}",
        "Is it another file, or damaged?",
    )


def _is_caffe(beginning):
    """Returns whether a name, then layers or inputs follow, as in Caffe."""
    if len(beginning) < 3 or beginning[0] != 0x0A:
        return False
    return beginning[2 + beginning[1] :][:1] in (
        b"\x12",
        b"\x1a",
        b"\x20",
        b"\x22",
        b"\x42",
        b"\xa2",
    )
