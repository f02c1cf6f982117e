"""Clips the gradient of every block of a stack by its own norm."""

import contextlib
import types

import keras
import numpy as np

from keras_deep.layers.stacks.slices import mark_stacked
from keras_deep.optimizers.inner import inner_optimizers
from keras_deep.optimizers.slices import slice_axes


@contextlib.contextmanager
def clipped_per_block(optimizer, model):
    """Makes `clipnorm` clip stacked blocks as it does those of a flat network.

    Keras clips the gradient of a variable by the norm of all of it. In the
    context each slice of a stacked variable is clipped by its own norm; other
    variables are clipped by Keras as ever. The gradients that are clipped are
    those that the optimizer would clip: unscaled, and accumulated.

    A step that is traced in the context keeps this; one that runs eagerly
    must run in it. Nothing of the optimizer's configuration changes.

    Example:

    ```python
    model.optimizer.build(model.trainable_variables)
    with clipped_per_block(model.optimizer, model):
        step = tf.function(model.train_step).get_concrete_function(batch)
    ```

    Args:
        optimizer: `keras.optimizers.Optimizer`. Those that it wraps count.
            Without `clipnorm` nothing is changed.
        model: `keras.Model` that it trains.
    """
    with contextlib.ExitStack() as stack:
        for inner in inner_optimizers(optimizer):
            if getattr(inner, "clipnorm", None):
                stack.enter_context(_clipped(inner, model))
        yield


@contextlib.contextmanager
def _clipped(optimizer, model):
    """Sees the variables in `apply`, which Keras's clipping is not told."""
    apply, axes = optimizer.apply, []

    def noting(grads, trainable_variables=None):
        if trainable_variables is None:
            variables = model.trainable_variables
        else:
            variables = trainable_variables = list(trainable_variables)
        pairs = list(zip(grads, variables, strict=True))
        axes[:] = [slice_axes(v) for g, v in pairs if _is_clipped(g, v)]
        return apply(grads, trainable_variables)

    def clip(grads):
        return [
            optimizer._clip_by_norm(gradient, over)
            for gradient, over in zip(grads, axes, strict=True)
        ]

    with replaced(optimizer, apply=noting, _clip_gradients=clip):
        yield


def _is_clipped(gradient, variable):
    """Returns whether Keras clips a gradient: the others it leaves out."""
    overwritten = getattr(variable, "overwrite_with_gradient", False)
    return gradient is not None and not overwritten


@contextlib.contextmanager
def replaced(optimizer, **methods):
    """Replaces methods of one optimizer in a context."""
    own = vars(optimizer)  # Past `__setattr__`, which would track them.
    before = {name: own[name] for name in methods if name in own}
    own.update(methods)
    try:
        yield
    finally:
        for name in methods:
            del own[name]
        own.update(before)


def check_clipping_hook():
    """Checks that Keras clips where `clipped_per_block` expects it.

    It takes one step with two weights, outside of any function and strategy.

    Raises:
        RuntimeError: if the slices of a variable are not clipped one by one.
    """
    variable = keras.Variable(np.zeros((2, 2), "float32"))
    mark_stacked(variable, ["block1/kernel", "block2/kernel"])
    model = types.SimpleNamespace(trainable_variables=[variable])
    optimizer = keras.optimizers.SGD(1.0, clipnorm=1.0)
    gradient = keras.ops.convert_to_tensor([[3.0, 4.0], [0.3, 0.4]])
    error = None
    try:
        with clipped_per_block(optimizer, model):
            optimizer.apply([gradient], [variable])
    except (AttributeError, TypeError, ValueError) as found:
        error = found
    step = keras.ops.convert_to_numpy(variable)
    if error or not np.allclose(step, [[-0.6, -0.8], [-0.3, -0.4]], atol=1e-5):
        raise RuntimeError(
            "Expected Keras's optimizers to clip in `_clip_gradients`, by "
            f"`_clip_by_norm`. Received: Keras {keras.version()}, with the "
            f"step {step.tolist()}. Train stacked blocks without `clipnorm`, "
            "or with the Keras that this package was tested with."
        ) from error
