"""PyTorch's side of the topic `convert`; runs in an environment of its own."""

import os
import sys

import numpy
import safetensors.torch
import torch

from benchmarks.measure import measured
from benchmarks.measure import report
from benchmarks.measure import warm
from benchmarks.resnet152 import state_dict_shapes
from benchmarks.resnet152 import weights_bytes

_BUFFERS = ("running_mean", "running_var", "num_batches_tracked")


class ResNet152Tensors(torch.nn.Module):
    """The parameters and buffers of torchvision's ResNet-152, with its names.

    It computes nothing. torchvision need not be installed, and
    `load_state_dict` does the same work: equal tensors in as many modules.
    """

    def __init__(self):
        super().__init__()
        for name, shape in state_dict_shapes().items():
            *places, last = name.split(".")
            module = self
            for place in places:
                if place not in module._modules:
                    module.add_module(place, torch.nn.Module())
                module = module._modules[place]
            # Filled, so that the memory is resident before loading.
            if last == "num_batches_tracked":
                module.register_buffer(last, torch.tensor(0))
            elif last in _BUFFERS:
                module.register_buffer(last, torch.full(shape, 0.5))
            else:
                value = torch.nn.Parameter(torch.full(shape, 0.5))
                module.register_parameter(last, value)


def write(pth, safe):
    """Writes the checkpoint in both formats unless it exists."""
    torch.manual_seed(0)
    state = ResNet152Tensors().state_dict()
    for value in state.values():
        if value.is_floating_point():
            value.uniform_(0.01, 1)
    saves = {pth: torch.save, safe: safetensors.torch.save_file}
    for path, save in saves.items():
        if not os.path.exists(path):
            save(state, f"{path}.part")
            os.replace(f"{path}.part", path)


def _state_dict(path):
    if path.endswith(".safetensors"):
        return safetensors.torch.load_file(path)
    return torch.load(path, weights_only=True)


def load(path):
    """Loads a file into a model; returns the time and the memory."""
    model = ResNet152Tensors()
    warm(path)
    _, seconds, growth = measured(
        lambda: model.load_state_dict(_state_dict(path))
    )
    return {"time": seconds, "memory": 1 + growth / weights_bytes()}


def read(path):
    """Reads all tensors of a file; returns the time and the memory."""
    warm(path)

    def work():
        tensors = _state_dict(path)
        # One value of every page, as a mapped file is not read before.
        for tensor in tensors.values():
            tensor.reshape(-1)[::1024].sum()
        return tensors

    _, seconds, growth = measured(work)
    return {"time": seconds, "memory": growth / weights_bytes()}


if __name__ == "__main__":
    action, *paths = sys.argv[1:]
    if action == "write":
        write(*paths)
    else:
        values = {"load": load, "read": read}[action](*paths)
        report(values, (torch, numpy, safetensors))
