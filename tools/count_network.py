#!/usr/bin/env python
"""Counts networks that are written without this package, and keeps the counts.

    tools/count_network.py tests/independent/FAMILY.py

writes the rows of keras_deep/models/reference/FAMILY.json, which the command
line shows and the tests hold the models to. The file defines

    SOURCE  string: of what the networks were written, such as a table of the
            paper, and who published that
    ROWS    list of dicts: `id`, `model` and `arguments` of this package's
            network, `shape` of an input without the batch, and `network`, a
            function that returns the same network as a `keras.Model` of
            Keras's own layers or as a `torch.nn.Module`; perhaps `published`,
            a dict of `dataset`, `result`, `metric` and `source`

and must not import this package. Counted are the parameters, with moving
statistics (`total`) and without (`trainable`), and the multiply-adds of
convolutions and dense layers in one pass. Other rows of the file stay.
"""

import importlib.util
import json
import math
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
FOLDER = ROOT / "keras_deep" / "models" / "reference"
COUNTED = "counted: "
# Layers whose kernels work once for every place of the output.
_KERAS = ("Conv1D", "Conv2D", "Conv3D", "Dense")
_DEPTHWISE = ("DepthwiseConv1D", "DepthwiseConv2D")
_TORCH = ("Conv1d", "Conv2d", "Conv3d", "Linear")


def counts(network, shape):
    """Counts a network.

    Args:
        network: `keras.Model` or `torch.nn.Module`.
        shape: tuple, the shape of an input without the batch, in the
            network's own order.

    Returns:
        Dict of `trainable`, `total` and `multiply_adds`, ints; the last is
        `None` if a layer has a matrix of weights but is neither a convolution
        nor dense.
    """
    is_torch = hasattr(network, "named_modules")
    count = _counts_of_torch if is_torch else _counts_of_keras
    return count(network, (1, *shape))


def rows_of(path):
    """Returns the rows that a file of independent networks gives.

    Raises:
        SystemExit: if the file imports this package, or lacks something.
    """
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    before = set(sys.modules)
    spec.loader.exec_module(module)
    for name in ("SOURCE", "ROWS"):
        if not hasattr(module, name):
            sys.exit(f"Expected {path} to define {name}, as\n{__doc__}")
    rows = [_row(path, module.SOURCE, dict(row)) for row in module.ROWS]
    if any(n.split(".")[0] == "keras_deep" for n in {*sys.modules} - before):
        sys.exit(
            f"Expected {path} to be independent. Received: one that imports "
            "keras_deep, whose networks its counts are to check."
        )
    return rows


def write(path, folder=FOLDER):
    """Writes the rows of a file; returns the path of the JSON."""
    target = folder / f"{path.stem}.json"
    old = json.loads(target.read_text()) if target.exists() else []
    new = {row["id"]: row for row in rows_of(path)}
    kept = [new.pop(row["id"], row) for row in old]
    rows = [*kept, *new.values()]
    target.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
    return target


def _row(path, source, row):
    missing = {"id", "model", "arguments", "shape", "network"} - {*row}
    if missing:
        sys.exit(
            f"Expected the rows of {path} to have {sorted(missing)}. Received: "
            f"{sorted(row)}"
        )
    place = f"tests/independent/{path.name}"
    return {
        **{key: row[key] for key in ("id", "model", "arguments")},
        **counts(row["network"](), tuple(row["shape"])),
        "source": f"{COUNTED}{place}; {source}",
        "published": row.get("published"),
    }


def _counts_of_keras(network, shape):
    import numpy as np

    found = []
    for layer in network._flatten_layers():
        _record_calls(layer, found)
    network(np.zeros(shape, "float32"), training=False)
    adds = [_adds_of_keras(layer, outputs) for layer, outputs in found]
    return {
        "trainable": sum(math.prod(v.shape) for v in network.trainable_weights),
        "total": sum(math.prod(v.shape) for v in network.weights),
        "multiply_adds": None if None in adds else sum(adds),
    }


def _record_calls(layer, found):
    call = layer.call

    def recorded(*arguments, **options):
        outputs = call(*arguments, **options)
        if not list(layer._flatten_layers(include_self=False)):
            found.append((layer, outputs))
        return outputs

    layer.call = recorded


def _adds_of_keras(layer, outputs):
    name = type(layer).__name__
    kernels = [v for v in layer.weights if len(v.shape) > 1]
    if not kernels:
        return 0
    if name in _DEPTHWISE:  # The output has what the kernel has, and places.
        (kernel,) = kernels
        return math.prod(outputs.shape) * math.prod(kernel.shape[:-2])
    if name not in _KERAS:
        return None
    places = math.prod(outputs.shape) // kernels[0].shape[-1]
    return places * math.prod(kernels[0].shape)


def _counts_of_torch(network, shape):
    import torch

    adds = []

    def record(module, _, outputs):
        name = type(module).__name__
        kernels = [p for p in module.parameters(False) if p.dim() > 1]
        if not kernels:
            return
        if name not in _TORCH:
            adds.append(None)
            return
        places = outputs.numel() // kernels[0].shape[0]
        adds.append(places * kernels[0].numel())

    for module in network.modules():
        module.register_forward_hook(record)
    network.eval()
    with torch.no_grad():
        network(torch.zeros(shape))
    parameters = list(network.parameters())
    # A counter of batches is no statistic that inference uses.
    buffers = [b.numel() for b in network.buffers() if b.dim()]
    return {
        "trainable": sum(p.numel() for p in parameters if p.requires_grad),
        "total": sum(p.numel() for p in parameters) + sum(buffers),
        "multiply_adds": None if None in adds else sum(adds),
    }


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    target = write(pathlib.Path(sys.argv[1]))
    for row in json.loads(target.read_text()):
        if not row.get("source", "").startswith(COUNTED):
            continue
        print(
            f"{row['id']}: {row['trainable']:,} trainable, {row['total']:,} "
            f"in total, {row['multiply_adds'] or 0:,} multiply-adds"
        )
    print(f"Wrote {target}")


if __name__ == "__main__":
    main()
