"""The settings of a server."""

import dataclasses
import math

_MOST_WAIT = 60_000  # milliseconds


@dataclasses.dataclass(frozen=True)
class Options:
    """Settings of a server, all of which have a default.

    Args:
        batch_size: int, the most rows that are computed together; 1 for no
            batching.
        batch_timeout_ms: float, how long the first row waits for others while
            nothing else is computed. It does not if the last one was alone.
        threads: int, the batches of a signature that are computed at once.
        queue_size: int, the requests to a signature that may wait. More are
            answered with 503.
        timeout: float, the seconds in which a request must arrive, and those
            in which it must be answered.
        max_request_mb: float, the largest request. All that are held at once
            may have four times as much.
        max_megapixels: float, the pixels of all images that are decoded at
            once.
        max_connections: int, the connections that may be open.
        poll_seconds: float, how often the folders are looked at.
        versions: string: `"latest"`, `"all"` or numbers with commas between.
            Versions with a label are served, too.

    Raises:
        ValueError: if a setting is out of its range.
    """

    batch_size: int = 32
    batch_timeout_ms: float = 2.0
    threads: int = 1
    queue_size: int = 1000
    timeout: float = 30.0
    max_request_mb: float = 32.0
    max_megapixels: float = 32.0
    max_connections: int = 1024
    poll_seconds: float = 2.0
    versions: str = "latest"

    def __post_init__(self):
        for name in ("batch_size", "threads", "queue_size", "max_connections"):
            self._check(name, isinstance(getattr(self, name), int), 1, math.inf)
        self._check("batch_timeout_ms", True, 0, _MOST_WAIT)
        for name in ("timeout", "max_request_mb", "max_megapixels"):
            self._check(name, True, 1e-3, math.inf)
        self._check("poll_seconds", True, 1e-3, math.inf)
        self.wanted([])

    @property
    def max_request(self):
        """The bytes of the largest request."""
        return int(self.max_request_mb * 2**20)

    @property
    def max_pixels(self):
        """The pixels of all images that are decoded at once."""
        return int(self.max_megapixels * 1e6)

    def wanted(self, found):
        """Returns those of the sorted versions `found` that are to be served.

        Raises:
            ValueError: if `versions` has an unknown form.
        """
        if self.versions == "latest":
            return set(found[-1:])
        if self.versions == "all":
            return set(found)
        numbers = str(self.versions).split(",")
        if not all(number.strip().isdecimal() for number in numbers):
            raise ValueError(
                "Expected `versions` to be latest, all, or numbers such as "
                f"1,3. Received: {self.versions}"
            )
        return {int(number) for number in numbers} & set(found)

    def _check(self, name, of_type, least, most):
        value = getattr(self, name)
        # A NaN is in no range.
        if not of_type or not least <= value <= most:
            kind = "a number" if of_type else "an int"
            upper = "" if most == math.inf else f", and {most} at most"
            raise ValueError(
                f"Expected `{name}` to be {kind} of at least {least}{upper}. "
                f"Received: {value}"
            )
