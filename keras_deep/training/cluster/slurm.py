"""Reads from Slurm's variables which tasks `srun` has started."""

import os
import re

from keras_deep.training.cluster.description import Cluster
from keras_deep.utils.errors import ClusterError

# A name, in which numbers may stand in brackets.
_NODE = r"(?:[\w.-]|\[\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*\])+"
_NODES = re.compile(f"{_NODE}(?:,{_NODE})*")
_COUNT = re.compile(r"(\d+)(?:\(x(\d+)\))?")


def read_slurm(port=None, environment=None):
    """Reads the variables that `srun` sets for each task of a step.

    The tasks of a node have one port each, from `port` on: that of the first
    one. By default it follows from the number of the job, so that two jobs on
    a node seldom meet.

    Args:
        port: int, or `None`.
        environment: mapping of variables, or `None` for those of the process.

    Returns:
        `Cluster`, or `None` outside a step of several tasks: a batch script is
        one process, whatever its job has asked for.

    Raises:
        ClusterError: if the variables contradict each other, or the tasks are
            not in the order of the nodes.
    """
    environment = os.environ if environment is None else environment
    if not {"SLURM_STEP_ID", "SLURM_STEPID"} & set(environment):
        return None
    tasks = _number(environment, "SLURM_STEP_NUM_TASKS", "SLURM_NTASKS")
    if tasks < 2:
        return None
    nodes = expand_nodes(
        _first(environment, "SLURM_STEP_NODELIST", "SLURM_JOB_NODELIST")
    )
    counts = _counts(environment, tasks, nodes)
    if port is None:
        port = 20000 + 16 * (_number(environment, "SLURM_JOB_ID") % 700)
    found = [
        (node, local)
        for node, count in zip(nodes, counts)
        for local in range(count)
    ]
    index = _number(environment, "SLURM_PROCID")
    _check_order(environment, nodes, found, counts, index)
    addresses = tuple(f"{node}:{port + local}" for node, local in found)
    return Cluster({"worker": addresses}, "worker", index, "Slurm")


def expand_nodes(text):
    """Returns the names in a list of nodes, such as `"n[01-03,07],login"`.

    Raises:
        ClusterError: if it is no such list.
    """
    names = []
    if _NODES.fullmatch(text):
        for match in re.finditer(_NODE, text):
            names += _expand(match[0])
    if not names:
        raise ClusterError(
            "Expected a list of nodes of Slurm, such as n[01-03,07]. "
            f"Received: {text!r}"
        )
    return names


def _expand(text):
    before, bracket, rest = text.partition("[")
    if not bracket:
        return [text]
    ranges, _, after = rest.partition("]")
    numbers = []
    for item in ranges.split(","):
        first, _, last = item.partition("-")
        for number in range(int(first), int(last or first) + 1):
            numbers.append(f"{number:0{len(first)}d}")
    ends = _expand(after)
    return [f"{before}{number}{end}" for number in numbers for end in ends]


def _counts(environment, tasks, nodes):
    """Returns how many tasks each node has: of "2(x3),1" it is 2, 2, 2, 1."""
    text = _first(
        environment, "SLURM_STEP_TASKS_PER_NODE", "SLURM_TASKS_PER_NODE"
    )
    counts = []
    for item in text.split(","):
        match = _COUNT.fullmatch(item)
        if match:
            counts += [int(match[1])] * int(match[2] or 1)
    if len(counts) != len(nodes) or sum(counts) != tasks:
        raise ClusterError(
            f"Expected {tasks} tasks on {len(nodes)} nodes of Slurm. Received: "
            f"SLURM_STEP_TASKS_PER_NODE={text!r}. Start the tasks with `srun`, "
            "or set TF_CONFIG, which is read first."
        )
    return counts


def _check_order(environment, nodes, found, counts, index):
    """Refuses tasks that are not counted node by node."""
    own = found[index] if index < len(found) else None
    place = [environment.get(x) for x in ("SLURM_NODEID", "SLURM_LOCALID")]
    if own is not None:
        expected = [str(nodes.index(own[0])), str(own[1])]
        order = environment.get("SLURM_DISTRIBUTION", "block")
        several = max(counts) > 1 and len(nodes) > 1
        in_order = order.startswith("block") or not several
        if in_order and all(a in (None, b) for a, b in zip(place, expected)):
            return
    raise ClusterError(
        "Expected the tasks of Slurm to be counted node by node. Received: "
        f"task {index} as number {place[1]} of node {place[0]}. Start them "
        "with `srun --distribution=block`."
    )


def _first(environment, *names):
    for name in names:
        if environment.get(name):
            return environment[name]
    raise ClusterError(
        f"Expected `srun` to set {names[0]}. Received: no such variable. Pass "
        "the variables of Slurm on to this process, or set TF_CONFIG, which is "
        "read first."
    )


def _number(environment, *names):
    text = _first(environment, *names)
    if not text.isascii() or not text.isdigit():
        raise ClusterError(
            f"Expected {names[0]} of Slurm to be a number. Received: {text!r}"
        )
    return int(text)
