"""What a user searches: the default space with changes."""

from keras_deep.tuning.candidate import CONFIG
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
from keras_deep.tuning.spaces import stem_arguments
from keras_deep.utils.errors import did_you_mean


def searched(name, arguments, search=None, recipe=False, config=None):
    """Returns the space of a search, and what is not searched.

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
        `Space`, dict of names to single values, and dict of the arguments,
        with those of the stem that follows from the images.

    Raises:
        ValueError: if a name is unknown or an entry cannot be one.
    """
    if search is None or isinstance(search, dict):
        entries, fixed = _entries(search or {})
    else:
        space = _only(name, arguments, search, config)
        return space, {}, _with_stem(name, arguments, arguments, space)
    given = {**arguments, **_own(name, arguments, entries, fixed)}
    names = USUAL if recipe is True else tuple(recipe or ())
    optimizer = entries.get(key_of(name, CONFIG, "optimizer"))
    optimizers = getattr(optimizer, "values", None)
    merged = {
        **model_space(name, given).entries,
        **recipe_space(name, names, config, optimizers).entries,
        **entries,
    }
    for key in fixed:
        merged.pop(key, None)
    space = Space(_ordered(with_readers(name, merged)))
    return space, fixed, _with_stem(name, arguments, given, space)


def _own(name, arguments, entries, fixed):
    """Returns arguments that the user searches, by their defaults.

    The default space is around them: blocks leave a depth unread.
    """
    found = {}
    values = {key: entry.default for key, entry in entries.items()} | fixed
    for key, value in values.items():
        room, plain = place_of(name, key)
        if room != MODEL:
            continue
        if plain in arguments:
            raise ValueError(
                f"Expected {key!r} among what is searched, or as an argument. "
                f"Received: {plain}={arguments[plain]!r} beside it. Leave one "
                "out."
            )
        found[plain] = value
    return found


def _with_stem(name, arguments, given, space):
    """Adds the arguments of the stem that nothing else decides."""
    stem = stem_arguments(name, given)
    keys = [key_of(name, MODEL, key) for key in stem]
    return arguments | {
        plain: value
        for key, (plain, value) in zip(keys, stem.items())
        if plain not in given and key not in space
    }


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
