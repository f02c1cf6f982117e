"""The topic `step`: training steps and inference, against Keras and PyTorch.

Contenders do what their users do, on the CPU. Keras's `compile`, `fit` on
arrays and `predict`, with nothing built beforehand; PyTorch runs a loop of
forward, loss, backward and optimizer, and calls the model in
`inference_mode`. Its batch is a ready tensor, Keras makes each of the arrays.
All train with a momentum of 0.9 and without metrics.

- `ours` is this package's network with its `optimizers.SGD`.
- `stock` is the same network of Keras's own layers, with Keras's SGD.
- `keras` is that of `keras.applications`, where there is one.
- `torch` and `torch last` are PyTorch's, eager, with the channels before and
  after the pixels; with `--compiled` also both of `torch.compile`, which needs
  a C++ compiler. The networks are torchvision's or short modules with as many
  parameters. A bar against both orders is one against the better order.

TensorFlow has no convolutions with the channels first on the CPU, so that the
networks of Keras have one order only. `bfloat16` is mixed precision: Keras's
`mixed_bfloat16`, PyTorch's `autocast`.

`step` and `batch` are the medians of a training step and of a batch of
`predict`, from the end of one to the end of the next; `image` is a call of
`predict` with one image and `image on batch` one of `predict_on_batch`, which
starts no pipeline. Tracing and the first two of each are not measured.

PyTorch's threads spin while they wait, so that beside other work on the same
cores it takes several times as long: such figures of it mean nothing.
"""

import argparse

from benchmarks.step_networks import NETWORKS
from benchmarks.step_networks import Work
from benchmarks.text import positive
from benchmarks.topics import Bar
from benchmarks.topics import Case
from benchmarks.topics import Contender
from benchmarks.topics import Topic

_MEASURES = dict.fromkeys(("step", "batch", "image", "image on batch"), "s")
_PRECISIONS = ("float32", "bfloat16")
_TORCH = {"torch": ("eager", "first"), "torch last": ("eager", "last")}
_COMPILED = {
    "compiled": ("compiled", "first"),
    "compiled last": ("compiled", "last"),
}
# Of a training step; grouped convolutions are Keras's weakness.
_BARS = {"keras": 0.75, "stock": 0.95, "torch": 1.0, "torch last": 1.0}
_STOCK_BARS = {"ResNeXt-50": 0.1}


def _contender(name, environment, module, *words):
    words = ("-m", f"benchmarks.{module}", *words)
    # PyTorch would take a GPU, of which tensorflow-cpu knows nothing.
    return Contender(name, environment, words, {"CUDA_VISIBLE_DEVICES": ""})


def _case(work, compiled):
    forms = ["ours", "stock"]
    if work.network.application:
        forms.append("keras")
    peers = {**_TORCH, **(_COMPILED if compiled else {})}
    contenders = (
        *(_contender(f, "ours", "step_keras", f, *work.words()) for f in forms),
        *(
            _contender(name, "peers", "step_torch", *form, *work.words())
            for name, form in peers.items()
        ),
    )
    limits = {name: _BARS[name] for name in (*forms[1:], *_TORCH)}
    limits["stock"] = _STOCK_BARS.get(work.name, limits["stock"])
    bars = tuple(Bar("step", at, against=name) for name, at in limits.items())
    return Case(f"{work.name}, {work.precision}", contenders, _MEASURES, bars)


def _cases(folder, networks, precision, repeats, batch, side, compiled):
    del folder
    return tuple(
        _case(Work(name, numbers, repeats, batch, side), compiled)
        for numbers in precision
        for name in networks
    )


def _some_of(names):
    """Returns a function that reads some of the names, with commas between."""

    def read(text):
        chosen = text.split(",")
        if not set(chosen) <= set(names):
            raise argparse.ArgumentTypeError(
                f"Expected some of {','.join(names)}. Received: {text}"
            )
        return chosen

    return read


def _own(what):
    return {
        "type": positive,
        "default": 0,
        "metavar": "N",
        "help": f"{what} (default: the network's own number)",
    }


TOPIC = Topic(
    "step",
    "training steps and inference, against Keras and PyTorch",
    _cases,
    peers=("torch>=2", "torchvision", "numpy"),
    options={
        "networks": {
            "type": _some_of(NETWORKS),
            "default": list(NETWORKS),
            "metavar": "NAME,...",
            "help": f"some of {','.join(NETWORKS)} (default: all)",
        },
        "precision": {
            "type": _some_of(_PRECISIONS),
            "default": ["float32"],
            "metavar": "NAME,...",
            "help": "float32 (default), bfloat16 or both",
        },
        "repeats": {
            "type": positive,
            "default": 8,
            "metavar": "N",
            "help": "steps and predictions per process, of which the median "
            "counts (default: 8)",
        },
        "batch": _own("images in a batch"),
        "side": _own("height and width of the images in pixels"),
        "compiled": {
            "action": "store_true",
            "default": False,
            "help": "torch.compile as well, which takes minutes per network",
        },
    },
    rounds=3,
)
