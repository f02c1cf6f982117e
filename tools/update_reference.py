#!/usr/bin/env python
"""Copies counts and published results from elsewhere into the project.

    tools/update_reference.py ../shared/reference/reference.json

Refreshes the rows in keras_deep/models/reference, which the command line shows
and the tests hold the models to: one file for each module of models. For a new
row write its `id` in that source, `model` and `arguments`; the rest is filled
in. A row of which the source knows nothing stays as it is, if its own `source`
begins with "formula" and says which, or with "counted": those are the rows of
tools/count_network.py, which needs no such file. The numbers are never computed
by this package.
"""

import json
import pathlib
import sys

FOLDER = pathlib.Path(__file__).parents[1] / "keras_deep/models/reference"


def refreshed(row, found):
    """Returns a row of the project with the numbers of the source's row."""
    headline = found.get("headline")
    return {
        "id": row["id"],
        "model": row["model"],
        "arguments": row["arguments"],
        "trainable": found["params_trainable"],
        "total": found["params_total"],
        "multiply_adds": found.get("madds"),
        "source": f"{found['source']}; {found['how_counted']}",
        "published": headline
        and {
            "dataset": headline["dataset"],
            "result": str(headline["value"]),
            "metric": headline["metric"],
            "source": headline["source"],
        },
    }


def refresh(path, source):
    """Refreshes the rows of a file.

    Args:
        path: `pathlib.Path`.
        source: dict of ids to rows of the source.

    Returns:
        The number of rows.
    """
    rows = json.loads(path.read_text())
    for row in rows:
        if row["id"] not in source and not _is_own(row):
            sys.exit(
                f"Expected the ids in {path.name} to be those of rows of the "
                f"source. Received: {row['id']!r}. Nothing was written there."
            )
    rows = [
        refreshed(row, source[row["id"]]) if row["id"] in source else row
        for row in rows
    ]
    path.write_text(json.dumps(rows, indent=1) + "\n")
    return len(rows)


def _is_own(row):
    return row.get("source", "").startswith(("formula", "counted"))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    rows = json.loads(pathlib.Path(sys.argv[1]).read_text())["rows"]
    source = {row["id"]: row for row in rows}
    for path in sorted(FOLDER.glob("*.json")):
        print(f"{path.name}: {refresh(path, source)} rows")


if __name__ == "__main__":
    main()
