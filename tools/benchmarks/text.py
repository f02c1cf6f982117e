"""Formats numbers and verdicts, and reads numbers."""

import argparse


def shown(value):
    """Formats a number with three digits, or as an integer if it has more."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def spread_text(found):
    """Formats a median with its minimum and maximum."""
    low, high = shown(found["min"]), shown(found["max"])
    return f"{shown(found['median'])} ({low} to {high})"


def verdict(bar):
    """Formats whether a bar is met, "<= 1.5: met"; `""` without a bar."""
    if bar is None:
        return ""
    met = "met" if bar["met"] else "not met"
    return f"<= {shown(bar['at_most'])}: {met}"


def bar_of(case, measure, against):
    """Returns a case's bar on a ratio or value, or `None`."""
    for bar in case["bars"]:
        if (bar["measure"], bar["against"]) == (measure, against):
            return bar
    return None


def positive(text):
    """Returns the positive int of a command line's option."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(
            f"Expected a number, 1 or more. Received: {text}"
        )
    return int(text)
