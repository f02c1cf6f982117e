"""Files of a run, read strictly."""

import csv
import json


def strict_json(path):
    """Reads a JSON file as readers other than Python's do."""

    def refuse(word):
        raise ValueError(word)

    return json.loads(path.read_text(), parse_constant=refuse)


def table(path):
    """Reads a `.csv` file as a list of dicts of strings."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))
