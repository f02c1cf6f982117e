"""A library of networks, all of which give the answer that a test stored."""

import json
import os
import sys

import stub_acts
import torch

from keras_deep.convert.run_reference import read_named
from keras_deep.convert.run_reference import write_named


class Layer:
    """A module with hooks."""

    def __init__(self, output):
        self.output = output
        self.hooks = []

    def register_forward_hook(self, hook):
        self.hooks.append(hook)
        return self

    def remove(self):
        self.hooks.clear()


class Network:
    """A network whose layers give what is stored."""

    def __init__(self):
        answer = read_named(stub_acts.FOLDER / "answer.npz")
        self.layers = {name: Layer(y) for name, y in answer.items()}

    def named_modules(self):
        return self.layers.items()

    def load_state_dict(self, state, strict=True):
        arrays = {name: tensor.numpy() for name, tensor in state.items()}
        write_named(stub_acts.FOLDER / "weights.npz", arrays)
        known = {name.rpartition(".")[0] for name in state}
        missing = [n for n in self.layers if n not in known]
        unexpected = [n for n in known if n not in self.layers]
        assert not (strict and (missing or unexpected)), (missing, unexpected)
        return [f"{name}.weight" for name in missing], unexpected

    def eval(self):
        return self

    def __call__(self, images):
        for layer in self.layers.values():
            for hook in layer.hooks:
                hook(layer, images, torch.Tensor(layer.output))


def get_model(name, num_classes):
    """Returns a network, and stores what process it is in."""
    stub_acts.act()
    told = {
        "pid": os.getpid(),
        "modules": list(sys.modules),
        "network": [name, num_classes],
    }
    (stub_acts.FOLDER / "told.json").write_text(json.dumps(told))
    return Network()
