"""Freezes layers by name and kind, whether they are stacked or not."""

from keras_deep.models.layer_choice import UP_TO
from keras_deep.models.layer_choice import by_kind
from keras_deep.models.layer_choice import by_name
from keras_deep.models.layer_choice import by_place
from keras_deep.models.layer_choice import kinds_of
from keras_deep.models.parts import model_in
from keras_deep.models.parts import parts_of
from keras_deep.models.parts import units_of
from keras_deep.utils.errors import did_you_mean


def freeze(model, *what, trainable=False):
    """Freezes layers of a model by name, kind or place; the same in all forms.

    Frozen weights are not trained, and frozen batch normalisation computes as
    in inference. Compile the model afterwards: Keras looks at what is frozen
    in `compile`.

    Names are those of the flat network, whether blocks are stacked, nested or
    neither. `model.layers[:100]` are other layers in each of these forms: say
    `"up to conv3"` instead.

    Example:

    ```python
    keras_deep.freeze(model, "batch normalisation")
    keras_deep.freeze(model, "up to conv4")  # Stem, conv2, conv3 and conv4.
    keras_deep.freeze(model, "conv2_block*_1_conv", "conv1")
    keras_deep.freeze(model, "*")
    keras_deep.freeze(model, "conv5", trainable=True)
    ```

    Args:
        model: `keras.Model`. Layers of models nested in it count, in all of
            them; to freeze one of several, pass that one.
        *what: strings or classes:
            - the name of a layer, or of a stage or block, with which the names
              of its layers begin: `"conv1_conv"`, `"conv4"`, `"conv4_block2"`;
              or that of a nested model;
            - a pattern with `*`, `?` or `[...]` of layers, or of weights if it
              has a slash: `"conv2_block*_bn"`, `"*_bn/*"`;
            - a kind: a class, or its name in any spelling, in the singular or
              plural, or `"normalisation"` or `"convolution"` of any kind:
              `"batch normalisation"`, `"Dense"`, `keras.layers.Conv2D`;
            - `"up to NAME"`: the layer, block, stage or nested model and all
              that it is computed from.
        trainable: bool. `True` lets them be trained again.

    Returns:
        List of strings, the logical names of the layers with weights that were
        set.

    Raises:
        ValueError: if something matches no layer with weights, or only some
            blocks of a stack or some weights of a layer, which are frozen
            together. Nothing is set then.
    """
    if not what:
        raise ValueError(
            "Expected what to freeze, such as 'batch normalisation', 'up to "
            "conv4' or '*' for all. Received: nothing"
        )
    parts = list(parts_of(model))
    chosen = set()
    for one in what:
        found = _matches(model, parts, one)
        if not found:
            raise ValueError(_nothing(parts, one))
        chosen |= found
    taken = [unit for unit in units_of(parts) if unit.whole(chosen)]
    if trainable:
        _open(model)
    for unit in taken:
        unit.set(trainable)
    for chain in {part.chain for part in parts if part.chain}:
        chain.untracked.warned = True  # Whoever calls this knows of stacks.
    return [part.name for unit in taken for part in unit.parts]


def _matches(model, parts, one):
    """Returns the weights that `one` means, see `layer_choice`."""
    if isinstance(one, type):
        return by_kind(parts, one)
    if not isinstance(one, str):
        raise ValueError(
            "Expected names, patterns and kinds of layers as strings, or "
            f"classes. Received: {one!r}"
        )
    if one.lower().startswith(UP_TO):
        return by_place(model, parts, one[len(UP_TO) :].strip())
    if one in {part.name for part in parts}:
        return by_name(model, parts, one)
    return by_kind(parts, one) or by_name(model, parts, one)


def _nothing(parts, one):
    names = [part.name for part in parts if part.weights]
    stages = {name.partition("_")[0] for name in names}
    kinds = kinds_of(parts)
    near = did_you_mean(str(one), [*names, *stages, *kinds])
    return (
        "Expected the name, a pattern or the kind of layers with weights. "
        f"Received: {one!r}, which matches none of {names[:3]} ... "
        f"{names[-1:]} and no kind of {kinds}.{near}"
    )


def _open(model):
    """Lets the layers of models that are frozen as a whole say it alone."""
    model._trainable = True  # The property would set the layers, too.
    for layer in model.layers:
        inner = model_in(layer)
        if inner is not None:
            layer._trainable = True
            _open(inner)
