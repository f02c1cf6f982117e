"""What a user searches: the default space with changes."""

from keras_deep.tuning.candidate import MODEL
from keras_deep.tuning.candidate import key_of
from keras_deep.tuning.candidate import place_of
from keras_deep.tuning.entries import KINDS
from keras_deep.tuning.entries import Choice
from keras_deep.tuning.recipe import KNOWN
from keras_deep.tuning.recipe import USUAL
from keras_deep.tuning.recipe import recipe_space
from keras_deep.tuning.recipe import with_readers
from keras_deep.tuning.space import Space
from keras_deep.tuning.spaces import model_space
from keras_deep.utils.errors import did_you_mean


def searched(name, arguments, search=None, recipe=False, config=None):
    """Returns the space of a search, and what it fixes.

    Args:
        name: string, a registered network.
        arguments: dict of arguments of its builder, which are not searched.
        search: changes of the default space: dict of names to a list of
            values, to a `Choice`, `Integers` or `Floats`, or to a single
            value, which is not searched then; or a sequence of names, which
            are searched as by default, and nothing else; or `None`. For the
            names see `place_of`.
        recipe: whether the training is searched as well: bool, or a sequence
            of names, see `recipe_space`.
        config: `Config` with the settings that are not searched.

    Returns:
        `Space`, and dict of names to single values.

    Raises:
        ValueError: if a name is unknown or an entry cannot be one.
    """
    if search is None or isinstance(search, dict):
        entries, fixed = _entries(search or {})
    else:
        return _only(name, arguments, search, config), {}
    for key in (*entries, *fixed):
        room, plain = place_of(name, key)
        if room == MODEL and plain in arguments:
            raise ValueError(
                f"Expected {key!r} among what is searched, or as an argument. "
                f"Received: {plain}={arguments[plain]!r} beside it. Leave one "
                "out."
            )
    names = USUAL if recipe is True else tuple(recipe or ())
    given = entries.get(key_of(name, "config", "optimizer"))
    optimizers = getattr(given, "values", None)
    found = dict(recipe_space(name, names, config, optimizers).entries)
    # The optimizer first, as others depend on it.
    first = {key: entry for key, entry in entries.items() if key in found}
    merged = {**model_space(name, arguments).entries, **found, **first}
    merged |= entries
    for key in fixed:
        merged.pop(key, None)
    return Space(_ordered(with_readers(name, merged))), fixed


def _entries(search):
    """Returns the entries of a dict, and the single values."""
    entries, fixed = {}, {}
    for key, value in search.items():
        if isinstance(value, KINDS):
            entries[key] = value
        elif isinstance(value, list):
            entries[key] = Choice(value)
        elif value is None or isinstance(value, (bool, int, float, str)):
            fixed[key] = value
        else:
            raise ValueError(
                f"Expected what is searched of {key!r} to be a list of values, "
                "a `Choice`, `Integers(low, high)` or `Floats(low, high)` of "
                f"`keras_deep.tuning`, or a single value. Received: {value!r}"
            )
    return entries, fixed


def _only(name, arguments, names, config):
    """Returns the default entries of some names."""
    places = {key_of(name, room, key): key for key, room in KNOWN.items()}
    wanted = [places[key] for key in names if key in places]
    known = {
        **model_space(name, arguments).entries,
        **recipe_space(name, wanted, config).entries,
    }
    for key in names:
        if key not in known:
            names = [*known, *places]
            raise ValueError(
                f"Expected the names to search of {name} to be among {names}. "
                f"Received: {key!r}.{did_you_mean(key, names)}"
            )
    return Space({key: known[key] for key in known if key in names})


def _ordered(entries):
    """Puts every entry behind those that it depends on."""
    found = {}

    def add(key):
        for other, _ in entries[key].when:
            if other in entries and other not in found:
                add(other)
        found.setdefault(key, entries[key])

    for key in entries:
        add(key)
    return found
