"""Tables of which nothing is cut, however narrow the terminal is."""

from rich.console import Console
from rich.text import Text


def add_row(table, *values, style=None):
    """Adds a row of texts as they are: brackets are no markup."""
    table.add_row(*(Text(str(value)) for value in values), style=style)


def print_table(table):
    """Prints a table.

    Where it goes to a file or a pipe, every row is a line, so that paths and
    hashes can be searched for. On a terminal, what is too long goes on below.

    Args:
        table: `rich.table.Table`.
    """
    console = Console()
    options = console.options.update(width=10**6, max_width=10**6)
    least, most = console.measure(table, options=options)
    if not console.is_terminal:
        console = Console(width=max(most, console.width))
    for column in table.columns:
        column.overflow = "fold"
        column.no_wrap = column.no_wrap and least <= console.width
    console.print(table)
