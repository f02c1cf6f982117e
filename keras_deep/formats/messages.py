"""What error messages show of files that nobody has checked yet."""


def shown(value):
    """Returns at most 80 printable ASCII characters of a text or a number.

    Anything else, which may be nested without end, shows its type only.
    """
    if type(value) not in (str, int):
        return f"an object of type {type(value).__name__}"
    text = ascii(str(value))[1:-1]
    return text if len(text) <= 80 else f"{text[:77]}..."
