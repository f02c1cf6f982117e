"""When checkpoints are written, and by whom."""

import dataclasses
from collections.abc import Callable


@dataclasses.dataclass(frozen=True)
class Every:
    """How often a checkpoint is written beside those at the ends of epochs.

    Args:
        steps: int, or `None` for no number of steps.
        minutes: float, or `None` for no time.
        within: bool. Whether one may be written within an epoch at all: not
            where `Model.fit` trains, which cannot begin with a later step.
    """

    steps: int | None = None
    minutes: float | None = 10.0
    within: bool = True

    def __post_init__(self):
        for name in ("steps", "minutes"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ValueError(
                    f"Expected `{name}` between checkpoints to be positive, "
                    f"or None. Received: {name}={value!r}"
                )


@dataclasses.dataclass(frozen=True)
class Workers:
    """How several workers act as one; by default there is only one.

    Args:
        is_chief: bool. Only the chief reads and writes files.
        agree: function of a bool, whether this worker wants a checkpoint. It
            is called after every step and returns the same on all workers.
        broadcast: see `shared.from_chief`, or `None` if there is one worker.
    """

    is_chief: bool = True
    agree: Callable = bool
    broadcast: Callable | None = None
