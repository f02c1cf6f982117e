"""Reads weights of Keras 2 and 3: `.keras`, `.weights.h5` and `.h5` files."""

import re
import zipfile

import h5py
import numpy as np

from keras_deep.formats.arrays import Arrays
from keras_deep.formats.arrays import Entry
from keras_deep.formats.zip_members import zip_members
from keras_deep.utils.files import existing_file

_MEMBER = "model.weights.h5"
# Keras 3 numbers the weights; the group's name tells the class of the layer. A
# batch normalisation of three weights has no scale, as in keras.applications,
# one of two has only the statistics.
_CONV = ("kernel", "bias")
_NORM = ("gamma", "beta", "moving_mean", "moving_variance")
# A weight of stacked blocks: "conv2_block{2-18}_1_conv.kernel".
_STACK = re.compile(r"(.*)\{(\d+)-(\d+)\}(.*)\.(.*)")
# One that the blocks share: "conv2_block_1_conv.kernel".
_SHARED = re.compile(r"(.*)\.(.*)")
_SEEDS = re.compile(r"seeds\d+")
_NOT_LAYERS = ("optimizer", "metrics", "seed_generator")
_LEAVES = {
    "batch_normalization": _NORM,
    "dense": _CONV,
    "highway_gate": _CONV,
}


def read_keras(path):
    """Reads the weights of a Keras file, without building the model.

    Args:
        path: string or path of a `.keras` file, of a weights file
            (`.weights.h5`) or of an `.h5` file of Keras 2 or 3, with or
            without the model. Optimizer variables are left out.

    Returns:
        `Arrays` with names `"layer/weight"`, such as
        `"conv2_block3_1_conv/kernel"`. If the file has no layer names, the
        path of the layer replaces them: `"layers/conv2d_3"`. The weights of
        stacked blocks have the names of the flat network.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is not a complete Keras file.
    """
    path = existing_file(path, "the path of a Keras file")
    try:
        file = _open(path)
        if "layer_names" in _root(file).attrs:
            return _legacy(file, str(path))
        return _current(file, str(path))
    except ValueError:
        raise
    except Exception as error:  # h5py reports damage in many ways.
        raise _damaged(path, error) from error


def _damaged(path, error):
    return ValueError(
        "Expected a complete `.keras`, `.weights.h5` or `.h5` file of Keras. "
        f"Received: {str(path)!r}, where {type(error).__name__}: {error}"
    )


def _open(path):
    if not zipfile.is_zipfile(path):
        return h5py.File(path)
    members = zip_members(str(path))
    if _MEMBER not in members:
        raise ValueError(
            f"Expected {str(path)!r} to have a member {_MEMBER!r}, as a "
            f"`.keras` file has. Received: {list(members)[:5]}"
        )
    return h5py.File(members[_MEMBER].open())


def _root(file):
    return file["model_weights"] if "model_weights" in file else file


def _legacy(file, source):
    """Reads the format of Keras 2: names in the attributes of groups."""
    root, entries = _root(file), {}
    for layer in _texts(root.attrs["layer_names"]):
        group = root[layer]
        for weight in _texts(group.attrs.get("weight_names", [])):
            name = weight.removesuffix(":0")
            # The weights of a nested model are named after its own layers.
            if not name.startswith(f"{layer}/"):
                name = "/".join(name.split("/")[-2:])
            _add(entries, name, group[weight], source)
    return Arrays(source, entries)


def _texts(values):
    return [v.decode() if isinstance(v, bytes) else str(v) for v in values]


def _current(file, source):
    """Reads the format of Keras 3: numbered weights in a `vars` per layer."""
    items, entries = [], {}
    file.visititems(lambda place, item: items.append((place, item)))
    for place, item in items:
        if isinstance(item, h5py.Group) and place.endswith("/vars"):
            place = place.removesuffix("/vars")
            if place.split("/")[0] not in _NOT_LAYERS:
                _add_layer(entries, place, item, source)
    if not entries:
        raise ValueError(
            f"Expected weights in the layout of Keras. Received: {source!r} "
            f"with {list(file)[:5]}"
        )
    return Arrays(source, entries)


def _add_layer(entries, place, group, source):
    """Adds the weights in the group `vars` of the layer at a path."""
    layer = str(group.attrs.get("name", place))
    leaves = _leaf_names(place, len(group))
    for key in sorted(group, key=lambda k: (len(k), k)):
        if _STACK.match(key):
            _add_blocks(entries, key, group[key], source)
        elif shared := _SHARED.fullmatch(key):
            _add(entries, "/".join(shared.groups()), group[key], source)
        elif not _SEEDS.fullmatch(key):
            leaf = leaves[int(key)] if leaves and key.isdigit() else key
            _add(entries, f"{layer}/{leaf}", group[key], source)


def _leaf_names(place, count):
    """Returns the names of a layer's weights, by the class in its path."""
    kind = re.sub(r"_\d+$", "", place.rpartition("/")[2])
    names = _LEAVES.get(kind, _CONV if kind.startswith("conv") else ())
    if kind == "batch_normalization":
        names = _NORM[-count:]
    return names if count <= len(names) else ()


def _add_blocks(entries, key, dataset, source):
    """Adds the slices of a stacked weight, each with its block's name."""
    before, first, last, after, leaf = _STACK.match(key).groups()
    numbers = range(int(first), int(last) + 1)
    if len(numbers) != dataset.shape[0]:
        raise ValueError(
            f"Expected {key!r} of {source!r} to hold {len(numbers)} blocks. "
            f"Received: shape {dataset.shape}"
        )
    for index, number in enumerate(numbers):
        name = f"{before}{number}{after}/{leaf}"
        _add(entries, name, dataset, source, index)


def _add(entries, name, dataset, source, index=()):
    if name in entries:
        raise ValueError(
            f"Expected one array {name!r} in {source!r}. Received: several, "
            "as a model has that uses one name for layers of nested models."
        )
    dtype, half = dataset.dtype, dataset.attrs.get("dtype") == "bfloat16"
    if half:
        import ml_dtypes

        dtype = np.dtype(ml_dtypes.bfloat16)

    def read():
        try:
            values = dataset[index]
        except Exception as error:
            raise _damaged(source, error) from error
        return values.view(dtype) if half else np.asarray(values)

    shape = dataset.shape[1:] if index != () else dataset.shape
    entries[name] = Entry(tuple(shape), dtype, read)
