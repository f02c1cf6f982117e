"""Tables of which nothing is cut, however narrow the terminal is."""

from rich.console import Console
from rich.text import Text

# Of a column: its border and padding, and the least that is left of one which
# may wrap.
_EDGE, _LEAST = 3, 6


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
    if not console.is_terminal:
        options = console.options.update(width=10**6, max_width=10**6)
        width = console.measure(table, options=options).maximum
        console = Console(width=max(width, console.width))
    # Where the columns that do not wrap have no room, they would be cut.
    room = sum(_width(console, column) for column in table.columns)
    for column in table.columns:
        column.overflow = "fold"
        column.no_wrap = column.no_wrap and room < console.width
    console.print(table)


def _width(console, column):
    if not column.no_wrap:
        return _EDGE + _LEAST
    cells = (column.header, *column.cells)
    return _EDGE + max(console.measure(cell).maximum for cell in cells)
