"""Networks whose later stages dilate instead of striding."""

import keras

from keras_deep.layers.shapes import pair
from keras_deep.layers.stacks.chain import BlockChain
from keras_deep.models.copying import cloned
from keras_deep.models.copying import layer_copy


def with_output_stride(model, output_stride):
    """Rebuilds a network so that its features have a smaller stride.

    From where the stride would exceed `output_stride` on, layers stride no
    more, and convolutions behind them are dilated by as much. At every pixel
    of the original features the new ones have the same values, but for layers
    that look at the whole image. Names and shapes of weights stay; their
    values are new.

    Args:
        model: functional `keras.Model` of images.
        output_stride: int, at least 1.

    Returns:
        `keras.Model`.

    Raises:
        ValueError: if `output_stride` is not a stride that the network has, or
            a layer cannot be dilated: pooling of several pixels, and
            convolutions that pad as Keras's `"same"`.
    """
    change = _Dilation(model, output_stride)
    if output_stride not in change.strides:
        raise ValueError(
            "Expected `output_stride` to be `None` or one of "
            f"{sorted(change.strides)}, the strides in {model.name!r}. "
            f"Received: output_stride={output_stride!r}"
        )
    return change.clone(model)


class _Dilation:
    """Finds how every layer changes: its stride, and dilation before it.

    Args:
        model: functional `keras.Model`.
        output_stride: int.
    """

    def __init__(self, model, output_stride):
        self.output_stride = output_stride
        self.strides = {1}  # All that the original network has.
        self.changes = {}
        self._walk(model, [(1, 1)] * len(model.inputs))

    def clone(self, model):
        """Rebuilds a model, nested ones too, with the changes found."""
        return cloned(model, self._copy)

    def _walk(self, model, starts):
        """Follows the pairs of stride and dilation from inputs to outputs."""
        found = {id(x): at for x, at in zip(model.inputs, starts)}
        for operation in model.operations:
            for node in operation._inbound_nodes:
                before = [found.get(id(x)) for x in node.input_tensors]
                if not before or None in before:
                    continue  # The node belongs to another model.
                after = self._after(operation, before)
                found.update({id(x): after for x in node.output_tensors})
        return found[id(model.outputs[0])]

    def _after(self, operation, before):
        stride, dilation = max(before)
        if isinstance(operation, keras.Model):
            return self._walk(operation, [(stride, dilation)])
        own = _stride_of(operation)
        self.strides.add(stride * dilation * own)
        if stride * own <= self.output_stride:
            self.changes[id(operation)] = (own, dilation)
            return stride * own, dilation
        self.changes[id(operation)] = (1, dilation)
        return stride, dilation * own

    def _copy(self, layer):
        stride, dilation = self.changes.get(id(layer), (1, 1))
        if dilation == 1 and stride == _stride_of(layer):
            return layer_copy(layer)
        if isinstance(layer, BlockChain):
            template = _dilated_template(layer.get_template(), dilation)
            config = layer.get_config()
            config["template"] = keras.saving.serialize_keras_object(template)
            return type(layer).from_config(config)
        return _dilated(layer, stride, dilation)


def _dilated_template(template, dilation):
    """Rebuilds a block, which does not stride, with dilated convolutions."""
    return keras.models.clone_model(
        template, clone_function=lambda layer: _dilated(layer, 1, dilation)
    )


def _stride_of(layer):
    strides = getattr(layer, "strides", 1)
    return max(pair(strides))


def _dilated(layer, stride, dilation):
    config = layer.get_config()
    stops = stride != _stride_of(layer)
    if stops:
        config["strides"] = stride
    if isinstance(layer, keras.layers.ZeroPadding2D):
        if layer.data_format == keras.config.image_data_format():
            config["padding"] = [
                [dilation * side for side in pair(sides)]
                for sides in layer.padding
            ]
    elif isinstance(layer, keras.layers.Conv2D):
        _check(layer, stops and layer.padding == "same", layer.kernel_size)
        config["dilation_rate"] = [dilation * d for d in layer.dilation_rate]
    elif hasattr(layer, "pool_size"):
        _check(layer, True, layer.pool_size)
    return type(layer).from_config(config)


def _check(layer, shifts, size):
    if shifts and max(size) > 1:
        raise ValueError(
            "Expected an `output_stride` from which on only convolutions with "
            f"symmetric padding stride. Received: layer {layer.name!r}, a "
            f"{type(layer).__name__} of {tuple(size)} pixels with the stride "
            f"{layer.strides}. Choose a larger `output_stride`."
        )
