"""Makes the strategies of each kind, once in a process."""

import re

import keras

from keras_deep.training.cluster.start import start_workers
from keras_deep.utils.errors import ClusterError

_DEVICE = re.compile(r"/?(?:device:)?(cpu|gpu|tpu):(\d+)", re.IGNORECASE)
# Two mirrored strategies in a process mix up their collective operations.
_MADE = {}


def multi_worker(cluster, devices, start_timeout):
    """Returns the strategy of a cluster, see `start_workers`."""
    if devices is not None:
        raise ValueError(
            "Expected no `devices` for several workers, each of which has all "
            f"GPUs that it sees. Received: devices={devices}. Choose with "
            "CUDA_VISIBLE_DEVICES in the environment of each."
        )
    if cluster is None:
        raise ClusterError(
            "Expected a cluster in TF_CONFIG, in the variables of `srun`, or "
            "in KERAS_DEEP_WORKERS and KERAS_DEEP_SERVICE of Kubernetes. "
            "Received: none of them. `keras-deep launch --workers 2 -- ...` "
            "starts workers on this machine."
        )
    return _once(
        "multi_worker", None, lambda: start_workers(cluster, start_timeout)
    )


def mirrored(devices):
    """Returns the strategy of several devices of this machine.

    By default these are all GPUs, or where there are none all CPUs, of which
    `tf.config.set_logical_device_configuration` makes several.
    """
    import tensorflow as tf

    found = _found()
    if devices is None:
        gpus = [name for name in found if name.startswith("GPU")]
        names = gpus or [name for name in found if name.startswith("CPU")]
    else:
        names = _checked(devices, found)
    return _once(
        "mirrored", names, lambda: tf.distribute.MirroredStrategy(names)
    )


def one_device(devices):
    """Returns the strategy of one device: TensorFlow's default, or a given."""
    import tensorflow as tf

    if devices is None:
        return tf.distribute.get_strategy()
    names = _checked(devices, _found())
    if len(names) != 1:
        raise ValueError(
            "Expected `devices` to be one device for 'one_device'. Received: "
            f"devices={devices}. Several are for 'mirrored'."
        )
    return _once(
        f"one_device {names[0]}",
        names,
        lambda: tf.distribute.OneDeviceStrategy(names[0]),
    )


def tpu_strategy(tpu, devices):
    """Returns the strategy of a TPU, all of whose cores train."""
    import tensorflow as tf

    if devices is not None:
        raise ValueError(
            "Expected no `devices` for 'tpu', which has all cores. Received: "
            f"devices={devices}"
        )

    def make():
        resolver = tf.distribute.cluster_resolver.TPUClusterResolver(tpu)
        tf.config.experimental_connect_to_cluster(resolver)
        tf.tpu.experimental.initialize_tpu_system(resolver)
        return tf.distribute.TPUStrategy(resolver)

    return _once("tpu", None, make)


def data_parallel(kind, cluster, devices):
    """Returns Keras's own data parallelism, and sets it; for JAX."""
    backend = keras.backend.backend()
    if backend != "jax":
        raise ValueError(
            "Expected the backend tensorflow or jax for a strategy. Received: "
            f"{backend}. Set KERAS_BACKEND before Keras is imported."
        )
    if kind == "multi_worker" or cluster and len(cluster.workers) > 1:
        raise ClusterError(
            "Expected the backend tensorflow for several workers. Received: "
            "jax, which trains on the devices of one process here. Set "
            "KERAS_BACKEND=tensorflow, or unset what describes the cluster "
            "(TF_CONFIG, say)."
        )
    try:
        found = keras.distribution.list_devices(
            "tpu" if kind == "tpu" else None
        )
    except RuntimeError as error:
        raise ValueError(
            f"Expected devices for {kind!r}. Received: none ({error})"
        ) from None
    if devices is not None:
        names = _checked(devices, [name.upper() for name in found])
    else:
        names = found[:1] if kind == "one_device" else found
    names = [name.lower() for name in names]
    made = _once(
        f"jax {names}",
        names,
        lambda: keras.distribution.DataParallel(devices=names),
    )
    keras.distribution.set_distribution(made)
    return made


def _once(kind, devices, make):
    """Returns the strategy of a kind, which is made at the first call."""
    if kind not in _MADE:
        _MADE[kind] = devices, make()
    before, made = _MADE[kind]
    if before != devices:
        raise ValueError(
            f"Expected the devices of the first call, {before}: a process has "
            f"one strategy of a kind. Received: {devices}. Start another "
            "process for others."
        )
    return made


def _found():
    """Returns the names of this process's devices, such as `"GPU:0"`."""
    import tensorflow as tf

    names = [device.name for device in tf.config.list_logical_devices()]
    return [name.rpartition("device:")[2] for name in names]


def _checked(devices, found):
    """Returns the names of given devices as TensorFlow has them."""
    given = devices if isinstance(devices, (list, tuple)) else [None]
    matches = [_DEVICE.fullmatch(str(device)) for device in given]
    names = [f"{m[1].upper()}:{int(m[2])}" for m in matches if m]
    if len(names) != len(given) or {*names} - {*found}:
        raise ValueError(
            f"Expected `devices` to be a list of some of {', '.join(found)}. "
            f"Received: devices={devices!r}"
        )
    if not names or len({*names}) != len(names):
        raise ValueError(
            "Expected `devices` to be a device or more, each once. Received: "
            f"devices={devices!r}"
        )
    return names
