"""Formats untrusted values of files for error messages."""


def shown(value):
    """Formats a string or int in at most 80 printable ASCII characters.

    Of other values, which may be nested without end, only the type is shown.
    """
    if type(value) not in (str, int):
        return f"an object of type {type(value).__name__}"
    text = ascii(str(value))[1:-1]
    return text if len(text) <= 80 else f"{text[:77]}..."
