"""PyTorch's contenders of the topic `step`; in an environment of their own."""

import sys

import numpy
import torch
import torchvision

from benchmarks.measure import repeated
from benchmarks.measure import report
from benchmarks.step_networks import Work
from benchmarks.step_networks import check_parameters
from benchmarks.torch_networks import BUILDERS

ORDERS = {"first": torch.contiguous_format, "last": torch.channels_last}


def measure(form, order, work):
    """Trains and predicts; returns the seconds of each measure."""
    network, order = work.network, {"memory_format": ORDERS[order]}
    model = BUILDERS[work.name]()
    check_parameters(network, sum(p.numel() for p in model.parameters()))
    model.to(**order)
    run = torch.compile(model) if form == "compiled" else model
    autocast = torch.autocast(
        "cpu", torch.bfloat16, enabled=work.precision == "bfloat16"
    )
    shape = (network.batch, 3, network.side, network.side)
    x = torch.randn(shape).to(**order)
    y = torch.randint(network.classes, shape[:1])
    optimizer = torch.optim.SGD(model.parameters(), 0.01, momentum=0.9)

    def step():
        optimizer.zero_grad()
        with autocast:
            loss = torch.nn.functional.cross_entropy(run(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    def predict(images):
        with torch.inference_mode(), autocast:
            return run(images).float().numpy()

    def seconds(call):
        return repeated(call, work.steps, work.repeats)

    found = {"step": seconds(step)}
    model.eval()
    found["batch"] = seconds(lambda: predict(x))
    # There is one way to predict an image, so one value for both of Keras's.
    image = seconds(lambda: predict(x[:1]))
    return {**found, "image": image, "image on batch": image}


if __name__ == "__main__":
    form, order, *words = sys.argv[1:]
    values = measure(form, order, Work.parse(words))
    report(values, (torch, torchvision, numpy))
