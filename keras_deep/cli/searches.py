"""What `keras-deep tune` searches, and what it shows in the end."""

from keras_deep.cli.tables import print_table
from keras_deep.utils.text import print_lines


def check_once(space, given, load):
    """Refuses what is both searched and given.

    Args:
        space: dict, as `searched` returns it.
        given: dict of fields of `Config`.
        load: dict of arguments of `data.load`.

    Raises:
        ValueError: if there is such a name.
    """
    for name in space:
        if name in given or name in load:
            raise ValueError(
                f"Expected {name} with --search or with another option. "
                f"Received: {({**given, **load})[name]!r} beside --search "
                f"{name}=..."
            )


def run_search(model, load, given, space, **arguments):
    from keras_deep import tuning
    from keras_deep.training import Config
    from keras_deep.tuning.recipe import USUAL

    def entry(known):
        if isinstance(known, list):
            return known
        *bounds, log = known
        whole = all(isinstance(bound, int) for bound in bounds)
        return (tuning.Integers if whole else tuning.Floats)(*bounds, log=log)

    return tuning.search(
        model,
        load,
        Config(**given),
        search={name: entry(known) for name, known in space.items()},
        # What is given is not searched.
        recipe=tuple(name for name in USUAL if name not in given),
        seed=given.get("seed"),
        **arguments,
    )


def print_search(result, output):
    from keras_deep.tuning.report import trials_table

    caption = (
        f"{len(result.trials)} trials in {result.seconds:.0f} s, "
        f"{len(result.rejected)} candidates rejected"
    )
    table = trials_table(
        *(result.trials, result.objective, result.direction),
        best_first=True,
        caption=caption,
    )
    print_table(table)
    lines = [] if result.why_ended is None else [result.why_ended]
    values = ", ".join(f"{k}={v}" for k, v in result.best.items())
    lines += [
        f"Best: trial {result.trial}, {result.objective} {result.score:.4f}, "
        f"with {values}.",
        f"Model: {result.model}. Tables and pictures: {output}.",
        f"To train it again: keras-deep train --config {result.config}",
    ]
    print_lines(lines)
