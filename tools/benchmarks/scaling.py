"""The topic `scaling`: what the trainer costs, and what workers gain.

Residual networks for CIFAR train on random images of 32x32 pixels, as users
train them: `compile` with Keras's SGD, momentum and accuracy, a
`tf.data.Dataset` that prefetches, `training.Trainer(model).fit(data)`.

- `stock` is `model.fit(data)` of the same model with the same data. Both show
  nothing while they train.
- `one worker` is the trainer in one process that is kept on one core.

`step` is the time from the end of an epoch to the end of the next, with all
that is in between, divided by the steps of an epoch: the median of the epochs
after the first. `start` is the time from the call, which for this package's
trainer includes making it, to the end of the first step.

`small steps` have 8 images, so that what Python does in a step shows; their
epochs have eight times as many. `several` is `steps_per_execution=10`.

`workers` are two processes of MultiWorkerMirroredStrategy that talk over the
loopback interface, each kept on one core. They share the same global batch of
128 that the one worker has, which trains 128 / `step` images per second.
"""

import sys

from benchmarks.scaling_launch import why_not
from benchmarks.text import positive
from benchmarks.topics import Bar
from benchmarks.topics import Case
from benchmarks.topics import Contender
from benchmarks.topics import Topic

BATCH, SMALL = 128, 8
SEVERAL = 10
WORKERS = 2
# Of the time of two workers.
GAIN = 1.5


def _contender(name, module, *words):
    words = ("-m", f"benchmarks.{module}", *map(str, words))
    # The machine's processors are compared, whatever else it has.
    return Contender(name, "ours", words, {"CUDA_VISIBLE_DEVICES": ""})


def _forms(name, measure, at_most, *words):
    """Returns the case of the trainer against Keras's `fit`."""
    work, *words = words
    contenders = tuple(
        _contender(form, "scaling_fit", work, form, *words)
        for form in ("ours", "stock")
    )
    bars = (Bar(measure, at_most, against="stock"),)
    return Case(name, contenders, {measure: "s"}, bars)


def _steps(name, at_most, batch, steps, epochs, several=1):
    words = ("steps", batch, steps, epochs, several)
    return _forms(name, "step", at_most, *words)


def _start(depth, stages):
    words = ("start", BATCH, depth, stages)
    name = f"start, ResNet-{depth} {stages}"
    return _forms(name, "start", 1.0, *words)


def _workers(steps, epochs):
    one, two = (
        _contender(name, "scaling_launch", number, BATCH, steps, epochs)
        for name, number in (("one worker", 1), ("two workers", WORKERS))
    )
    bars = (Bar("step", 1 / GAIN, against=one.name),)
    return Case("workers", (two, one), {"step": "s"}, bars)


def _cases(folder, steps, epochs):
    del folder
    yield _steps("step", 1.05, BATCH, steps, epochs)
    yield _steps("small steps", 1.05, SMALL, 8 * steps, epochs)
    yield _steps("several", 1.0, BATCH, steps, epochs, SEVERAL)
    yield _start(20, "plain")
    yield _start(110, "stacked")
    reason = why_not(WORKERS)
    if reason is None:
        yield _workers(steps, epochs)
    else:
        print(f"Skipped the case workers: {reason}", file=sys.stderr)


def _number(default, what):
    return {
        "type": positive,
        "default": default,
        "metavar": "N",
        "help": f"{what} (default: {default})",
    }


TOPIC = Topic(
    "scaling",
    "the trainer against Keras's fit, and two workers against one",
    _cases,
    options={
        "steps": _number(20, "steps in an epoch"),
        "epochs": _number(3, "epochs per process, of which the median counts"),
    },
)
