"""The command line of `tools/benchmark`."""

import argparse
import pathlib

from benchmarks import convert
from benchmarks import depth
from benchmarks import inference
from benchmarks import scaling
from benchmarks import serving
from benchmarks import step
from benchmarks.text import positive

TOPICS = {
    topic.name: topic
    for topic in (
        *(convert.TOPIC, depth.TOPIC, inference.TOPIC),
        *(scaling.TOPIC, serving.TOPIC, step.TOPIC),
    )
}


def parse(words):
    """Parses the command line.

    Args:
        words: list of strings.

    Returns:
        `argparse.Namespace` with `topic` (`None` to list), `rounds`, `cases`,
        `output`, `force` and `options`, a dict of the topic's own.

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
        type=positive,
        help="how often each contender runs (default: "
        + ", ".join(f"{t.rounds} of {name}" for name, t in TOPICS.items())
        + ")",
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
    for topics, options in _groups().items():
        group = parser.add_argument_group(f"options of {topics}")
        for name, keywords in options.items():
            # Absent unless given: whether it is this topic's is seen below.
            keywords = {**keywords, "default": argparse.SUPPRESS}
            group.add_argument(f"--{name}", **keywords)
    arguments = parser.parse_args(words)
    if arguments.topic is not None:
        _complete(arguments, parser)
    return arguments


def _groups():
    """Returns a dict of the topics that share options to those options."""
    topics, keywords = {}, {}
    for topic in TOPICS.values():
        for name in topic.options:
            topics.setdefault(name, []).append(topic.name)
            keywords.setdefault(name, topic.options[name])
    groups = {}
    for name, names in topics.items():
        groups.setdefault(" and ".join(names), {})[name] = keywords[name]
    return groups


def _complete(arguments, parser):
    """Adds what depends on the topic, and refuses options of other ones."""
    topic = arguments.topic
    for name in set().union(*(t.options for t in TOPICS.values())):
        if hasattr(arguments, name) and name not in topic.options:
            parser.error(f"Expected no --{name} with {topic.name}.")
    arguments.options = {
        name: getattr(arguments, name, keywords["default"])
        for name, keywords in topic.options.items()
    }
    arguments.rounds = arguments.rounds or topic.rounds
    arguments.output = arguments.output or pathlib.Path(
        "runs/benchmark", topic.name
    )


def _topic(name):
    if name not in TOPICS:
        raise argparse.ArgumentTypeError(
            f"Expected one of {', '.join(TOPICS)}. Received: {name}"
        )
    return TOPICS[name]
