"""Reads checkpoints since PyTorch 1.6: a zip of a pickle and storages."""

from keras_deep.formats.pytorch.pickle_calls import CALLS
from keras_deep.formats.pytorch.pickle_opcodes import unpickle
from keras_deep.formats.pytorch.tensors import storage_of
from keras_deep.formats.pytorch.torch_arrays import torch_arrays

# Limit for a compressed pickle, which is inflated in memory.
_LARGEST_INFLATED = 16 * 2**20


def pickle_of(members):
    """Returns the name of the checkpoint's pickle, or `None`.

    Args:
        members: dict of `zip_members`.
    """
    for name in members:
        if name.rpartition("/")[2] == "data.pkl":
            return name
    return None


def read_torch_zip(path, members, part=None):
    """Reads a checkpoint as `Arrays`.

    Args:
        path: string.
        members: dict of `zip_members`, with a pickle.
        part: string or `None`, see `state_dict_of`.

    Raises:
        ValueError: if it is damaged or something else.
    """
    name = pickle_of(members)
    root = name.removesuffix("data.pkl")
    _refuse_others(path, members, root)
    content = members[name].read()
    data, _ = unpickle(content, 0, f"{path!r}, {name!r}", CALLS, storage_of)
    return torch_arrays(
        path, data, lambda key: members.get(f"{root}data/{key}"), part
    )


def _refuse_others(path, members, root):
    if f"{root}constants.pkl" in members:
        raise ValueError(
            f"Expected a state dict in {path!r}. Received: a TorchScript "
            "archive, which is a program. Save its weights with PyTorch: "
            "torch.save(torch.jit.load(path).state_dict(), 'weights.pth')."
        )
    order = members.get(f"{root}byteorder")
    if order and order.size == 3 and order.read() == b"big":
        raise ValueError(
            f"Expected little-endian values (the lowest byte comes first) in "
            f"{path!r}. Received: big-endian ones. Save the file on a "
            "little-endian machine."
        )
    pickled = members[f"{root}data.pkl"]
    if pickled.deflated and pickled.size > _LARGEST_INFLATED:
        raise ValueError(
            f"Expected a pickle of at most {_LARGEST_INFLATED} bytes in "
            f"{path!r}, {pickled.name!r}. Received: {pickled.packed} bytes "
            f"that inflate to {pickled.size}."
        )
