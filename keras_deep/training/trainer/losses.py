"""Refuses losses that are no means over the examples of a batch."""

import keras

_MEANS = ("sum_over_batch_size", "mean")


def check_losses(model, y, outputs):
    """Refuses losses of which shares of a batch do not add up to the whole.

    Args:
        model: `keras.Model`, compiled.
        y: targets of a share, nested as the model's outputs.
        outputs: the model's outputs for it.

    Raises:
        ValueError: if there is one.
    """
    losses = [x for x in keras.tree.flatten(model.loss) if x is not None]
    for loss in losses:
        reduction = getattr(loss, "reduction", _MEANS[0])
        if isinstance(loss, keras.losses.Loss) and reduction not in _MEANS:
            raise ValueError(
                "Expected losses that are means over the batch on several "
                f"replicas: reduction='{_MEANS[0]}'. Received: {loss.name!r} "
                f"with reduction={reduction!r}. A sum is the mean times the "
                "size of the batch: multiply the learning rate by it."
            )
    pairs = keras.tree.flatten(y), keras.tree.flatten(outputs)
    if {len(losses)} != {len(found) for found in pairs}:
        return
    for loss, target, output in zip(losses, *pairs):
        kept = isinstance(loss, (str, keras.losses.Loss))
        if not kept and len(loss(target, output).shape) == 0:
            raise ValueError(
                "Expected a loss with a value for each example on several "
                f"replicas, which know whose mean it is. Received: {loss!r}, "
                "which returns a single value. Leave out its mean, which "
                "Keras takes."
            )
