"""The data sets that Keras downloads, without waiting for an absent network."""

import os
import pathlib
import socket
import threading
import urllib.parse
import urllib.request

import keras

from keras_deep.data.sources import images_of

PATIENCE = 4.0  # seconds until a host counts as unreachable

# Host, files in Keras's cache once they are there, and what else will do in a
# folder given as `data_dir`.
_TORONTO, _GOOGLE = "www.cs.toronto.edu", "storage.googleapis.com"
_IDX = tuple(
    f"{part}-ubyte.gz"
    for part in (
        "train-images-idx3",
        "train-labels-idx1",
        "t10k-images-idx3",
        "t10k-labels-idx1",
    )
)
_SOURCES = {
    "cifar10": (
        _TORONTO,
        ("cifar-10-batches-py-target_archive",),
        "cifar-10-binary.tar.gz or cifar-10-python.tar.gz",
    ),
    "cifar100": (
        _TORONTO,
        ("cifar-100-python-target_archive",),
        "cifar-100-binary.tar.gz or cifar-100-python.tar.gz",
    ),
    "mnist": (_GOOGLE, ("mnist.npz",), f"mnist.npz, or {', '.join(_IDX)}"),
    "fashion_mnist": (
        _GOOGLE,
        tuple(f"fashion-mnist/{name}" for name in _IDX),
        ", ".join(_IDX),
    ),
}


def download(name):
    """Returns a data set of `keras.datasets`, downloaded if need be.

    Returns:
        Dict of the `Images` of `train` and `test`.

    Raises:
        ConnectionError: within 5 seconds, if the files are neither in Keras's
            cache nor can their host be reached.
    """
    host, files, local = _SOURCES[name]
    cache = _cache()
    cached = all((cache / file).is_file() for file in files)
    if not cached and not _reachable(host):
        raise ConnectionError(
            f"Expected {host!r} to be reachable, from where {name!r} is "
            f"downloaded. Received: no connection. Put {local} into a folder "
            f"and pass it as `data_dir`; or put {' and '.join(files)} into "
            f"{str(cache)!r}, where Keras looks for what it downloads."
        )
    loaded = getattr(keras.datasets, name).load_data()
    splits = {}
    for split, (x, y) in zip(("train", "test"), loaded):
        # Keras obeys its image data format here, our pipelines do at the end.
        if x.ndim == 4 and keras.config.image_data_format() != "channels_last":
            x = x.transpose(0, 2, 3, 1)
        splits[split] = images_of(x, y, f"{name!r}")
    return splits


def _cache():
    home = os.environ.get("KERAS_HOME", "~/.keras")
    return pathlib.Path(home).expanduser() / "datasets"


def _reachable(host):
    """Whether a connection succeeds, directly or to the proxy in between."""
    proxy = urllib.request.getproxies().get("https")
    parsed = urllib.parse.urlsplit(proxy or f"https://{host}:443")
    answers = []

    def connect():
        try:
            address = (parsed.hostname, parsed.port or 443)
            socket.create_connection(address, timeout=PATIENCE - 1).close()
            answers.append(True)
        except OSError:
            pass

    # Resolving a name has no timeout of its own, so a thread is left behind.
    thread = threading.Thread(target=connect, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    return bool(answers)
