"""The topic `serving`: `keras-deep serve` with 64 clients at once.

A DenseNet-BC of 40 layers with growth rate 12 is served on loopback, and 64
clients each send an image of 32x32 pixels whenever they have the answer to the
one before, as 3,072 numbers of JSON or as a PNG file. They are a process of
their own, which does little but read and write, on the same cores. Any error or
wrong answer ends it.

- `batching` is the server as it starts by default.
- `without` is the same with `--batch-size 1`.
- `threads` computes two images at once instead, without batching.
- `loop` is a bare loop around the signature of the same SavedModel, one image
  after another, without server and clients: its `image` is what a computation
  takes alone, and its latencies are that.

`image` is the time of the whole run divided by the answers, so that 1 over it
is the throughput; `median`, `p95` and `p99` are latencies as clients see them.
`growth` is 1 plus the part by which the resident memory of the server grew
from a tenth of the run to its end, 1 where it did not grow.
"""

from benchmarks.text import positive
from benchmarks.topics import Bar
from benchmarks.topics import Case
from benchmarks.topics import Contender
from benchmarks.topics import Topic

_MEASURES = {
    **dict.fromkeys(("image", "median", "p95", "p99"), "s"),
    "growth": "x",
}
_SERVERS = {
    "batching": (),
    "without": ("--batch-size", "1"),
    "threads": ("--batch-size", "1", "--threads", "2"),
    "loop": (),
}
_BARS = (
    Bar("image", 1 / 3, against="without"),
    Bar("growth", 1.05),
)


def _contender(name, folder, *words):
    arguments = ("-m", "benchmarks.serving_load", name, folder, *words)
    return Contender(name, "ours", tuple(map(str, arguments)))


def _prepare(folder):
    return (_contender("export", folder),)


def _cases(folder, seconds, clients):
    return tuple(
        Case(
            f"{clients} clients, {form}",
            tuple(
                _contender(name, folder, form, seconds, clients, *words)
                for name, words in _SERVERS.items()
            ),
            _MEASURES,
            _BARS,
        )
        for form in ("numbers", "png")
    )


TOPIC = Topic(
    "serving",
    "the server with 64 clients, with batching and without",
    _cases,
    prepare=_prepare,
    options={
        "seconds": {
            "type": positive,
            "default": 60,
            "metavar": "N",
            "help": "how long clients ask (default: 60)",
        },
        "clients": {
            "type": positive,
            "default": 64,
            "metavar": "N",
            "help": "how many ask at once (default: 64)",
        },
    },
    rounds=1,
)
