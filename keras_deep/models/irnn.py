"""IRNN: a recurrent network of ReLUs, initialised as the identity."""

import keras
from keras import layers

from keras_deep import initializers
from keras_deep.layers.identity import Identity
from keras_deep.models.model import model
from keras_deep.models.top import Top
from keras_deep.utils.checks import check_numbers
from keras_deep.utils.checks import check_sizes
from keras_deep.utils.checks import is_size


@model(kind="sequence", family="IRNN", dataset="mnist")
def IRNN(
    units=100,
    input_shape=(784, 1),
    classes=10,
    activation="softmax",
    scale=1.0,
    input_stddev=0.001,
):
    """Builds a recurrent network of ReLUs with identity initialisation.

    Initially each step adds its input to the state, as a residual block adds
    its branch, so that gradients neither explode nor vanish over hundreds of
    steps. A dense layer reads the last state. The defaults are the paper's for
    digits read pixel by pixel.

    Reference:
    - [A Simple Way to Initialize Recurrent Networks of Rectified Linear Units](
        https://arxiv.org/abs/1504.00941) (2015)

    Example, the paper's adding problem:

    ```python
    model = keras_deep.IRNN(100, (None, 2), classes=1, activation=None)
    # Without clipping, one large gradient can undo the training.
    optimizer = keras.optimizers.Adam(1e-3, global_clipnorm=1.0)
    model.compile(optimizer, "mse", jit_compile=True)
    model.fit(sequences, sums, batch_size=16)  # (n, steps, 2) and (n, 1)
    ```

    Args:
        units: int, size of the state.
        input_shape: tuple `(steps, features)` of a sequence. If `steps` is
            `None`, it may differ between batches.
        classes: int, the number of outputs.
        activation: Keras activation of the output, such as `"softmax"`, or
            `None` for logits and regression. One class takes `"sigmoid"` in
            place of a softmax.
        scale: float, factor of the identity in the initial recurrent kernel.
            The paper uses 1, and 0.01 for speech, where memory should be
            shorter.
        input_stddev: float, standard deviation of the initial input kernel,
            whose mean is 0. The output layer has Keras's default.

    Returns:
        A `keras.Model` from sequences of shape `(batch, steps, features)` to
        outputs of shape `(batch, classes)`.

    Raises:
        ValueError: if `units` or `classes` is not a positive int,
            `input_shape` is not as above, or one class has a softmax.
    """
    _check(units, input_shape, classes)
    check_numbers(scale=scale, input_stddev=input_stddev)
    inputs = keras.Input(tuple(input_shape), name="sequence")
    x = layers.SimpleRNN(
        units,
        activation="relu",
        kernel_initializer=keras.initializers.RandomNormal(stddev=input_stddev),
        recurrent_initializer=initializers.Identity(scale),
        name="rnn",
    )(inputs)
    x = Identity(name="features")(x)
    return keras.Model(inputs, Top(classes, activation, {}).predictions(x))


def _check(units, input_shape, classes):
    check_sizes(units=units, classes=classes)
    if (
        not isinstance(input_shape, (tuple, list))
        or len(input_shape) != 2
        or not (input_shape[0] is None or is_size(input_shape[0]))
        or not is_size(input_shape[1])
    ):
        raise ValueError(
            "Expected `input_shape` to be (steps, features), positive ints of "
            "which the steps may be `None`. "
            f"Received: input_shape={input_shape!r}"
        )
