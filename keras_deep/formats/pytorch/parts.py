"""The parts of a checkpoint that hold tensors, by their keys."""

from keras_deep.formats.messages import shown
from keras_deep.formats.pytorch.containers import CONTAINERS
from keras_deep.formats.pytorch.containers import is_module
from keras_deep.formats.pytorch.containers import is_tensor
from keras_deep.formats.pytorch.containers import items_of
from keras_deep.formats.pytorch.containers import own_tensors
from keras_deep.formats.pytorch.containers import tensors_of


def places_of(data, place, seen, depth):
    """Yields pairs of place and container of all that have tensors.

    Args:
        data: what `unpickle` gave, or a part of it.
        place: string, its keys with dots between.
        seen: set of the `id`s of what was looked into.
        depth: int, how many containers around each other to look into.
    """
    if id(data) in seen or not depth:
        return
    seen.add(id(data))
    items, module = items_of(data), is_module(data)
    if module or any(map(is_tensor, items.values())):
        yield place, data
    for key, item in items.items():
        if not module and type(item) in CONTAINERS and "optim" not in str(key):
            inner = f"{place}.{key}" if place else str(key)
            yield from places_of(item, inner, seen, depth - 1)


def named(part, places, path):
    """Returns the place that a part is the name, or the end, of, or `None`.

    Raises:
        ValueError: if it is the end of several.
    """
    if part in places:
        return part
    ends = [place for place in places if place.endswith(f".{part}")]
    if len(ends) > 1:
        raise ValueError(
            f"Expected the name of one part of {path!r}. Received: "
            f"{shown(part)!r}, which is the end of {shown(', '.join(ends))!r}."
        )
    return ends[0] if ends else None


def twins(found, places, path):
    """Yields the other places with more than half of the names of tensors.

    Args:
        found: `StateDict`, what is taken.
        places: dict of `places_of`.
        path: string, the file, for messages.
    """
    names = set(map(_unwrapped, found.tensors))
    for place, data in places.items():
        if place in ("", found.part):
            continue
        module = is_module(data)
        theirs = tensors_of(data, path)[0] if module else own_tensors(data)
        same = names.intersection(map(_unwrapped, theirs))
        if 2 * len(same) > len(names):
            yield place


def _unwrapped(name):
    return name.removeprefix("module.")
