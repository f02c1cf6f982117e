"""Weights of classes, as weights of examples."""

import numbers

import keras


def with_class_weights(dataset, class_weight):
    """Gives every example of a dataset the weight of its class.

    Args:
        dataset: `tf.data.Dataset` of batches of inputs and targets. The class
            of a vector of targets is the place of its largest entry.
        class_weight: dict of classes, ints from 0, to floats. A class that is
            not in it has the weight 1.

    Returns:
        `tf.data.Dataset` of inputs, targets and weights.

    Raises:
        ValueError: if the dict has something else, there are no targets or
            those of several outputs, or the examples have weights already.
    """
    import tensorflow as tf

    _check_weights(class_weight)
    _check_batches(dataset.element_spec)
    count = max(class_weight) + 1
    weights = [float(class_weight.get(i, 1.0)) for i in range(count)]
    table = tf.constant([*weights, 1.0], keras.config.floatx())

    def add(x, y, _=None):
        return x, y, tf.gather(table, tf.minimum(_classes(y), count))

    return dataset.map(add)


def _classes(y):
    """Returns the class of each target as an int."""
    import tensorflow as tf

    if y.shape.rank > 1 and y.shape[-1] != 1:
        return tf.argmax(y, axis=-1, output_type=tf.int32)
    if y.shape.rank > 1:
        y = tf.squeeze(y, axis=-1)
    return tf.cast(tf.round(y) if y.dtype.is_floating else y, tf.int32)


def _check_weights(class_weight):
    known = isinstance(class_weight, dict) and class_weight
    for label, weight in class_weight.items() if known else ():
        known = known and isinstance(label, numbers.Integral) and label >= 0
        known = known and isinstance(weight, numbers.Real) and weight >= 0
    if not known:
        raise ValueError(
            "Expected `class_weight` to be a dict of classes, ints from 0, to "
            f"weights, floats from 0. Received: class_weight={class_weight!r}"
        )


def _check_batches(spec):
    if isinstance(spec, tuple) and len(spec) == 3 and spec[2] is not None:
        raise ValueError(
            "Expected `class_weight` or weights of examples. Received: both. "
            "Multiply them in the data."
        )
    has_targets = isinstance(spec, tuple) and len(spec) > 1
    if not has_targets or keras.tree.is_nested(spec[1]):
        raise ValueError(
            "Expected the targets of a single output with `class_weight`. "
            f"Received: batches of {spec}. Put weights of examples in the "
            "data."
        )
