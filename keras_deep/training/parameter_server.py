"""Asynchronous training with parameter servers: an experiment.

The variables are on parameter servers, and every worker changes them when it
has a gradient, whatever the others do. Nothing of what holds for
`training.fit` holds here: a run cannot be repeated, updates overwrite each
other (of 48 steps the optimizer counted 36 to 40), so that schedules run late,
and statistics of batch normalisation lose some as well. In return a worker
may end and come back without a stop of the others. Not to be confused with
`"multi_worker"`, where all workers compute one step together.
"""

from keras_deep.training.cluster.find import find_cluster
from keras_deep.training.cluster.hosts import check_port
from keras_deep.training.cluster.hosts import look_up
from keras_deep.training.cluster.safety import warn_if_public
from keras_deep.training.cluster.start import check_early
from keras_deep.utils.errors import ClusterError


def parameter_server_strategy(cluster=None):
    """Returns the strategy of the chief; serves, in all other tasks.

    Call it in every task as the first thing after the imports. In a worker or
    a parameter server it does not return: end these when the chief has ended.

    Args:
        cluster: `Cluster`, or `None` for that of TF_CONFIG: a "chief", one
            "worker" or more and one "ps" or more.

    Returns:
        `tf.distribute.ParameterServerStrategy`.

    Raises:
        ClusterError: if there is no such cluster, or the port is in use.
    """
    import tensorflow as tf

    cluster = cluster or find_cluster()
    jobs = cluster.jobs if cluster else {}
    if {"chief", "worker", "ps"} - set(jobs):
        raise ClusterError(
            "Expected TF_CONFIG with tasks of the jobs chief, worker and ps. "
            f"Received: {', '.join(jobs) or 'none'}"
        )
    check_early()
    here = check_port(cluster.own, look_up(cluster.hosts)[cluster.own.host])
    warn_if_public(cluster.own, here)
    spec = tf.train.ClusterSpec({job: [*jobs[job]] for job in jobs})
    if cluster.job != "chief":
        tf.distribute.Server(
            spec, job_name=cluster.job, task_index=cluster.index
        ).join()
    resolver = tf.distribute.cluster_resolver.SimpleClusterResolver(
        spec,
        task_type=cluster.job,
        task_id=cluster.index,
        rpc_layer="grpc",
    )
    return tf.distribute.ParameterServerStrategy(resolver)


class ParameterServerTrainer:
    """Trains a model whose variables are on parameter servers.

    Args:
        build: function without arguments that returns a compiled
            `keras.Model`.
        strategy: what `parameter_server_strategy` returns.
    """

    def __init__(self, build, strategy):
        import tensorflow as tf

        self.strategy = strategy
        self._coordinator = tf.distribute.coordinator.ClusterCoordinator(
            strategy
        )
        with strategy.scope():
            self.model = build()
            self.model.optimizer.build(self.model.trainable_variables)

    def fit(self, dataset_fn, epochs, steps_per_epoch):
        """Trains, and returns a dict with the mean loss of each epoch.

        Args:
            dataset_fn: function without arguments that returns an endless
                `tf.data.Dataset` of pairs of inputs and targets in batches.
                Every worker has its own: shuffle without a seed.
            epochs: int.
            steps_per_epoch: int, the steps of all workers together.
        """
        coordinator = self._coordinator
        data = iter(coordinator.create_per_worker_dataset(dataset_fn))
        step = self._step()
        losses = []
        for _ in range(epochs):
            results = [
                coordinator.schedule(step, args=(data,))
                for _ in range(steps_per_epoch)
            ]
            coordinator.join()
            found = coordinator.fetch(results)
            losses.append(float(sum(found)) / steps_per_epoch)
        return {"loss": losses}

    def _step(self):
        import tensorflow as tf

        model, strategy = self.model, self.strategy

        def replica(batch):
            x, y = batch
            with tf.GradientTape() as tape:
                outputs = model(x, training=True)
                loss = model.compute_loss(x, y, outputs, training=True)
                scaled = model.optimizer.scale_loss(loss)
            variables = model.trainable_variables
            gradients = tape.gradient(scaled, variables)
            model.optimizer.apply_gradients(zip(gradients, variables))
            return loss

        @tf.function
        def step(iterator):
            loss = strategy.run(replica, (next(iterator),))
            return strategy.reduce(tf.distribute.ReduceOp.MEAN, loss, None)

        return step
