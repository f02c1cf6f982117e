"""Templates: functional models of one block, from which blocks are made."""

import dataclasses
from typing import NamedTuple

import keras

from keras_deep.layers.names import flat_layers
from keras_deep.layers.names import numbered
from keras_deep.layers.stacks.current_block import config_of_block
from keras_deep.utils.checks import check_sizes

WAY_OUT = "`stack=False` builds the same network of ordinary layers."


class ChainWeight(NamedTuple):
    """A weight of a template and the variable that holds it for all blocks.

    Args:
        name: string, such as `"conv2_block_1_conv/kernel"`.
        layer: the layer of the template.
        variable: `keras.Variable` of that layer.
        held: `keras.Variable` of shape `(blocks, ...)`, or of the shape of
            `variable` if all blocks share it.
        learnt: bool. False for moving statistics.
        shared: bool.
    """

    name: str
    layer: keras.layers.Layer
    variable: keras.Variable
    held: keras.Variable
    learnt: bool
    shared: bool

    @property
    def trained(self):
        """Whether the template says that the weight is trained now."""
        return any(v is self.variable for v in self.layer.trainable_variables)


@dataclasses.dataclass
class Untracked:
    """State of a chain that Keras does not track as layers and weights.

    The variables of the template are placeholders, no weights of a layer.

    Args:
        template: functional `keras.Model`.
        weights: list of `ChainWeight`.
        generators: dict of names to the random generators of the template.
        warned: bool. Whether a warning was given.
    """

    template: keras.Model
    weights: list = dataclasses.field(default_factory=list)
    generators: dict = dataclasses.field(default_factory=dict)
    warned: bool = False


def check_template(template, blocks):
    """Checks that a template can be stacked.

    Raises:
        ValueError: if it cannot, with the reason.
    """
    check_sizes(blocks=blocks)
    if not isinstance(template, keras.Model) or not template.inputs:
        raise ValueError(
            "Expected `template` to be a functional `keras.Model`. "
            f"Received: template={template!r}"
        )
    before, after = template.input_shape, template.output_shape
    if before != after:
        raise ValueError(
            f"Expected a block {template.name!r} that keeps the shape. "
            f"Received: {before} to {after}. {WAY_OUT}"
        )
    for layer in flat_layers(template):
        _check_layer(layer, template.name)


def _check_layer(layer, prefix):
    reasons = {
        f"its name does not start with {prefix!r}": (
            layer.weights and not layer.name.startswith(prefix)
        ),
        "it has a penalty on its outputs": (
            getattr(layer, "activity_regularizer", None) is not None
        ),
        "its statistics are synchronised between devices, which cannot be "
        "done in a loop": getattr(layer, "synchronized", False),
    }
    for reason, holds in reasons.items():
        if holds:
            raise ValueError(
                f"Expected layers that can be stacked. Received: "
                f"{layer.name!r}; {reason}. {WAY_OUT}"
            )


def generators_of(layer):
    """Returns the random generators of a layer, in order."""
    return [
        value
        for value in vars(layer).values()
        if isinstance(value, keras.random.SeedGenerator)
    ]


def block_model(template, index, first):
    """Builds a block of ordinary layers with new weights.

    Args:
        template: functional `keras.Model`.
        index: int, place of the block in its stack.
        first: int, number of the first block of the stack.

    Returns:
        `keras.Model` whose layers have the names of the flat network.
    """
    model = keras.models.clone_model(
        template, clone_function=_layer_copier(template.name, index, first)
    )
    model.name = numbered(template.name, template.name, first + index)
    return model


def apply_block(x, template, index, first, kept=None):
    """Applies a block of ordinary layers with new weights to a tensor.

    Takes the arguments of `block_model`, and:

    Args:
        x: tensor.
        kept: dict of names of the template's layers to the layers that all
            blocks share, or to `None` for those to be made. They keep the
            template's names.
    """
    outputs = []

    def call(layer, *args, **kwargs):
        outputs.append(layer(*args, **kwargs))
        return outputs[-1]

    keras.models.clone_model(
        template,
        input_tensors=x,
        clone_function=_layer_copier(template.name, index, first, kept),
        call_function=call,
    )
    return outputs[-1]


def _layer_copier(prefix, index, first, kept=None):
    kept = {} if kept is None else kept

    def copy(layer):
        if isinstance(layer, keras.Model):
            return keras.models.clone_model(layer, clone_function=copy)
        config = config_of_block(layer, index)
        if layer.name in kept:
            if kept[layer.name] is None:
                kept[layer.name] = type(layer).from_config(config)
            return kept[layer.name]
        if layer.name.startswith(prefix):
            config["name"] = numbered(layer.name, prefix, first + index)
        return type(layer).from_config(config)

    return copy
