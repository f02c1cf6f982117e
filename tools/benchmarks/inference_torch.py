"""PyTorch's contenders of the topic `inference`, in their own environment."""

import sys

import numpy
import torch
import torchvision

from benchmarks.measure import repeated
from benchmarks.measure import report
from benchmarks.step_networks import Work
from benchmarks.step_networks import check_parameters
from benchmarks.step_torch import ORDERS
from benchmarks.torch_networks import BUILDERS


def measure(order, work):
    """Predicts; returns the seconds of each measure."""
    network, order = work.network, {"memory_format": ORDERS[order]}
    model = BUILDERS[work.name]().eval().to(**order)
    check_parameters(network, sum(p.numel() for p in model.parameters()))
    shape = (network.batch, 3, network.side, network.side)
    x = torch.randn(shape).to(**order)

    def predict(images):
        with torch.inference_mode():
            return model(images).numpy()

    calls = {
        "image": lambda: predict(x[:1]),
        "batch": lambda: predict(x),
    }
    return {
        name: repeated(call, work.steps, work.repeats)
        for name, call in calls.items()
    }


if __name__ == "__main__":
    order, *words = sys.argv[1:]
    values = measure(order, Work.parse(words))
    report(values, (torch, torchvision, numpy))
