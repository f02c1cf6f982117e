"""The place in an epoch where a training goes on."""


def check_step(step, steps):
    """Returns the number of steps to leave out of an epoch.

    Args:
        step: int.
        steps: int, steps of the whole epoch.

    Raises:
        ValueError: if the epoch has no such place.
    """
    if type(step) is not int or not 0 <= step <= steps:
        raise ValueError(
            f"Expected `step` to be an int from 0 to {steps}, the steps of an "
            f"epoch. Received: step={step!r}. Another batch size or other "
            "data have other steps."
        )
    return step
