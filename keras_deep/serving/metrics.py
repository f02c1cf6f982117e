"""Counts, in the text format of Prometheus."""

import bisect
import itertools
import threading

PATH = "/monitoring/prometheus/metrics"
REQUESTS = ":tensorflow:serving:request_count"
LATENCY = ":tensorflow:serving:request_latency"
RUNTIME = ":tensorflow:serving:runtime_latency"
BATCH_ROWS = "keras_deep:serving:batch_rows"
QUEUED = "keras_deep:serving:queued_rows"
CONNECTIONS = "keras_deep:serving:connections"
HELD = "keras_deep:serving:request_bytes_held"

# Microseconds, and rows: each 1.8 times the one before, as TF Serving has them.
_TIMES = [10 * 1.8**power for power in range(33)]
_ROWS = [2**power for power in range(13)]

_HELP = {
    REQUESTS: ("counter", "Requests, by model and what became of them."),
    LATENCY: ("histogram", "Microseconds from a whole request to its answer."),
    RUNTIME: ("histogram", "Microseconds of a batch's computation."),
    BATCH_ROWS: ("histogram", "Rows that were computed together."),
    QUEUED: ("gauge", "Rows that wait to be computed."),
    CONNECTIONS: ("gauge", "Open connections."),
    HELD: ("gauge", "Bytes of the requests that are not answered yet."),
}
_BOUNDS = {LATENCY: _TIMES, RUNTIME: _TIMES, BATCH_ROWS: _ROWS}


class Metrics:
    """Counters, histograms and gauges, for any thread."""

    def __init__(self):
        self._lock = threading.Lock()
        self._counts = {}
        self._histograms = {}
        self._gauges = {}

    def count(self, name, **labels):
        """Adds one to a counter."""
        key = (name, _labels(labels))
        with self._lock:
            self._counts[key] = self._counts.get(key, 0) + 1

    def observe(self, name, value, **labels):
        """Adds a value to a histogram."""
        key = (name, _labels(labels))
        bounds = _BOUNDS[name]
        with self._lock:
            found = self._histograms.setdefault(
                key, [[0] * (len(bounds) + 1), 0.0]
            )
            found[0][bisect.bisect_left(bounds, value)] += 1
            found[1] += value

    def gauge(self, name, read):
        """Adds a function that returns the present value of a gauge."""
        self._gauges[name] = read

    def text(self):
        """Returns the page that Prometheus reads."""
        with self._lock:
            counts = dict(self._counts)
            histograms = {
                key: (list(buckets), total)
                for key, (buckets, total) in self._histograms.items()
            }
        lines = []
        for name, (kind, help_text) in _HELP.items():
            lines += [f"# HELP {name} {help_text}", f"# TYPE {name} {kind}"]
            if kind == "gauge" and name in self._gauges:
                lines.append(f"{name} {self._gauges[name]()}")
            for (other, labels), value in counts.items():
                if other == name:
                    lines.append(f"{name}{_braces(labels)} {value}")
            for (other, labels), found in histograms.items():
                if other == name:
                    lines += _histogram(name, labels, *found)
        return "\n".join(lines) + "\n"


def _histogram(name, labels, buckets, total):
    bounds = [f"{bound:.10g}" for bound in _BOUNDS[name]] + ["+Inf"]
    sums = list(itertools.accumulate(buckets))
    for bound, count in zip(bounds, sums):
        inside = ",".join(filter(None, (labels, f'le="{bound}"')))
        yield f"{name}_bucket{{{inside}}} {count}"
    yield f"{name}_sum{_braces(labels)} {total:.10g}"
    yield f"{name}_count{_braces(labels)} {sums[-1]}"


def _braces(labels):
    return f"{{{labels}}}" if labels else ""


def _labels(labels):
    return ",".join(f'{key}="{_escaped(x)}"' for key, x in labels.items())


def _escaped(text):
    for old, new in (("\\", r"\\"), ('"', r"\""), ("\n", r"\n")):
        text = str(text).replace(old, new)
    return text
