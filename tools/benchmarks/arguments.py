"""The command line of `tools/benchmark`."""

import argparse
import pathlib

from benchmarks import convert
from benchmarks import depth

TOPICS = {topic.name: topic for topic in (convert.TOPIC, depth.TOPIC)}


def parse(words):
    """Parses the command line.

    Args:
        words: list of strings.

    Returns:
        `argparse.Namespace` with `topic` (`None` to list), `rounds`, `cases`,
        `output` and `force`.

    Raises:
        SystemExit: with status 2, if an argument is invalid.
    """
    parser = argparse.ArgumentParser(
        prog="tools/benchmark",
        description="Compares this package with others, each run in a fresh "
        "process. Without a topic, lists the topics.",
    )
    parser.add_argument("topic", nargs="?", metavar="TOPIC", type=_topic)
    parser.add_argument(
        "--rounds",
        type=_rounds,
        default=5,
        help="how often each contender runs (default: 5)",
    )
    parser.add_argument(
        "--cases",
        default="",
        metavar="TEXT",
        help="only the cases that have this text in their name",
    )
    parser.add_argument(
        "--output",
        type=pathlib.Path,
        metavar="FOLDER",
        help="where the result goes, from the repository's root (default: "
        "runs/benchmark/TOPIC)",
    )
    parser.add_argument(
        "--force", action="store_true", help="replace an existing result"
    )
    arguments = parser.parse_args(words)
    if arguments.topic and arguments.output is None:
        arguments.output = pathlib.Path("runs/benchmark", arguments.topic.name)
    return arguments


def _topic(name):
    if name not in TOPICS:
        raise argparse.ArgumentTypeError(
            f"Expected one of {', '.join(TOPICS)}. Received: {name}"
        )
    return TOPICS[name]


def _rounds(text):
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(
            f"Expected a number of rounds, 1 or more. Received: {text}"
        )
    return int(text)
