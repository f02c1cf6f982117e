"""Runs a topic: processes, result, table and plot."""

import datetime
import subprocess
import sys

from benchmarks.arguments import parse
from benchmarks.environments import peer_python
from benchmarks.machine import machine
from benchmarks.machine import revision
from benchmarks.processes import Crash
from benchmarks.processes import reported
from benchmarks.processes import start
from benchmarks.report import print_report
from benchmarks.report import write_report
from benchmarks.rounds import run_case
from benchmarks.text import shown


def main(words):
    """Runs the topic of the command line and returns the exit status.

    Returns:
        0, whether or not the bars are met; 1 if a contender crashed or the
        topic could not run.
    """
    from keras_deep.utils.files import refuse_existing

    arguments = parse(words)
    topic, output = arguments.topic, arguments.output
    try:
        if not arguments.force:
            way_out = "Give another --output, or --force to replace it."
            refuse_existing(output / "result.json", way_out)
        made = topic.cases(output.resolve(), **arguments.options)
        cases = choose(made, arguments.cases)
        pythons = {"ours": sys.executable, "peers": peer_python(topic)}
        for result in run(topic, cases, output, arguments.rounds, pythons):
            # Whole after every case, so that a stop loses only one.
            write_report({**result, "options": arguments.options}, output)
    except (Crash, OSError, ValueError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 1
    print_report(result)
    print(f"Wrote {output}/result.json and result.png")
    return int(any("crash" in case for case in result["cases"]))


def choose(cases, text):
    """Returns the list of cases with a text in their name.

    Raises:
        ValueError: if there are none.
    """
    cases = list(cases)
    chosen = [case for case in cases if text in case.name]
    if not chosen:
        names = ", ".join(case.name for case in cases)
        raise ValueError(
            f"Expected `--cases` with text of one of {names}. Received: {text}"
        )
    return chosen


def run(topic, cases, output, rounds, pythons):
    """Prepares a topic, measures its cases and yields the result of each.

    Args:
        topic: `Topic`.
        cases: list of its `Case`s.
        output: `pathlib.Path` of the folder for the topic's prepared files.
        rounds: int.
        pythons: dict of `"ours"` and `"peers"` to an interpreter.

    Yields:
        JSON-serializable dict of all cases so far, with the names of those
        that are `unfinished`.

    Raises:
        Crash: if the preparation fails.
    """
    output = output.resolve()
    output.mkdir(parents=True, exist_ok=True)
    result = {
        "topic": topic.name,
        "date": datetime.datetime.now(datetime.UTC).isoformat("T", "seconds"),
        "revision": revision(),
        "machine": machine(),
        "rounds": rounds,
        "cases": [],
    }
    for contender in topic.prepare(output):
        print(f"prepare: {contender.name}", flush=True)
        start(contender, pythons)
    for done, case in enumerate(cases, 1):
        result["cases"].append(_measure(case, rounds, pythons))
        result["unfinished"] = [later.name for later in cases[done:]]
        yield result


def _measure(case, rounds, pythons):
    def once(contender):
        return reported(start(contender, pythons), case.measures)

    def finished(contender, number, values):
        words = ", ".join(
            f"{name} {shown(value)} {case.measures[name]}"
            for name, value in values.items()
        )
        print(
            f"{case.name}, {number}/{rounds}, {contender.name}: {words}",
            flush=True,
        )

    return run_case(case, rounds, once, finished)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
