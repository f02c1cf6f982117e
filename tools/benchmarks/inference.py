"""The topic `inference`: predictions, against Keras and PyTorch.

Contenders do what their users do who predict, on the CPU: Keras's
`predict_on_batch`, which compiles a graph; PyTorch calls the eager model, in
`inference_mode`. Its batch is a ready tensor, Keras makes each of an array.

- `ours` is this package's network after `for_inference`.
- `before` is the network itself.
- `keras` is that of `keras.applications`, where there is one.
- `torch` and `torch last` are PyTorch's, with the channels before and after
  the pixels; see the topic `step`. A bar against both orders is one against
  the better order.

`image` is the median time of a call with one image, `batch` that of one with
32 images. The first two of each are not measured.

PyTorch's threads spin while they wait, so that beside other work on the same
cores it takes several times as long: such figures of it mean nothing.
"""

from benchmarks.step import REPEATS
from benchmarks.step import TORCH
from benchmarks.step import contender
from benchmarks.step import own_number
from benchmarks.step import some_of
from benchmarks.step_networks import NETWORKS
from benchmarks.step_networks import Work
from benchmarks.topics import Bar
from benchmarks.topics import Case
from benchmarks.topics import Topic

_MEASURES = {"image": "s", "batch": "s"}
_CHOSEN = ["ResNet-50", "ResNet-110", "DenseNet-BC-100-12", "DenseNet-121"]
_BATCH = 32


def _case(work):
    forms = ["ours", "before"]
    if work.network.application:
        forms.append("keras")
    contenders = (
        *(
            contender(form, "ours", "inference_keras", form, *work.words())
            for form in forms
        ),
        *(
            contender(name, "peers", "inference_torch", order, *work.words())
            for name, (_, order) in TORCH.items()
        ),
    )
    bars = tuple(
        Bar(measure, 1.0, against=name)
        for measure in _MEASURES
        for name in TORCH
    )
    return Case(work.name, contenders, _MEASURES, bars)


def _cases(folder, networks, repeats, batch, side):
    del folder
    works = (Work(n, "float32", repeats, batch, side) for n in networks)
    return tuple(map(_case, works))


TOPIC = Topic(
    "inference",
    "predictions, against Keras and PyTorch",
    _cases,
    peers=("torch>=2", "torchvision", "numpy"),
    options={
        "networks": {**some_of(NETWORKS), "default": _CHOSEN},
        "repeats": REPEATS,
        "batch": {**own_number("images in a batch"), "default": _BATCH},
        "side": own_number("height and width of the images in pixels"),
    },
    rounds=3,
)
