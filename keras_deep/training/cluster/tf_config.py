"""Reads TF_CONFIG, TensorFlow's description of a cluster.

TensorFlow itself answers many mistakes in it with an endless, silent wait.
"""

import json
import os

from keras_deep.training.cluster.description import TRAINING
from keras_deep.training.cluster.description import Cluster
from keras_deep.utils.errors import ClusterError
from keras_deep.utils.errors import did_you_mean

EXAMPLE = (
    '{"cluster": {"worker": ["host0:2222", "host1:2222"]}, '
    '"task": {"type": "worker", "index": 0}}'
)
_JOBS = (*TRAINING, "ps", "evaluator")
_LONGEST = 200  # characters of what was received


def read_tf_config(environment=None):
    """Reads the variable TF_CONFIG.

    Args:
        environment: mapping of variables, or `None` for those of the process.

    Returns:
        `Cluster`, or `None` where there is no such variable, or no cluster in
        it, as some services leave it for a single process.

    Raises:
        ClusterError: if it is not what TensorFlow expects.
    """
    environment = os.environ if environment is None else environment
    text = environment.get("TF_CONFIG")
    if text is None:
        return None
    config = _object(text)
    if not config.get("cluster"):
        return None
    jobs = _jobs(config["cluster"])
    _check_addresses(jobs)
    job, index = _task(config.get("task"), jobs)
    return Cluster(jobs, job, index, "TF_CONFIG")


def _refused(expected, received, way_out=""):
    received = str(received)
    if len(received) > _LONGEST:
        received = f"{received[:_LONGEST]}..."
    return ClusterError(
        f"Expected TF_CONFIG to {expected}. Received: {received}{way_out}"
    )


def _object(text):
    wanted = f"be a JSON object, such as {EXAMPLE}"
    way_out = ". Unset it to train in this process alone."
    try:
        config = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _refused(wanted, f"{text!r} ({error})", way_out) from None
    if not isinstance(config, dict):
        raise _refused(wanted, repr(text), way_out)
    return config


def _jobs(cluster):
    """Returns a dict of the jobs to tuples of addresses."""
    is_map = isinstance(cluster, dict)
    if not is_map or not all(isinstance(x, list) for x in cluster.values()):
        raise _refused(
            'map, in "cluster", names of jobs to lists of "host:port", as '
            f"{EXAMPLE} does",
            json.dumps(cluster),
        )
    for job, addresses in cluster.items():
        if job not in _JOBS:
            raise _refused(
                f"name only the jobs {', '.join(_JOBS)}",
                f"{job!r}.{did_you_mean(job, _JOBS)}",
            )
        if not addresses:
            raise _refused(f"list an address or more of {job!r}", "[]")
    if not set(cluster) & set(TRAINING):
        raise _refused('have a "worker" or a "chief"', ", ".join(cluster))
    if len(cluster.get("chief", ())) > 1:
        raise _refused(
            'have one "chief" at most',
            len(cluster["chief"]),
            ". The others are workers.",
        )
    return {job: tuple(addresses) for job, addresses in cluster.items()}


def _check_addresses(jobs):
    seen = {}
    for job, addresses in jobs.items():
        for index, address in enumerate(addresses):
            if not _is_address(address):
                raise _refused(
                    f'give {job}:{index} an address "host:port", with a port '
                    "from 1 to 65535",
                    repr(address),
                )
            before = seen.setdefault(address.lower(), f"{job}:{index}")
            if before != f"{job}:{index}":
                raise _refused(
                    "give every task an address of its own",
                    f"{address!r} of both {before} and {job}:{index}",
                )


def _is_address(address):
    if not isinstance(address, str):
        return False
    host, _, port = address.rpartition(":")
    if host.startswith("[") and host.endswith("]"):  # IPv6.
        host = host[1:-1].replace(":", "")
    plain = bool(host) and not set(host) & set(":/@[] \t\r\n,")
    digits = port.isascii() and port.isdigit() and len(port) <= 5
    return plain and digits and 0 < int(port) < 2**16


def _task(task, jobs):
    """Returns the job of this process, and its number in it."""
    if not isinstance(task, dict) or not {"type", "index"} <= set(task):
        raise _refused(
            'say, in "task", which task of "cluster" this process is, such as '
            '{"type": "worker", "index": 0}',
            json.dumps(task),
        )
    job, index = task["type"], task["index"]
    if not isinstance(job, str) or job not in jobs:
        raise _refused(
            f'have, in "task", a "type" among {", ".join(jobs)}, the jobs of '
            '"cluster"',
            f"{job!r}.{did_you_mean(job, jobs)}",
        )
    if isinstance(index, str) and index.isascii() and index.isdigit():
        index = int(index[:9])
    count = len(jobs[job])
    if type(index) is not int or not 0 <= index < count:
        raise _refused(
            f'have, in "task", an "index" from 0 to {count - 1}, as "cluster" '
            f"has {count} of {job!r}",
            repr(index),
        )
    return job, index
