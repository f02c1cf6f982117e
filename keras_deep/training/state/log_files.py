"""Logs that grow during a training, and how they are cut back to a moment."""

import os
import pathlib

_EVENTS = "events.out.tfevents.*"


def event_sizes(folder):
    """Returns the sizes of TensorBoard's files by their path in a folder."""
    folder = pathlib.Path(folder)
    return {
        path.relative_to(folder).as_posix(): path.stat().st_size
        for path in sorted(folder.rglob(_EVENTS))
    }


def cut_events(folder, sizes):
    """Cuts TensorBoard's files back to their sizes of then.

    Those that there were not are removed.
    """
    folder = pathlib.Path(folder)
    for name in event_sizes(folder):
        path = folder / name
        if name in sizes:
            cut(path, sizes[name])
        else:
            path.unlink()


def cut(path, size):
    """Cuts a file back to a size; a shorter one is left as it is."""
    if os.path.exists(path) and os.path.getsize(path) > size:
        os.truncate(path, size)
