"""Numbers in words."""


def shown(value):
    """Returns a number with three digits, or whole if it has more."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def spread_text(found):
    """Returns a median with its minimum and maximum."""
    low, high = shown(found["min"]), shown(found["max"])
    return f"{shown(found['median'])} ({low} to {high})"


def verdict(bar):
    """Returns whether a bar is met, "<= 1.5: met"; nothing for none."""
    if bar is None:
        return ""
    met = "met" if bar["met"] else "not met"
    return f"<= {shown(bar['at_most'])}: {met}"


def bar_of(case, measure, against):
    """Returns a case's bar on a ratio, or on the value, or `None`."""
    for bar in case["bars"]:
        if (bar["measure"], bar["against"]) == (measure, against):
            return bar
    return None
