"""Data sets that Keras downloads; fails fast without a network."""

import keras

from keras_deep.data.sources import images_of
from keras_deep.utils.network import keras_cache
from keras_deep.utils.network import require_reachable

# Host, files in Keras's cache after the download, and the files that serve
# instead in a `data_dir`.
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
    """Loads a data set of `keras.datasets`, downloading it if necessary.

    Returns:
        Dict of the `Images` of `train` and `test`.

    Raises:
        ConnectionError: within 5 seconds, if the files are neither in Keras's
            cache nor can their host be reached.
    """
    host, files, local = _SOURCES[name]
    cache = keras_cache("datasets")
    if not all((cache / file).is_file() for file in files):
        require_reachable(
            f"https://{host}",
            name,
            f"Put {local} into a folder and pass it as `data_dir`; or put "
            f"{' and '.join(files)} into {str(cache)!r}, where Keras looks "
            "for what it downloads.",
        )
    loaded = getattr(keras.datasets, name).load_data()
    splits = {}
    for split, (x, y) in zip(("train", "test"), loaded):
        # Keras applies its image data format here, our pipelines at the end.
        if x.ndim == 4 and keras.config.image_data_format() != "channels_last":
            x = x.transpose(0, 2, 3, 1)
        splits[split] = images_of(x, y, f"{name!r}")
    return splits
