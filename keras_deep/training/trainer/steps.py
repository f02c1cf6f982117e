"""What one replica does with its share of a batch."""

import keras

from keras_deep.training.strategies import is_tpu
from keras_deep.training.trainer.counting import cut
from keras_deep.training.trainer.counting import weights
from keras_deep.training.trainer.losses import check_losses


class Steps:
    """The steps of a compiled model, to be called in a replica's context.

    Args:
        model: `keras.Model`, compiled and built.
        strategy: `tf.distribute.Strategy`.
        accumulate_steps: int, batches whose gradients are averaged before the
            weights change.
    """

    def __init__(self, model, strategy, accumulate_steps):
        self.model = model
        self.replicas = strategy.num_replicas_in_sync
        self.batches = accumulate_steps
        # How many batches are in the sums: the loops count them.
        self.pending = 0
        by_xla = self.replicas > 1 and bool(model.jit_compile)
        # Shapes that all batches have in common.
        self.fixed_tests = is_tpu(strategy)
        self.fixed = by_xla or self.fixed_tests
        if by_xla:
            # Only this: XLA cannot exchange values with other replicas.
            self._gradients = in_xla(self._gradients)
        self.sums = self._make_sums(strategy) if accumulate_steps > 1 else []

    def train(self, data):
        """Changes the weights by one batch."""
        count, batch = self._counted(data)
        if self._is_overridden("train_step"):
            self._check_all_count(count)
            self.model.train_step(batch)
        else:
            self._apply(self._gradients_of(data))

    def accumulate(self, data):
        """Adds the gradients of a batch to the sums."""
        for total, gradient in zip(self.sums, self._gradients_of(data)):
            if gradient is not None:
                total.assign_add(gradient)

    def accumulate_and_apply(self, data):
        """Changes the weights by the sums and one batch more."""
        gradients = self._gradients_of(data)
        self._apply_sums(gradients, self.batches)

    def apply_rest(self, batches):
        """Changes the weights by the sums of fewer batches than usual."""
        self._apply_sums([None] * len(self.sums), batches)

    def test(self, data):
        """Measures a batch."""
        count, batch = self._counted(data)
        if self._is_overridden("test_step"):
            self.model.test_step(batch)
        else:
            found = self._forward(count, batch, False, self.fixed_tests)
            self._measure(count, batch, *found)

    def predict(self, data):
        """Returns the outputs of a batch."""
        count, batch = self._counted(data)
        outputs = self.model.predict_step(batch)
        return keras.tree.map_structure(cut(count), outputs)

    def _counted(self, data):
        """Returns how many examples of a share count, and the share.

        `None` is all of them.
        """
        if self.replicas == 1:
            return None, data
        return (None, *data)[-2:]

    def _check_all_count(self, count):
        if self.fixed and count is not None:
            raise ValueError(
                "Expected batches of a fixed size that is a multiple of "
                f"{self.replicas} with `jit_compile=True` for a model with a "
                "`train_step` of its own, which would count the copies that "
                "others are filled up with. Received: "
                f"{type(self.model).__name__}"
            )

    def _is_overridden(self, name):
        return getattr(type(self.model), name) is not getattr(keras.Model, name)

    def _gradients_of(self, data):
        count, batch = self._counted(data)
        weight = None if count is None else self._weight(count)
        gradients, *found = self._gradients(count, weight, batch)
        self._measure(count, batch, *found)
        return gradients

    def _gradients(self, count, weight, batch):
        """Returns the gradients of a share, its loss and the outputs."""
        import tensorflow as tf

        model = self.model
        with tf.GradientTape() as tape:
            loss, outputs = self._forward(count, batch, True, self.fixed)
            scaled = loss
            if weight is not None:
                scaled = loss * tf.cast(weight, loss.dtype)
            scaled = model.optimizer.scale_loss(scaled)
        gradients = tape.gradient(scaled, model.trainable_variables)
        return gradients, loss, outputs

    def _forward(self, count, batch, training, fixed=False):
        """Returns the loss of a share and the outputs for all of it.

        Args:
            count: how many examples count, or `None` for all.
            batch: the share.
            training: bool.
            fixed: bool. Whether no shape may depend on `count`: the others
                have a weight of 0 then.
        """
        model = self.model
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(batch)
        outputs = model(x, training=training)
        if fixed and count is not None:
            sample_weight = weights(count, x, sample_weight)
            count = None
        x, y, counted, sample_weight = keras.tree.map_structure(
            cut(count), (x, y, outputs, sample_weight)
        )
        if self.replicas > 1:
            check_losses(model, y, counted)
        loss = model.compute_loss(
            x=x,
            y=y,
            y_pred=counted,
            sample_weight=sample_weight,
            training=training,
        )
        return loss, outputs

    def _measure(self, count, batch, loss, outputs):
        """Updates the metrics by the examples of a share that count."""
        import tensorflow as tf

        batch = keras.utils.unpack_x_y_sample_weight(batch)
        size = tf.shape(keras.tree.flatten(outputs)[0])[0]
        x, y, sample_weight, outputs = keras.tree.map_structure(
            cut(count), (*batch, outputs)
        )
        for metric in self.model.metrics:
            if metric.name == "loss":
                # Keras divides losses by the number of replicas.
                whole = loss * tf.cast(self.replicas, loss.dtype)
                metric.update_state(
                    whole, sample_weight=size if count is None else count
                )
        self.model.compute_metrics(x, y, outputs, sample_weight)

    def _weight(self, count):
        """Returns the share of the global batch, times the replicas.

        It is 1 unless the shares differ.
        """
        import tensorflow as tf

        context = tf.distribute.get_replica_context()
        # What is sent has to be made here: it has no device before.
        count = tf.identity(count)
        total = context.all_reduce(tf.distribute.ReduceOp.SUM, count)
        return count * float(self.replicas) / total

    def _apply(self, gradients):
        model = self.model
        model.optimizer.apply(gradients, model.trainable_variables)

    def _apply_sums(self, gradients, batches):
        import tensorflow as tf

        means = []
        for total, gradient in zip(self.sums, gradients):
            known = total.read_value()
            known = known if gradient is None else known + gradient
            means.append(known / tf.cast(batches, known.dtype))
        self._apply(means)
        for total in self.sums:
            total.assign(tf.zeros_like(total.read_value()))

    def _make_sums(self, strategy):
        """Makes a variable per weight, which each replica has its own of."""
        import tensorflow as tf

        if self._is_overridden("train_step"):
            raise ValueError(
                "Expected a model without a `train_step` of its own to "
                "accumulate gradients. Received: "
                f"{type(self.model).__name__}"
            )
        with strategy.scope():
            return [
                tf.Variable(
                    tf.zeros(variable.shape, variable.dtype),
                    trainable=False,
                    synchronization=tf.VariableSynchronization.ON_READ,
                    aggregation=tf.VariableAggregation.SUM,
                )
                for variable in self.model.trainable_variables
            ]


def in_xla(function):
    """Returns a function of TensorFlow that is compiled with XLA."""
    import tensorflow as tf

    return tf.function(
        function, jit_compile=True, reduce_retracing=True, autograph=False
    )
