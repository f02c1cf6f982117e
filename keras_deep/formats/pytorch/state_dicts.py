"""Finds the state dict in a checkpoint with other objects."""

from typing import NamedTuple

from keras_deep.formats.messages import shown
from keras_deep.formats.pytorch.containers import CONTAINERS
from keras_deep.formats.pytorch.containers import DEEPEST
from keras_deep.formats.pytorch.containers import is_module
from keras_deep.formats.pytorch.containers import items_of
from keras_deep.formats.pytorch.containers import own_tensors
from keras_deep.formats.pytorch.containers import tensors_of
from keras_deep.formats.pytorch.parts import named
from keras_deep.formats.pytorch.parts import places_of
from keras_deep.formats.pytorch.parts import twins
from keras_deep.formats.pytorch.pickles import Instance
from keras_deep.formats.pytorch.pickles import Name

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


class StateDict(NamedTuple):
    """The tensors of a checkpoint, and where they were.

    Args:
        tensors: dict of name to `Tensor`, `NumpyArray` or, for a tensor that
            is not dense, `Instance`.
        kinds: dict of module name to class name.
        part: string, the keys that lead to them with dots between, or `""`.
        others: tuple of strings, the parts with other values of the same
            weights, such as averages.
    """

    tensors: dict
    kinds: dict
    part: str = ""
    others: tuple = ()


def state_dict_of(data, path, part=None):
    """Finds the tensors of a checkpoint.

    Of a pickled module these are parameters and buffers, with the names of its
    `state_dict()`; of a dict, those under the first of `KEYS`. Without such a
    key they are the dict's own tensors, or those of the dicts and modules in
    it, whichever are more; if several contain tensors, their keys become
    prefixes.

    Args:
        data: result of `unpickle`.
        path: string, the file, for messages.
        part: string, the key of the state dict to take, or several with dots
            between, or `None` for the above. If there is none of that name,
            the above is taken too: it may be a prefix of names there.

    Returns:
        `StateDict`.

    Raises:
        ValueError: if there are no tensors, or several parts of that name.
    """
    places = dict(places_of(data, "", set(), DEEPEST))
    if part is not None and (place := named(part, places, path)) is not None:
        found = _find(places[place], place, path, set(), DEEPEST)
        return found._replace(part=place)
    found = _find(data, "", path, set(), DEEPEST)
    if not found.tensors:
        raise ValueError(
            f"Expected a state dict or a module in {path!r}. Received: "
            f"{_described(data)}. Save the weights with "
            "torch.save(model.state_dict(), path)."
        )
    return found._replace(others=tuple(twins(found, places, path)))


def _find(data, place, path, seen, depth):
    if id(data) in seen or not depth:
        return StateDict({}, {})
    seen.add(id(data))
    if is_module(data):
        return StateDict(*tensors_of(data, path), place)
    items = items_of(data)
    before = f"{place}." if place else ""

    def inside(key):
        return _find(items[key], f"{before}{key}", path, seen, depth - 1)

    for key in KEYS:
        if type(items.get(key)) in CONTAINERS:
            found = inside(key)
            if found.tensors:
                return found
    own = own_tensors(data)
    inner = {
        key: inside(key)
        for key, item in items.items()
        if type(item) in CONTAINERS and "optim" not in str(key)
    }
    inner = {key: found for key, found in inner.items() if found.tensors}
    if len(own) >= sum(len(found.tensors) for found in inner.values()):
        return StateDict(own, {}, place)
    if len(inner) == 1:
        return next(iter(inner.values()))
    return StateDict(
        *(
            {
                f"{key}.{name}": value
                for key, found in inner.items()
                for name, value in found[part].items()
            }
            for part in (0, 1)
        ),
        place,
    )


def _described(data):
    if type(data) is dict:
        return f"a dict with the keys {shown(', '.join(list(data)[:8]))!r}"
    if type(data) is Instance:
        return f"an object of {shown(str(data.kind))}"
    return shown(str(data) if type(data) is Name else data)
