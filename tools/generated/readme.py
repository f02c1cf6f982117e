"""The table of models in README.md."""

from keras_deep.utils.text import amount

_HEAD = """\
| model | parameters | multiply-adds | paper |
|---|--:|--:|---|
"""


def readme(text, models):
    """Returns README.md with the table of a dict of names to `Model`.

    Args:
        text: string, the file with an earlier table.
        models: dict.

    Raises:
        ValueError: if there is no table.
    """
    before, head, rest = text.partition(_HEAD)
    if not head:
        raise ValueError(
            f"Expected README.md to hold a table of models, {_HEAD!r}."
        )
    lines = rest.splitlines(keepends=True)
    while lines and lines[0].startswith("|"):
        lines.pop(0)
    rows = [_row(name, model) for name, model in models.items()]
    return before + head + "".join(rows) + "".join(lines)


def _row(name, model):
    count = "- " if model.trainable is None else f"{model.trainable:,}"
    papers = [f"[{title}]({address})" for title, address in model.papers[:1]]
    return (
        f"| `{name}` | {count} | {amount(model.multiply_adds)} | "
        f"{''.join(papers)} |\n"
    )
