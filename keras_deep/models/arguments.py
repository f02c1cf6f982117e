"""Errors about arguments of builders that no check of theirs has refused."""

import contextlib
import math
import numbers

# What Python and Keras raise where they cannot compute with a value.
_RAW = (TypeError, ValueError, ArithmeticError)


@contextlib.contextmanager
def named_arguments(name, arguments, defaults):
    """Names the call, and the argument if one is of a wrong type, in errors.

    Errors of this package, which begin with "Expected", stay as they are, and
    so do all where an argument is a function: it may be at fault.

    Args:
        name: string, the builder.
        arguments: dict of all arguments.
        defaults: dict of their defaults.
    """
    try:
        yield
    except _RAW as error:
        given = {k: v for k, v in arguments.items() if v is not defaults[k]}
        if str(error).startswith("Expected") or any(
            map(callable, given.values())
        ):
            raise
        for key, value in given.items():
            wanted = _other_type(value, defaults[key])
            if wanted:
                raise ValueError(
                    f"Expected `{key}` of {name} to be {wanted}, such as "
                    f"{defaults[key]}. Received: {key}={value!r}"
                ) from error
        call = ", ".join(f"{key}={value!r}" for key, value in given.items())
        raise ValueError(
            "Expected arguments that a network can be built with. Received: "
            f"{name} with {call}, for which Keras says: {error}"
        ) from error


def _other_type(value, default):
    """Returns what a value should be, or `None` if it is like the default."""
    # A bool is an int, too; NumPy's numbers are neither `int` nor `float`.
    is_bool = isinstance(value, bool)
    if isinstance(default, bool):
        return None if is_bool else "a bool"
    if isinstance(default, int):
        fits = isinstance(value, numbers.Integral) and not is_bool
        return None if fits else "an int"
    if isinstance(default, float):
        fits = isinstance(value, numbers.Real) and not is_bool
        return None if fits and math.isfinite(value) else "a finite number"
    return None
