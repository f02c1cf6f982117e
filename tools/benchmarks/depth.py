"""The topic `depth`: very deep networks, stacked against plain.

Plain is the same network of this package as ordinary layers (`stack=False`),
which are faster than Keras's and not subject to a recursion limit. Both do the
same training steps: stochastic gradient descent with momentum on 8 images of
32x32 pixels, in TensorFlow's graph mode.

`start` is the time from the call of the builder to the end of the first
training step: `build`, `optimizer` (its variables), `trace` and `first step`.
`step` is the median of the next five. `memory` is the peak resident memory
during all of that minus that before it. `export` writes a SavedModel, `save`
and `load` a `.keras` file.

The cost of 9,998 layers before the first step is compared with that of 110.
Most of their `build` draws 163 million initial weights, 94 times as many, which
takes the same time in any layer.
"""

from benchmarks.topics import Bar
from benchmarks.topics import Case
from benchmarks.topics import Contender
from benchmarks.topics import Topic

_TRAIN = {
    **dict.fromkeys(
        ("build", "optimizer", "trace", "first step", "start", "step"), "s"
    ),
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


def _network(work, name, form, title=None):
    words = ("-m", "benchmarks.depth_network", work, *_NETWORKS[name], form)
    return Contender(title or form, "ours", tuple(map(str, words)))


def _pair(work, name):
    return _network(work, name, "stacked"), _network(work, name, "plain")


def _cases(folder):
    del folder
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
