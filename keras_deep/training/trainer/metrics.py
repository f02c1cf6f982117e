"""The metrics of a model: made before its step is traced, read after it."""

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


def metrics_of_all(model, strategy):
    """Returns the metrics of a model over all replicas, for a step's graph.

    Keras reads the variables of metrics one by one, each of them a message
    that all workers wait for. Here their sums are exchanged in one.

    Args:
        model: `keras.Model`, compiled.
        strategy: `tf.distribute.Strategy`, in whose cross-replica context this
            is called.
    """
    found = [v for metric in model.metrics for v in metric.variables]
    found = [v for v in found if v.aggregation == "sum"]
    by_type = {}
    for variable in {id(v): v for v in found}.values():
        by_type.setdefault(variable.dtype, []).append(variable)
    mapping = []
    for variables in by_type.values():
        mapping += zip(variables, _sums(variables, strategy))
    with keras.StatelessScope(state_mapping=mapping):
        return model.get_metrics_result()


def _sums(variables, strategy):
    """Returns the sums over all replicas of variables of one type."""
    import tensorflow as tf

    def in_replica():
        context = tf.distribute.get_replica_context()
        # What is sent has to be made here: it has no device before.
        values = [tf.identity(variable.value) for variable in variables]
        return context.all_reduce(tf.distribute.ReduceOp.SUM, values)

    sums = strategy.run(in_replica)
    return [strategy.experimental_local_results(total)[0] for total in sums]


def _symbol(spec):
    return keras.KerasTensor(spec.shape, spec.dtype.name)
