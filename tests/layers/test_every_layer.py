"""Every layer of the library is a complete layer of Keras."""

import functools

import keras
import pytest

from keras_deep import layers
from keras_deep.layers.position import Position
from keras_deep.layers.stacks.nesting import part
from tests.support import stacks
from tests.support.check_layer import check_layer

IMAGES = (3, 6, 4, 8)


def chain(name="v1", blocks=3):
    """Returns the arguments of a chain of blocks."""
    block, shape = stacks.NETWORKS[name]
    at = Position("conv2", "conv2_block", shape[-1])
    template = part(keras.Input(shape), "conv2_block", [at], block)
    return {"template": template, "blocks": blocks, "first": 2}


VECTORS = (5, *stacks.NETWORKS["dense layers"][1])
# Name: the class, its arguments, and the shape of its inputs.
CASES = {
    "BatchNormalization": (
        layers.BatchNormalization,
        {"momentum": 0.8, "epsilon": 1e-4, "scale": False},
        IMAGES,
    ),
    "BatchNormalization of vectors": (
        layers.BatchNormalization,
        {},
        IMAGES[::3],
    ),
    "GroupedConv2D": (
        layers.GroupedConv2D,
        {"filters": 4, "kernel_size": (3, 2), "groups": 2, "strides": 2},
        IMAGES,
    ),
    "GroupedConv2D of one group": (
        layers.GroupedConv2D,
        {"filters": 4, "kernel_size": 3, "padding": "same"},
        IMAGES,
    ),
    "Identity": (layers.Identity, {}, IMAGES),
    "Dropout": (layers.Dropout, {"rate": 0.3, "seed": 1}, IMAGES),
    "Dropout of channels": (
        layers.Dropout,
        {"rate": 0.3, "noise_shape": (None, 1, 1, 8), "seed": 1},
        IMAGES,
    ),
    "StochasticDepth": (
        layers.StochasticDepth,
        {"rate": 0.1, "seed": 1},
        IMAGES,
    ),
    "StochasticDepth of images": (
        layers.StochasticDepth,
        {"rate": 0.1, "mode": "sample", "seed": 3},
        IMAGES,
    ),
    "CReLU": (layers.CReLU, {}, IMAGES),
    "CReLU of another axis": (layers.CReLU, {"axis": 1}, IMAGES),
    "HighwayGate": (layers.HighwayGate, {"bias": -3.0}, [IMAGES, IMAGES]),
    "HighwayGate of vectors": (
        layers.HighwayGate,
        {"kernel_initializer": "zeros"},
        [IMAGES[::3], IMAGES[::3]],
    ),
    "Swapout": (
        layers.Swapout,
        {"keep_shortcut": 0.7, "keep_branch": 0.4, "seed": 1},
        [IMAGES, IMAGES],
    ),
    "Resize to a size": (
        layers.Resize,
        {
            "size": (5, 9),
            "interpolation": "nearest",
            "data_format": "channels_last",
        },
        IMAGES,
    ),
    "Resize by a scale": (
        layers.Resize,
        {"scale": (2, 1.5), "align_corners": True},
        IMAGES,
    ),
    "Resize to another": (layers.Resize, {}, [IMAGES, (3, 7, 2, 1)]),
    "Split": (layers.Split, {"parts": 2}, IMAGES),
    "Split at indices": (layers.Split, {"parts": [1, 3], "axis": 1}, IMAGES),
    "StackedBlocks": (layers.StackedBlocks, chain, (3, 8, 8, 4)),
    "StackedBlocks of dense layers": (
        layers.StackedBlocks,
        functools.partial(chain, "dense layers", 4),
        VECTORS,
    ),
    "SharedBlocks": (layers.SharedBlocks, chain, (3, 8, 8, 4)),
}


@pytest.mark.parametrize("case", CASES)
def test_layer_is_complete(case, tmp_path):
    layer_class, given, shape = CASES[case]
    arguments = given if callable(given) else lambda: given
    check_layer(layer_class, arguments, shape, tmp_path, case.split()[0])


def test_no_layer_is_left_out():
    registered = {
        name.removeprefix("keras_deep>")
        for name, kind in keras.saving.get_custom_objects().items()
        if name.startswith("keras_deep>")
        and issubclass(kind, keras.Layer)
        and not kind.__module__.startswith("keras_deep.convert.")
    }
    registered.remove("DropoutOfOneRate")  # What `Dropout(0.3)` makes.
    assert registered and registered == {case.split()[0] for case in CASES}
