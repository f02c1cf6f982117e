"""Optimizers in optimizers."""


def inner_optimizers(optimizer):
    """Returns the optimizers that update weights.

    Args:
        optimizer: `keras.optimizers.Optimizer`.

    Returns:
        List of the optimizer that a `LossScaleOptimizer` wraps, of those that
        a `MultiOptimizer` knows (before it is built that may be some), or of
        the optimizer itself.
    """
    inner = getattr(optimizer, "inner_optimizer", None)
    if inner is not None:
        return inner_optimizers(inner)
    several = getattr(optimizer, "optimizers", None)
    if several is not None:
        return [one for x in several for one in inner_optimizers(x)]
    return [optimizer]
