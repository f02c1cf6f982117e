"""Builds the metrics of a model before its step is traced."""

import keras


def build_metrics(model, strategy, dataset):
    """Makes the variables of a model's metrics.

    A step that makes variables is traced twice. Keras builds them by calling
    the whole model once more, which takes as long as tracing a step.

    Args:
        model: `keras.Model`, compiled.
        strategy: `tf.distribute.Strategy` in whose scope the model was made.
        dataset: `tf.data.Dataset` of inputs and targets.
    """
    outputs = getattr(model, "outputs", None)
    _, y, _ = keras.utils.unpack_x_y_sample_weight(dataset.element_spec)
    if outputs is None or y is None:
        return  # The first step builds them.
    targets = keras.tree.map_structure(_symbol, y)
    # A model with a structure of outputs has it in its metrics, too.
    predictions = keras.tree.pack_sequence_as(
        getattr(model, "_outputs_struct", outputs[0]), outputs
    )
    with strategy.scope():
        for metric in model.metrics:
            if not getattr(metric, "built", True):
                metric.build(targets, predictions)


def _symbol(spec):
    return keras.KerasTensor(spec.shape, spec.dtype.name)
