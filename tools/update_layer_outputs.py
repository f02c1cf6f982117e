#!/usr/bin/env python
"""Stores the outputs of all layers of a small network of pytorchcv.

Writes tests/convert/layer_outputs.npz, the reference of the verification tests
without PyTorch. Needs PyTorch and pytorchcv; tests/convert/weights.py derives
the weights from their names.

    PYTHONPATH=. python tools/update_layer_outputs.py
"""

import json
import pathlib

import numpy as np
import torch
from pytorchcv.models.resnet_cifar import CIFARResNet

from keras_deep.convert.references import run_pytorch
from tests.convert.weights import images
from tests.convert.weights import tensor


def main():
    module = CIFARResNet(
        channels=[[64, 64], [128]],
        init_block_channels=16,
        bottleneck=True,
        num_classes=10,
    )
    # The network ends with a pool of 8 pixels; a small image has fewer.
    module.features.final_pool = torch.nn.AdaptiveAvgPool2d(1)
    state = {
        key: torch.from_numpy(tensor(key, tuple(value.shape)))
        for key, value in module.state_dict().items()
    }
    module.load_state_dict(state)
    names = [
        name
        for name, part in module.named_modules()
        if isinstance(
            part, (torch.nn.Conv2d, torch.nn.BatchNorm2d, torch.nn.Linear)
        )
    ]
    x = images(4, 4)[:1]
    shapes = [(key, tuple(value.shape)) for key, value in state.items()]
    outputs = {"images": x, **run_pytorch(module, names, x)}
    root = pathlib.Path(__file__).parents[1]
    path = root / "tests/convert/layer_outputs.npz"
    np.savez_compressed(path, state_dict=json.dumps(shapes), **outputs)
    print(f"{path.name}: {len(outputs)} arrays, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
