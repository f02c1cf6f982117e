"""The definition of a topic of `tools/benchmark`: a table of cases."""

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True)
class Contender:
    """One way to do the work of a case, run in its own process.

    The process measures itself and prints its values as the last line, with
    `benchmarks.measure.report`.

    Args:
        name: string.
        environment: `"ours"` or `"peers"`, whose Python runs it.
        arguments: tuple of strings, Python's arguments: a script, or `-m` and
            a module, with its arguments. It runs in the repository's root.
        variables: dict of environment variables.
    """

    name: str
    environment: str
    arguments: tuple
    variables: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Bar:
    """A limit for the first contender of a case.

    Args:
        measure: string, one of the case's measures.
        at_most: float, the largest median that meets the bar.
        against: string, the contender whose value divides the first one's, or
            `None` for the value itself.
    """

    measure: str
    at_most: float
    against: str | None = None


@dataclasses.dataclass(frozen=True)
class Case:
    """Contenders that do the same work, and the measures.

    Args:
        name: string.
        contenders: tuple of `Contender`. The first is compared with each of
            the others; it may be alone.
        measures: dict of measure to unit. Every contender reports a positive
            number for each.
        bars: tuple of `Bar`.

    Raises:
        ValueError: if two contenders share a name, or a bar has an unknown
            measure or contender.
    """

    name: str
    contenders: tuple
    measures: dict
    bars: tuple = ()

    def __post_init__(self):
        names = [contender.name for contender in self.contenders]
        if not names or len(set(names)) < len(names):
            raise ValueError(
                f"Expected contenders of different names in the case "
                f"{self.name!r}. Received: {names}"
            )
        for bar in self.bars:
            if bar.measure not in self.measures or (
                bar.against is not None and bar.against not in names[1:]
            ):
                raise ValueError(
                    f"Expected bars of {list(self.measures)} against one of "
                    f"{names[1:]} in the case {self.name!r}. Received: {bar}"
                )


@dataclasses.dataclass(frozen=True)
class Topic:
    """A question and the cases that answer it.

    Args:
        name: string.
        summary: string, one line.
        cases: function of the output folder, and of the topic's own options by
            name, that returns the cases.
        peers: tuple of pip requirements of the peers' environment, empty if no
            contender needs one.
        prepare: function of the output folder that returns contenders to run
            once before the cases; they report nothing.
        options: dict of an option's name to the keywords of argparse's
            `add_argument`, with a `default`.
        rounds: int, how often each contender runs if nothing else is wanted.
    """

    name: str
    summary: str
    cases: Any
    peers: tuple = ()
    prepare: Any = lambda folder: ()
    options: dict = dataclasses.field(default_factory=dict)
    rounds: int = 5
