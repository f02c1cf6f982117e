"""Numbers and lines as people read them."""


def amount(number):
    """Returns a number with three digits and a unit: 4.09 G.

    Of `None`, which nobody counted, it is a dash.
    """
    if number is None:
        return "- "
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if number >= size:
            return f"{number / size:.3g} {unit}"
    return f"{number} "


def print_lines(lines):
    """Prints lines as they are."""
    from rich.console import Console

    console = Console()
    for line in lines:
        print_plain(console, line)


def print_plain(console, text, style=None):
    """Prints a text as it is: nothing is cut, `[a]` and `:x:` mean nothing.

    Args:
        console: `rich.console.Console`.
        text: string.
        style: string of `rich`, such as `"red"`.
    """
    console.print(
        text,
        style=style,
        markup=False,
        highlight=False,
        emoji=False,
        soft_wrap=True,
    )


def enumerated(names, most=5):
    """Returns the first names with commas, and how many more there are."""
    more = len(names) - most
    told = ", ".join(names[:most])
    return f"{told} and {more} more" if more > 0 else told
