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
TORCH = {"torch": ("eager", "first"), "torch last": ("eager", "last")}
_COMPILED = {
    "compiled": ("compiled", "first"),
    "compiled last": ("compiled", "last"),
}
# Of a training step; grouped convolutions are Keras's weakness.
_BARS = {"keras": 0.75, "stock": 0.95, "torch": 1.0, "torch last": 1.0}
_STOCK_BARS = {"ResNeXt-50": 0.1}


def contender(name, environment, module, *words):
    """Returns the `Contender` that runs a module of this folder on the CPU."""
    words = ("-m", f"benchmarks.{module}", *words)
    # PyTorch would take a GPU, of which tensorflow-cpu knows nothing.
    return Contender(name, environment, words, {"CUDA_VISIBLE_DEVICES": ""})


def _case(work, compiled):
    forms = ["ours", "stock"]
    if work.network.application:
        forms.append("keras")
    peers = {**TORCH, **(_COMPILED if compiled else {})}
    contenders = (
        *(contender(f, "ours", "step_keras", f, *work.words()) for f in forms),
        *(
            contender(name, "peers", "step_torch", *form, *work.words())
            for name, form in peers.items()
        ),
    )
    limits = {name: _BARS[name] for name in (*forms[1:], *TORCH)}
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


def some_of(names):
    """Returns the keywords of an option that takes some of the names.

    Args:
        names: sequence of strings, given with commas between. The default is
            the topic's.
    """

    def read(text):
        chosen = text.split(",")
        if not set(chosen) <= set(names):
            raise argparse.ArgumentTypeError(
                f"Expected some of {','.join(names)}. Received: {text}"
            )
        return chosen

    return {
        "type": read,
        "metavar": "NAME,...",
        "help": f"some of {','.join(names)}",
    }


def own_number(what):
    """Returns the keywords of an option that replaces a network's number."""
    return {
        "type": positive,
        "default": 0,
        "metavar": "N",
        "help": f"{what} (default: the network's own number)",
    }


REPEATS = {
    "type": positive,
    "default": 8,
    "metavar": "N",
    "help": "steps and predictions per process, of which the median counts "
    "(default: 8)",
}
TOPIC = Topic(
    "step",
    "training steps and inference, against Keras and PyTorch",
    _cases,
    peers=("torch>=2", "torchvision", "numpy"),
    options={
        "networks": {**some_of(NETWORKS), "default": list(NETWORKS)},
        "precision": {**some_of(_PRECISIONS), "default": ["float32"]},
        "repeats": REPEATS,
        "batch": own_number("images in a batch"),
        "side": own_number("height and width of the images in pixels"),
        "compiled": {
            "action": "store_true",
            "default": False,
            "help": "torch.compile as well, which takes minutes per network",
        },
    },
    rounds=3,
)
