"""Finds the state dict in a checkpoint with other objects."""

from keras_deep.formats.messages import shown
from keras_deep.formats.pytorch.pickles import Instance
from keras_deep.formats.pytorch.pickles import Name
from keras_deep.formats.pytorch.tensors import NumpyArray
from keras_deep.formats.pytorch.tensors import Tensor

# The first of these keys that leads to tensors is used. Averages of the weights
# come after the weights themselves.
KEYS = (
    "state_dict",
    "model_state_dict",
    "model_state",
    "model",
    "net",
    "network",
    "module",
    "params",
    "weights",
    "state_dict_ema",
    "model_ema",
    "ema_state_dict",
    "ema",
    "params_ema",
)
_CONTAINERS = (dict, list, tuple, Instance)
_DEEPEST = 5
_MOST_ITEMS = 1_000_000
_LONGEST_NAME = 1000


def state_dict_of(data, path):
    """Finds the tensors of a checkpoint.

    Of a pickled module these are parameters and buffers, with the names of its
    `state_dict()`; of a dict, those under the first of `KEYS`. Without such a
    key they are the dict's own tensors, or those of the dicts and modules in
    it, whichever are more; if several contain tensors, their keys become
    prefixes.

    Args:
        data: result of `unpickle`.
        path: string, the file, for messages.

    Returns:
        Dict of name to `Tensor`, `NumpyArray` or, for a tensor that is not
        dense, `Instance`; and dict of module name to class name.

    Raises:
        ValueError: if there are no tensors.
    """
    tensors, kinds = _find(data, path, set(), _DEEPEST)
    if not tensors:
        raise ValueError(
            f"Expected a state dict or a module in {path!r}. Received: "
            f"{_described(data)}. Save the weights with "
            "torch.save(model.state_dict(), path)."
        )
    return tensors, kinds


def _find(data, path, seen, depth):
    if id(data) in seen or not depth:
        return {}, {}
    seen.add(id(data))
    if type(data) is Instance and "_modules" in data.state:
        return _of_module(data, path)
    items = _items(data)
    for key in KEYS:
        if type(items.get(key)) in _CONTAINERS:
            found = _find(items[key], path, seen, depth - 1)
            if found[0]:
                return found
    own = {key: item for key, item in items.items() if _is_tensor(item)}
    inner = {
        key: _find(item, path, seen, depth - 1)
        for key, item in items.items()
        if type(item) in _CONTAINERS and "optim" not in key
    }
    inner = {key: found for key, found in inner.items() if found[0]}
    if len(own) >= sum(len(tensors) for tensors, _ in inner.values()):
        return own, {}
    if len(inner) == 1:
        return next(iter(inner.values()))
    return tuple(
        {
            f"{key}.{name}": value
            for key, found in inner.items()
            for name, value in found[part].items()
        }
        for part in (0, 1)
    )


def _of_module(root, path):
    """Returns tensors and kinds of a module and its submodules."""
    tensors, kinds, examined = {}, {}, 0
    pending = [("", root)]
    while pending:
        prefix, module = pending.pop()
        groups = [
            _items(module.state.get(group))
            for group in ("_parameters", "_buffers", "_modules")
        ]
        hidden = _items(module.state.get("_non_persistent_buffers_set"))
        examined += 1 + sum(map(len, groups))
        if examined > _MOST_ITEMS or len(prefix) > _LONGEST_NAME:
            raise ValueError(
                f"Expected a tree of modules in {path!r}. Received: modules "
                f"without end, at {shown(prefix)!r}."
            )
        kinds[prefix[:-1]] = module.kind.name
        for name, value in (*groups[0].items(), *groups[1].items()):
            if _is_tensor(value) and name not in hidden:
                tensors[prefix + name] = value
        pending += [
            (f"{prefix}{name}.", child)
            for name, child in reversed(groups[2].items())
            if type(child) is Instance
        ]
    return tensors, kinds


def _items(data):
    """Returns the items of a dict, short list or object, as a dict."""
    if type(data) is dict:
        return data
    if type(data) is Instance:
        return {**data.state, **data.items}
    if type(data) in (list, tuple):
        return {str(index): item for index, item in enumerate(data[:16])}
    return {}


def _is_tensor(data):
    """Returns whether it is a tensor, dense or not."""
    if type(data) is Instance:
        return data.kind.module == "torch._utils"
    return type(data) in (Tensor, NumpyArray)


def _described(data):
    if type(data) is dict:
        return f"a dict with the keys {shown(', '.join(list(data)[:8]))!r}"
    if type(data) is Instance:
        return f"an object of {shown(str(data.kind))}"
    return shown(str(data) if type(data) is Name else data)
