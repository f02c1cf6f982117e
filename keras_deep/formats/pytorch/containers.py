"""What in an unpickled checkpoint holds tensors, and how."""

from keras_deep.formats.messages import shown
from keras_deep.formats.pytorch.pickles import Instance
from keras_deep.formats.pytorch.tensors import NumpyArray
from keras_deep.formats.pytorch.tensors import Tensor

CONTAINERS = (dict, list, tuple, Instance)
# How many of them around each other are looked into.
DEEPEST = 5
_MOST_ITEMS = 1_000_000
_LONGEST_NAME = 1000


def own_tensors(data):
    """Returns the tensors that stand in a container itself, by their keys."""
    return {k: item for k, item in items_of(data).items() if is_tensor(item)}


def is_module(data):
    """Returns whether it is a pickled `torch.nn.Module`."""
    return type(data) is Instance and "_modules" in data.state


def tensors_of(root, path):
    """Returns tensors and kinds of a module and its submodules."""
    tensors, kinds, examined = {}, {}, 0
    pending = [("", root)]
    while pending:
        prefix, module = pending.pop()
        groups = [
            items_of(module.state.get(group))
            for group in ("_parameters", "_buffers", "_modules")
        ]
        hidden = items_of(module.state.get("_non_persistent_buffers_set"))
        examined += 1 + sum(map(len, groups))
        if examined > _MOST_ITEMS or len(prefix) > _LONGEST_NAME:
            raise ValueError(
                f"Expected a tree of modules in {path!r}. Received: modules "
                f"without end, at {shown(prefix)!r}."
            )
        kinds[prefix[:-1]] = module.kind.name
        for name, value in (*groups[0].items(), *groups[1].items()):
            if is_tensor(value) and name not in hidden:
                tensors[prefix + name] = value
        pending += [
            (f"{prefix}{name}.", child)
            for name, child in reversed(groups[2].items())
            if type(child) is Instance
        ]
    return tensors, kinds


def items_of(data):
    """Returns the items of a dict, short list or object, as a dict."""
    if type(data) is dict:
        return data
    if type(data) is Instance:
        return {**data.state, **data.items}
    if type(data) in (list, tuple):
        return {str(index): item for index, item in enumerate(data[:16])}
    return {}


def is_tensor(data):
    """Returns whether it is a tensor, dense or not."""
    if type(data) is Instance:
        return data.kind.module == "torch._utils"
    return type(data) in (Tensor, NumpyArray)
