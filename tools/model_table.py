#!/usr/bin/env python
"""Prints the README's table of models from the registry.

tools/model_table.py           prints it
tools/model_table.py --check   fails if the README has another one
"""

import pathlib
import sys

from keras_deep.analysis.profile import amount
from keras_deep.models.published import papers
from keras_deep.models.published import references
from keras_deep.models.registry import list_models


def table():
    """Returns the table as Markdown."""
    lines = [
        "| model | parameters | multiply-adds | paper |",
        "|---|--:|--:|---|",
    ]
    for name in list_models():
        counted = references(name)[0]
        title, address = papers(name)[0]
        lines.append(
            f"| `{name}` | {counted['trainable']:,} | "
            f"{amount(counted['multiply_adds'])} | [{title}]({address}) |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    readme = pathlib.Path(__file__).parents[1] / "README.md"
    if sys.argv[1:] == ["--check"]:
        if table() not in readme.read_text():
            sys.exit("README.md has another model table: paste this tool's.")
    else:
        print(table(), end="")
