"""The topic `convert`: loading a ResNet-152 of PyTorch, against PyTorch.

The checkpoint has torchvision's names and shapes and random weights. Before the
clock starts, the file is in the file cache and both models exist, with their
memory touched. Then this package calls `load_pytorch`; PyTorch reads the file,
with `torch.load(weights_only=True)` or `safetensors.torch.load_file`, and calls
`load_state_dict`. PyTorch only copies; this package also transposes every
kernel.

Memory is the peak resident memory during the work minus that before it, in
units of the checkpoint's weights. For loading, the weights of the existing
model count as 1: the minimum is 1, and a full copy of the checkpoint beside the
model makes it 2. Pages of a mapped file count, too.

Reading touches every page of every tensor and keeps all of them at once.
"""

from benchmarks.topics import Bar
from benchmarks.topics import Case
from benchmarks.topics import Contender
from benchmarks.topics import Topic

_MEASURES = {"time": "s", "memory": "x weights"}


def _files(folder):
    return folder / "resnet152.pth", folder / "resnet152.safetensors"


def _ours(*arguments):
    return _contender("keras_deep", "ours", "convert_ours", *arguments)


def _peer(name, *arguments):
    return _contender(name, "peers", "convert_peer", *arguments)


def _contender(name, environment, module, *arguments):
    words = ("-m", f"benchmarks.{module}", *map(str, arguments))
    return Contender(name, environment, words)


def _prepare(folder):
    return (_peer("the checkpoint of ResNet-152", "write", *_files(folder)),)


def _cases(folder):
    pth, safe = _files(folder)
    memory = Bar("memory", 2.0)
    # A .safetensors file is read faster than a .pth: a bar against each.
    return (
        Case(
            "load .pth",
            (_ours("load", pth), _peer("torch", "load", pth)),
            _MEASURES,
            (Bar("time", 1.5, against="torch"), memory),
        ),
        Case(
            "load .safetensors",
            (
                _ours("load", safe),
                _peer("torch", "load", safe),
                _peer("torch .pth", "load", pth),
            ),
            _MEASURES,
            (
                Bar("time", 1.5, against="torch"),
                Bar("time", 1.5, against="torch .pth"),
                memory,
            ),
        ),
        Case(
            "read .pth",
            (_ours("read", pth), _peer("torch", "read", pth)),
            _MEASURES,
        ),
        Case(
            "read .safetensors",
            (_ours("read", safe), _peer("torch", "read", safe)),
            _MEASURES,
        ),
    )


TOPIC = Topic(
    "convert",
    "a ResNet-152 from .pth and .safetensors, against PyTorch",
    _cases,
    peers=("torch>=2", "safetensors", "numpy"),
    prepare=_prepare,
)
