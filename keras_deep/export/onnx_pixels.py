"""Preparation of images in an ONNX graph, as `data.images` does it."""

import numpy as np

from keras_deep.data.images import fit_image
from keras_deep.models.image_input import in_data_format
from keras_deep.models.image_needs import preprocessing_for
from keras_deep.utils.preprocessing import as_preprocessing

PIXELS = "pixels"
_IMAGES = "prepared_images"
_PREFIX = "prepare_"
# What is beside the image counts for nothing, as in Pillow.
_SMOOTH = {"antialias": 1, "exclude_outside": 1}
# By Pillow's name. Its bicubic has this coefficient.
_RESIZES = {
    "nearest": {"mode": "nearest", "nearest_mode": "round_prefer_ceil"},
    "bilinear": {"mode": "linear", **_SMOOTH},
    "bicubic": {"mode": "cubic", "cubic_coeff_a": -0.5, **_SMOOTH},
}


def pixels_graph(model, opset):
    """Returns an ONNX model from uint8 images of any size to a network's.

    It is run once and compared with `predict`'s images.

    Raises:
        ValueError: if the card has no preprocessing, ONNX cannot resize so,
            or the images are more than one level apart.
    """
    import onnx

    record = as_preprocessing(preprocessing_for(model))
    if record.interpolation not in _RESIZES:
        raise ValueError(
            f"Expected an interpolation of ONNX's Resize, {list(_RESIZES)}. "
            f"Received: {record.interpolation!r}. Resize images before the "
            "network, and leave out `pixels`."
        )
    graph = _Graph()
    x = graph.add("Cast", [PIXELS], to=onnx.TensorProto.FLOAT)
    sides = graph.add("Shape", [PIXELS], start=1, end=3)
    x = graph.add("Transpose", [x], perm=[0, 3, 1, 2])
    x = _fitted(graph, x, sides, record)
    x = _normalized(graph, x, record)
    made = graph.model(x, record.shape, opset)
    _check(made, record)
    return made


def prepend(path, preparing):
    """Rewrites a network's file so that it prepares its images first."""
    import onnx

    network = onnx.load(path)
    (name,) = [one.name for one in network.graph.input]
    preparing.ir_version = network.ir_version
    # Both must import the same operations.
    del preparing.opset_import[:]
    preparing.opset_import.extend(network.opset_import)
    merged = onnx.compose.merge_models(
        preparing, network, io_map=[(_IMAGES, name)]
    )
    onnx.checker.check_model(merged)
    onnx.save(merged, path)


class _Graph:
    """Collects nodes and constants."""

    def __init__(self):
        self._nodes, self._constants = [], []

    def add(self, kind, inputs, **attributes):
        """Adds a node and returns the name of its output."""
        import onnx

        name = f"{_PREFIX}{len(self._nodes)}"
        self._nodes.append(
            onnx.helper.make_node(kind, inputs, [name], **attributes)
        )
        return name

    def constant(self, values, dtype="int64"):
        """Adds an array and returns its name."""
        import onnx

        name = f"{_PREFIX}constant_{len(self._constants)}"
        array = np.asarray(values, dtype)
        self._constants.append(onnx.numpy_helper.from_array(array, name))
        return name

    def model(self, output, shape, opset):
        """Returns the model that ends in an output, channels first.

        The output of the model is in Keras's image data format.
        """
        import onnx

        batch, channels = "batch", shape[-1]
        if in_data_format(*shape) == shape:
            self.add("Transpose", [output], perm=[0, 2, 3, 1])
        else:
            shape = in_data_format(*shape)
        self._nodes[-1].output[0] = _IMAGES
        info = onnx.helper.make_tensor_value_info
        given = (batch, "height", "width", channels)
        graph = onnx.helper.make_graph(
            self._nodes,
            "prepare",
            [info(PIXELS, onnx.TensorProto.UINT8, given)],
            [info(_IMAGES, onnx.TensorProto.FLOAT, (batch, *shape))],
            self._constants,
        )
        return onnx.helper.make_model(
            graph, opset_imports=[onnx.helper.make_opsetid("", opset)]
        )


def _fitted(graph, x, sides, record):
    """Adds the resizing to whole levels and the crop, channels first."""
    height, width, _ = record.shape
    if record.resize == "stretch":
        return _resized(graph, x, graph.constant([height, width]), record)
    shorter = graph.add("ReduceMin", [sides], keepdims=1)
    target = graph.constant([int(height / record.crop + 1e-6)])
    # In whole numbers, as `center_crop` does.
    sides = graph.add("Mul", [sides, target])
    sides = graph.add("Div", [sides, shorter])
    x = _resized(graph, x, sides, record)
    size = graph.constant([height, width])
    begin = graph.add("Sub", [sides, size])
    begin = graph.add("Div", [begin, graph.constant([2])])
    end = graph.add("Add", [begin, size])
    return graph.add("Slice", [x, begin, end, graph.constant([2, 3])])


def _resized(graph, x, sides, record):
    # With `axes` for the sides, onnxruntime 1.32 moves a transposition past
    # it that does not fit.
    others = graph.add("Shape", [x], start=0, end=2)
    shape = graph.add("Concat", [others, sides], axis=0)
    x = graph.add(
        "Resize",
        [x, "", "", shape],
        coordinate_transformation_mode="half_pixel",
        **_RESIZES[record.interpolation],
    )
    x = graph.add("Round", [x])
    limits = [graph.constant(n, "float32") for n in (0, 255)]
    return graph.add("Clip", [x, *limits])


def _normalized(graph, x, record):
    if record.order == "BGR":
        order = graph.constant([2, 1, 0])
        x = graph.add("Gather", [x, order], axis=1)
    for kind, values in (("Sub", record.mean), ("Div", record.std)):
        array = np.broadcast_to(np.float32(values), record.shape)
        array = graph.constant(array.transpose(2, 0, 1)[None], "float32")
        x = graph.add(kind, [x, array])
    return x


def _check(made, record):
    """Compares the images of a graph with those of `predict`."""
    import onnxruntime
    from PIL import Image

    from keras_deep.data.images import preprocess

    height, width, channels = record.shape
    rng = np.random.default_rng(0)
    small = rng.integers(0, 256, (4, 5, 3), "uint8")
    sides = (width + width // 3 + 1, height + height // 2 + 1)
    image = Image.fromarray(small).resize(sides, Image.Resampling.BICUBIC)
    image = image if channels == 3 else image.convert("L")
    session = onnxruntime.InferenceSession(
        made.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    pixels = np.atleast_3d(np.asarray(image))[np.newaxis]
    (found,) = session.run(None, {PIXELS: pixels})
    expected = preprocess(fit_image(image, record)[np.newaxis], record)
    step = 1 / np.min(record.std)
    apart = float(np.abs(found - expected).max() / step)
    if not apart <= 1.01:
        raise ValueError(
            "Expected images that are at most one level from those of "
            f"`predict`. Received: {apart:.2f} levels. Leave out `pixels`."
        )
