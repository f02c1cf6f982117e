"""Builds a Keras model from the graph of any Caffe network."""

import pathlib
import re

import keras

from keras_deep.convert.caffe.plan import make_plan
from keras_deep.convert.caffe.recipe import kept_shape
from keras_deep.convert.caffe.weights import blobs_of
from keras_deep.convert.caffe.weights import check_blobs
from keras_deep.convert.hub.fetching import sha256_of
from keras_deep.formats.arrays import as_arrays
from keras_deep.formats.caffe.net import read_net
from keras_deep.formats.caffe.reader import read_caffe
from keras_deep.models.card import Card
from keras_deep.models.card import attach_card

# The scope names that TensorFlow accepts, without Keras's separator.
_NAME = re.compile(r"[A-Za-z0-9.][A-Za-z0-9_.-]*")
_REFUSED = re.compile(r"[^A-Za-z0-9_.-]")


def caffe_to_keras(prototxt, caffemodel=None, input_shape=None):
    """Builds a Keras model from any Caffe network.

    The model is the network that Caffe builds for testing, channels last.

    - Data layers become an input. Labels, losses, `Accuracy` and layers for
      training only are dropped: a network that ends in a loss returns the
      scores before it, not probabilities.
    - Blobs that no layer reads are outputs: one tensor, or a dict of blob name
      to tensor if there are several.
    - Keras layers have the names of Caffe's layers, with `_` for each
      character that Keras refuses, such as `/` (and `_2` at the end if the
      name is taken). If a Caffe layer needs several Keras layers, the last
      has its name and the others a suffix, as in `conv1_pad`. A Scale after a
      BatchNorm is merged with it to one `BatchNormalization` with the name of
      the Scale.
    - `use_global_stats`, `lr_mult: 0` and shared weights are ignored: all
      weights are trainable, and each layer has its own.

    Example:

    ```python
    model = keras_deep.convert.caffe_to_keras(
        "ResNet-50-deploy.prototxt", "ResNet-50-model.caffemodel"
    )
    model = keras_deep.convert.caffe_to_keras(
        "trainval.prototxt", input_shape=(32, 32, 3)
    )
    ```

    Args:
        prototxt: path of the network's definition.
        caffemodel: path of its weights, or the result of `read_caffe`. `None`
            for initial weights by the definition's fillers.
        input_shape: tuple, the shape of one image, `(height, width,
            channels)`; sides that no layer needs may be `None`. Required if
            the network reads a database, by default the shape in the file.
            For several inputs a dict of blob name to shape.

    Returns:
        Functional `keras.Model`. Its card has source and hash of the weights,
        but no preprocessing, which Caffe's files do not state.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the network is invalid or has a layer of an unknown
            type, with name and line; if the weights do not fit, with all
            differences; or if Keras is set to channels first.
    """
    if keras.config.image_data_format() != "channels_last":
        raise ValueError(
            "Expected the image data format 'channels_last', which models of "
            f"Caffe networks have. Received: "
            f"{keras.config.image_data_format()!r}. Call "
            "keras.config.set_image_data_format('channels_last')."
        )
    plan = make_plan(read_net(prototxt), input_shape)
    arrays = None
    if caffemodel is not None:
        is_mapping = hasattr(caffemodel, "keys")
        arrays = as_arrays(caffemodel) if is_mapping else read_caffe(caffemodel)
        check_blobs(plan, arrays)
    model = _build(plan, arrays)
    attach_card(model, _card(prototxt, arrays))
    return model


def _card(prototxt, arrays):
    found = Card("caffe_to_keras", {"prototxt": str(prototxt)}, "caffe")
    if arrays is not None:
        path = pathlib.Path(arrays.source)
        found.weights = {
            "source": arrays.source,
            "sha256": sha256_of(path) if path.is_file() else None,
            "origin": "Caffe",
            "convention": "caffe",
        }
    return found


def keras_names(prototxt):
    """Maps the layer names of a network to those of its Keras model.

    Args:
        prototxt: path of the network's definition.

    Returns:
        Dict of string to string. It includes a BatchNorm that is merged with
        its Scale, which the model does not.
    """
    return _names(read_net(prototxt)).of


def _names(net):
    return _Names([layer.name for layer in net.layers])


def _build(plan, arrays):
    names = _names(plan.net)
    tensors, depths = {}, {}
    for one, tensor in plan.inputs.items():
        shape = kept_shape(plan.shapes[tensor])[1:]
        tensors[tensor] = keras.Input(shape, name=names.new(one.top))
    inputs = list(tensors.values())
    for step in plan.steps:
        make = Maker(names, step.layer.name, depths)
        given = [tensors[tensor] for tensor in step.inputs]
        outputs = step.recipe.build(make, *given)
        if not isinstance(outputs, (list, tuple)):
            outputs = [outputs]
        depth = 1 + max(map(make.depth, given))
        depths.update((id(output), depth) for output in outputs)
        tensors.update(zip(step.outputs, outputs))
        if arrays is not None and step.recipe.blobs:
            blobs = blobs_of(step.recipe, arrays)
            make.named.set_weights(step.recipe.weights(*blobs))
    outputs = {top: tensors[tensor] for top, tensor in plan.outputs.items()}
    name = _Names([]).new(plan.net.name or "caffe")
    return _model(plan, inputs, outputs, name)


def _model(plan, inputs, outputs, name):
    inputs = inputs[0] if len(inputs) == 1 else inputs
    if len(outputs) == 1:
        (outputs,) = outputs.values()
    try:
        return keras.Model(inputs, outputs, name=name)
    except RecursionError:
        raise plan.net.message.error(
            "a network that Keras can follow, which calls itself for each of "
            "some 900 layers in a row",
            f"{len(plan.steps)} layers",
        ) from None


class Maker:
    """Makes the Keras layers of one Caffe layer.

    It is called with a class, a suffix and the layer's arguments. The layer
    without a suffix has the Caffe layer's name and is stored in `named`.
    """

    def __init__(self, names, name, depths, prefix=""):
        self._names = names
        self._name = name
        self._depths = depths
        self._prefix = prefix
        self.named = None

    def __call__(self, cls, suffix="", **config):
        suffix = "_".join(filter(None, (self._prefix, suffix)))
        if suffix:
            name = self._names.new(f"{self._name}_{suffix}")
            return cls(name=name, **config)
        self.named = cls(name=self._names.of[self._name], **config)
        return self.named

    def before(self, prefix):
        """Returns a maker of layers before the named one, with a prefix."""
        return Maker(self._names, self._name, self._depths, prefix)

    def depth(self, tensor):
        """Returns the number of Caffe layers on a tensor's longest path."""
        return self._depths.get(id(tensor), 0)


class _Names:
    """Unique names that Keras accepts.

    Args:
        names: list of string, the names of Caffe's layers. The dict `of` maps
            them to names for Keras, unchanged if possible.
    """

    def __init__(self, names):
        self._taken = {name for name in names if _NAME.fullmatch(name)}
        self.of = {name: name for name in self._taken}
        for name in names:
            if name not in self.of:
                self.of[name] = self.new(name)

    def new(self, name):
        """Returns an unused name similar to `name` and reserves it."""
        accepted = _REFUSED.sub("_", name)
        if not _NAME.fullmatch(accepted):
            accepted = f"caffe{accepted}"
        unused, count = accepted, 1
        while unused in self._taken:
            count += 1
            unused = f"{accepted}_{count}"
        self._taken.add(unused)
        return unused
