"""As much of PyTorch as running a network takes."""

import contextlib


class Tensor:
    """An array with a tensor's methods."""

    def __init__(self, array):
        self.array = array

    def detach(self):
        return self

    clone = cpu = detach

    def numpy(self):
        return self.array


from_numpy = Tensor
no_grad = contextlib.nullcontext
