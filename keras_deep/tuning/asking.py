"""Asks keras-tuner or Optuna for a point of a search space."""

import contextlib

from keras_deep.tuning.entries import Choice
from keras_deep.tuning.entries import Floats
from keras_deep.tuning.entries import Integers
from keras_deep.tuning.entry_checks import text_of


def declare(space, hp):
    """Adds all entries of a space to keras-tuner's, inactive ones too.

    Args:
        space: `Space`.
        hp: `keras_tuner.HyperParameters`.
    """
    for name, entry in space.entries.items():
        _ask_keras_tuner(space, hp, name, entry)


def from_keras_tuner(space, hp):
    """Returns the point of a space that a keras-tuner trial has.

    Args:
        space: `Space`. Entries that `hp` lacks are added where they are
            active.
        hp: `keras_tuner.HyperParameters`. Where it has an entry of the same
            name of the user's, that counts.

    Returns:
        Dict of the names of active entries to values.
    """
    return space.sample(
        lambda name, entry: decoded(
            entry, _ask_keras_tuner(space, hp, name, entry)
        )
    )


def from_optuna(space, trial):
    """Returns the point of a space that an Optuna trial has.

    Args:
        space: `Space`.
        trial: `optuna.trial.Trial`, or what has its `suggest_` functions.

    Returns:
        Dict of the names of active entries to values.
    """
    return space.sample(
        lambda name, entry: decoded(entry, _ask_optuna(trial, name, entry))
    )


def encoded(entry, value):
    """Returns a value of an entry as search libraries can store it.

    They store ints, floats or strings of one choice, not tuples nor `None`,
    which become text.
    """
    if not isinstance(entry, Choice) or _is_plain(entry.values):
        return value
    return _texts(entry)[text_of(value)]


def decoded(entry, value):
    """Returns the value that a search library has stored as another."""
    if not isinstance(entry, Choice) or _is_plain(entry.values):
        return value
    known = {encoded(entry, found): found for found in entry.values}
    return known.get(value, value)


def _is_plain(values):
    kinds = {type(value) for value in values}
    return len(kinds) == 1 and kinds <= {int, float, str}


def _texts(entry):
    """Returns the texts of values: strings as they are, others as JSON."""
    exact = [text_of(value) for value in entry.values]
    texts = [
        value if isinstance(value, str) else text
        for value, text in zip(entry.values, exact)
    ]
    unique = len(set(texts)) == len(texts)
    return dict(zip(exact, texts if unique else exact))


def _ask_keras_tuner(space, hp, name, entry):
    with contextlib.ExitStack() as scopes:
        for other, values in entry.when:
            known = [encoded(space[other], value) for value in values]
            scopes.enter_context(hp.conditional_scope(other, known))
        sampling = "log" if getattr(entry, "log", False) else "linear"
        if isinstance(entry, Integers):
            return hp.Int(
                name,
                entry.low,
                entry.high,
                step=None if entry.log else entry.step,
                sampling=sampling,
                default=entry.default,
            )
        if isinstance(entry, Floats) and entry.step is None:
            return hp.Float(
                name,
                entry.low,
                entry.high,
                sampling=sampling,
                default=entry.default,
            )
        # Its own steps of floats miss the last one, and are 3 * 0.1.
        grid = isinstance(entry, Floats)
        values = entry.grid if grid else entry.values
        return hp.Choice(
            name,
            [encoded(entry, value) for value in values],
            default=encoded(entry, entry.default),
        )


def _ask_optuna(trial, name, entry):
    if isinstance(entry, Integers):
        return trial.suggest_int(
            name, entry.low, entry.high, step=entry.step, log=entry.log
        )
    if isinstance(entry, Floats):
        value = trial.suggest_float(
            name, entry.low, entry.high, step=entry.step, log=entry.log
        )
        return value if entry.step is None else round(value, 12)
    values = [encoded(entry, value) for value in entry.values]
    return trial.suggest_categorical(name, values)
