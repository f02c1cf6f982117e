"""The topic `depth`: very deep networks, as their users start them.

`stacked` and `plain` are a network of this package with its equal blocks
stacked or as ordinary layers (`stack=False`), which are faster than Keras's and
not subject to a recursion limit. Both do what users do, `compile` and `fit`,
with nothing prepared: stochastic gradient descent with momentum on images of
32x32 pixels, in TensorFlow's graph mode. TensorFlow then traces the step twice,
as the first trace makes the optimizer's variables. `one line` is plain with
`model.optimizer.build(model.trainable_variables)` between `compile` and `fit`,
which is the remedy; metrics, if any, must be objects and no names. `training`
and `training stacked` are `keras_deep.training.fit`.

`start` is the time from the call of the builder to the end of the first
training step: `build`, and `fit` up to that, of which `trace` is spent in
Python's `train_step`, however often it is called. `step` is the median of the
next five. `memory` is the peak resident memory during all of that minus that
before it. `export` writes a SavedModel, `save` and `load` a `.keras` file.

The cost of 9,998 layers before the first step is compared with that of 110.
Most of their `build` draws 163 million initial weights, 94 times as many, which
takes the same time in any layer.
"""

from benchmarks.topics import Bar
from benchmarks.topics import Case
from benchmarks.topics import Contender
from benchmarks.topics import Topic

_TRAIN = {
    **dict.fromkeys(("build", "fit", "trace", "start", "step"), "s"),
    "memory": "MiB",
}
_FILES = dict.fromkeys(("export", "save", "load"), "s")
# Arguments of the builder: depth, block, version.
_NETWORKS = {
    "ResNet-110": (110, "basic", 1),
    "ResNet-164-v2": (164, "bottleneck", 2),
    "ResNet-1001-v2": (1001, "bottleneck", 2),
    "ResNet-1202": (1202, "basic", 1),
    "ResNet-9998": (9998, "basic", 1),
}
_START = {"ResNet-1001-v2": 1 / 15, "ResNet-1202": 1 / 20}


def _network(work, name, form, title=None, batch="8"):
    arguments = (work, batch, *_NETWORKS[name], form)
    words = ("-m", "benchmarks.depth_network", *arguments)
    return Contender(title or form, "ours", tuple(map(str, words)))


def _pair(work, name):
    return _network(work, name, "stacked"), _network(work, name, "plain")


def _users(name):
    """The same network started in every way, with 32 images in a batch."""
    forms = ("training", "training stacked", "one line", "stacked", "plain")
    return {form: _network("train", name, form, batch="32") for form in forms}


def _cases(folder):
    del folder
    found = _users("ResNet-110")
    for form, start in (("training", 0.55), ("training stacked", 0.2)):
        yield Case(
            f"ResNet-110, {form}",
            (found[form], found["plain"]),
            _TRAIN,
            (
                Bar("start", start, against="plain"),
                Bar("step", 1.05, against="plain"),
            ),
        )
    yield Case(
        "ResNet-110, one line", (found["one line"], found["plain"]), _TRAIN
    )
    for name in list(_NETWORKS)[:-1]:
        bars = [Bar("step", 1.1, against="plain")]
        if name in _START:
            bars.append(Bar("start", _START[name], against="plain"))
        yield Case(name, _pair("train", name), _TRAIN, tuple(bars))
    for name in _START:
        bars = (Bar("export", 0.1, against="plain"),)
        yield Case(f"{name} in files", _pair("files", name), _FILES, bars)
    yield Case(
        "9,998 layers",
        tuple(
            _network("train", name, "stacked", name)
            for name in ("ResNet-9998", "ResNet-110")
        ),
        _TRAIN,
        (
            Bar("build", 1.5, against="ResNet-110"),
            Bar("trace", 1.5, against="ResNet-110"),
        ),
    )
    yield Case(
        "9,998 layers in files",
        (_network("files", "ResNet-9998", "stacked"),),
        _FILES,
    )


TOPIC = Topic(
    "depth",
    "networks of 110 to 9,998 layers, stacked against plain",
    _cases,
)
