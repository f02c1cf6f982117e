"""Networks that compute the same faster, and are not trained any more."""

from keras_deep.models.card import attach_card
from keras_deep.models.card import own_cards
from keras_deep.models.folded import folded
from keras_deep.models.nested import as_functional
from keras_deep.models.nested import nested_models


def for_inference(model):
    """Rebuilds a model so that it computes the same faster.

    In inference batch normalisation multiplies and adds. The convolution, or
    dense layer, before it does that by its own weights, or the one behind it
    where that pads no zeros; so do they with `Rescaling` and the factors of
    `StochasticDepth`. Normalisation between a sum or a concatenation and an
    activation remains, as in networks of version 2 and DenseNets. Dropout,
    noise and layers that augment images are left out, and what halves an image
    by a mean does so before a 1x1 convolution. Three things are for TensorFlow
    on the CPU: every convolution has a bias, with which it computes the sum and
    the ReLU that follow in one operation, several pixels are normalised as one
    where that makes the number of channels a multiple of 16, and grouped
    convolutions are `layers.GroupedConv2D`.

    Stacked blocks remain stacked. `SharedBlocks`, layers that are called
    several times, and calls with `training=True` remain as they are.

    Example:

    ```python
    fast = keras_deep.for_inference(keras_deep.load("model.keras"))
    keras_deep.save(fast, "fast.keras")
    ```

    Args:
        model: functional or sequential `keras.Model`, flat or stacked.

    Returns:
        `keras.Model` with weights of its own and the card, the name, the
        inputs and the outputs of `model`. Outputs differ by rounding. None of
        it is trainable: there is no normalisation to train it with. It takes
        no weights of the network that it was made of. Where the sides of
        images are known, `keras_deep.features` of it may be for these only.

    Raises:
        ValueError: if the model, or one nested in it, is neither functional
            nor sequential.
    """
    source = as_functional(model)
    result = folded(source)
    _copy_cards(source, result)
    result.trainable = False
    return result


def _copy_cards(source, target):
    own = own_cards(source)
    if len(own) == 1:
        attach_card(target, own[0])
    for inner in nested_models(source):
        _copy_cards(inner, target.get_layer(inner.name))
