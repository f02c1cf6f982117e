"""The search space of how a network is trained."""

import dataclasses

from keras_deep.training.config import Config
from keras_deep.tuning.candidate import CONFIG
from keras_deep.tuning.candidate import DATA
from keras_deep.tuning.candidate import key_of
from keras_deep.tuning.entries import Choice
from keras_deep.tuning.entries import Floats
from keras_deep.tuning.space import Space
from keras_deep.utils.checks import check_one_of
from keras_deep.utils.settings import READ_BY

# The few that matter most.
USUAL = ("learning_rate", "weight_decay", "schedule")
# Learning rates and weight decays of an optimizer: lowest, highest, default.
_RANGES = {
    "sgd": ((1e-2, 1.0, 0.1), (1e-4, 1e-2, 1e-3)),
    "lars": ((1e-1, 1e1, 1.0), (1e-5, 1e-3, 1e-4)),
    "adam": ((1e-4, 1e-2, 1e-3), (1e-3, 1e-1, 1e-2)),
    "adamw": ((1e-4, 1e-2, 1e-3), (1e-3, 1e-1, 1e-2)),
    "lamb": ((1e-3, 1e-1, 1e-2), (1e-3, 1e-1, 1e-2)),
}
# All that `recipe_space` knows, in order, and where it belongs.
KNOWN = {
    "optimizer": CONFIG,
    "learning_rate": CONFIG,
    "momentum": CONFIG,
    "weight_decay": CONFIG,
    "schedule": CONFIG,
    "label_smoothing": CONFIG,
    "batch_size": DATA,
    "augment": DATA,
}


def recipe_space(name, names=USUAL, config=None, optimizers=None):
    """Returns a search space of how a network is trained.

    Args:
        name: string, a registered network.
        names: sequence of what to search: `"optimizer"`, `"learning_rate"`,
            `"momentum"`, `"weight_decay"`, `"schedule"`, `"label_smoothing"`,
            `"batch_size"`, `"augment"`.
        config: `Config` with the settings that are not searched.
        optimizers: sequence of the optimizers that are searched, on which the
            ranges depend, or `None` for SGD and AdamW if they are, else that
            of the configuration.

    Returns:
        `Space`. Its names are those of fields of `training.Config` and of
        arguments of `data.load`, see `place_of`.

    Raises:
        ValueError: if a name is unknown.
    """
    for key in names:
        check_one_of(KNOWN, recipe=key)
    config = config or Config()
    if optimizers is None:
        searched = "optimizer" in names
        optimizers = ("sgd", "adamw") if searched else (config.optimizer,)
    found = {}
    for key, room in KNOWN.items():
        if key in names:
            entry = _ENTRIES[key](config, tuple(optimizers))
            found[key_of(name, room, key)] = entry
    return Space(with_readers(name, found))


def with_readers(name, entries):
    """Makes entries conditional that only some values of another one read.

    Such is the momentum, where the optimizer is searched, too. It stands
    behind the optimizer then.

    Args:
        name: string, a registered network.
        entries: dict of names to entries.

    Returns:
        Dict of names to entries.
    """
    found = dict(entries)
    for plain, (other, readers) in READ_BY.items():
        key, parent = key_of(name, CONFIG, plain), key_of(name, CONFIG, other)
        if key not in found or parent not in found or found[key].when:
            continue
        values = getattr(found[parent], "values", ())
        read_by = tuple(value for value in values if value in readers)
        if read_by and len(read_by) < len(values):
            entry = found.pop(key)
            found[key] = dataclasses.replace(entry, when=((parent, read_by),))
    return found


def _range(which):
    def entry(config, optimizers):
        ranges = [_RANGES[optimizer][which] for optimizer in optimizers]
        low = min(low for low, _, _ in ranges)
        high = max(high for _, high, _ in ranges)
        own = (config.learning_rate, config.weight_decay)[which]
        default = _RANGES[optimizers[0]][which][2]
        if config.optimizer == optimizers[0] and low <= own <= high:
            default = own
        return Floats(low, high, log=True, default=default)

    return entry


def _with_own(field, *values):
    """Returns values of a setting, that of the configuration first."""

    def entry(config, optimizers):
        del optimizers
        return Choice(tuple(dict.fromkeys((getattr(config, field), *values))))

    return entry


_ENTRIES = {
    "optimizer": lambda config, optimizers: Choice(optimizers),
    "learning_rate": _range(0),
    "momentum": _with_own("momentum", 0.9, 0.95, 0.99),
    "weight_decay": _range(1),
    "schedule": _with_own("schedule", "step", "cosine", "one_cycle"),
    "label_smoothing": _with_own("label_smoothing", 0.0, 0.1),
    "batch_size": lambda config, optimizers: Choice((64, 128, 256), 128),
    "augment": lambda config, optimizers: Choice(("standard", None)),
}
