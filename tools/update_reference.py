#!/usr/bin/env python
"""Copies counts and published results from elsewhere into the project.

Writes keras_deep/models/reference.json, which the command line shows and the
tests hold the models to.

    tools/update_reference.py ../shared/reference/reference.json

A row of the reference whose family the registry has must be matched by a rule
below, or the tool refuses. The numbers are never computed by this package.
"""

import json
import pathlib
import re
import sys

# Pattern of the row's id, registered name, arguments. `{0}` is the first group.
RULES = [
    (
        r"resnet(\d+)_cifar10_opt([ABC])",
        "CifarResNet",
        "depth={0} shortcut={1}",
    ),
    (r"plain(\d+)_cifar10", "CifarPlainNet", "depth={0}"),
    (
        r"resnet164_v1_bottleneck_cifar10",
        "CifarResNet",
        "depth=164 block=bottleneck convention=pytorchcv",
    ),
    (
        r"preresnet(\d+)_cifar10_optB",
        "CifarResNet",
        "depth={0} version=2 convention=pytorchcv",
    ),
    (
        r"preresnet(164|1001)_cifar(\d+)",
        "CifarResNet",
        "depth={0} version=2 block=bottleneck convention=pytorchcv classes={1}",
    ),
    (r"resnet(\d+)_imagenet_torch", "ResNet{0}", ""),
    (r"resnet(\d+)_imagenet_opt([ABC])", "ResNet{0}", "shortcut={1}"),
    (r"plain(\d+)_imagenet", "PlainNet{0}", ""),
    (r"resnet(\d+)_caffe_msra", "ResNet{0}", "convention=caffe"),
    (r"resnet(\d+)_keras_applications", "ResNet{0}", "convention=keras"),
    (r"resnet(\d+)v2_keras_applications", "ResNet{0}V2", "convention=keras"),
    (r"resnetv2_(\d+)_timm", "ResNet{0}V2", ""),
    (r"preresnet200_imagenet", "ResNet200V2", "convention=pytorchcv"),
    (
        r"densenet_L(\d+)_k(\d+)_cifar(\d+)_init16",
        "DenseNet",
        "depth={0} growth_rate={1} classes={2}",
    ),
    (
        r"densenet_L(\d+)_k(\d+)_cifar(\d+)_init2k",
        "DenseNet",
        "depth={0} growth_rate={1} classes={2} convention=torch7",
    ),
    (
        r"(?:wide_)?densenet_bc_L(\d+)_k(\d+)_cifar(\d+)",
        "DenseNetBC",
        "depth={0} growth_rate={1} classes={2}",
    ),
    (
        r"WARNING_densenet40_k12_pytorchcv",
        "DenseNet",
        "depth=40 convention=pytorchcv",
    ),
    (r"densenet(\d+)(?:_k32)?_imagenet", "DenseNet{0}", ""),
    (r"densenet_cosine264_k48", "DenseNet264", "growth_rate=48"),
    (r"fleuret_mnist_resnet25x16", "MnistResNet", ""),
]

FAMILIES = (
    "ResNet v1 CIFAR",
    "ResNet v2 CIFAR",
    "Plain net",
    "ResNet v1 ImageNet",
    "ResNet v2 ImageNet",
    "DenseNet",
    "MNIST ResNet",
)


def model_of(row):
    """Returns the registered name and the arguments of a row."""
    for pattern, name, words in RULES:
        match = re.fullmatch(pattern, row["id"])
        if match:
            groups = match.groups()
            pairs = (word.split("=") for word in words.format(*groups).split())
            return {
                "model": name.format(*groups),
                "arguments": {
                    key: int(value) if value.isdigit() else value
                    for key, value in pairs
                },
            }
    raise SystemExit(f"No rule for the row {row['id']!r}: add one to RULES.")


def entry_of(row):
    """Returns the project's entry for a row of the reference."""
    headline = row.get("headline")
    return {
        "id": row["id"],
        **model_of(row),
        "trainable": row["params_trainable"],
        "total": row["params_total"],
        "multiply_adds": row.get("madds"),
        "source": f"{row['source']}; {row['how_counted']}",
        "published": headline
        and {
            "dataset": headline["dataset"],
            "result": str(headline["value"]),
            "metric": headline["metric"],
            "source": headline["source"],
        },
    }


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    rows = json.loads(pathlib.Path(sys.argv[1]).read_text())["rows"]
    entries = [entry_of(row) for row in rows if row["family"] in FAMILIES]
    root = pathlib.Path(__file__).parents[1]
    path = root / "keras_deep/models/reference.json"
    path.write_text(json.dumps(entries, indent=1) + "\n")
    print(f"{path.name}: {len(entries)} entries")


if __name__ == "__main__":
    main()
