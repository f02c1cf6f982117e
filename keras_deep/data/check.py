"""Checks the files of a data set before anything is trained on them."""

import collections
import functools

import numpy as np

from keras_deep.data.reading import check_image
from keras_deep.data.sources import Images
from keras_deep.utils.threads import in_threads

# Up to so many images all pixels are decoded, which takes seconds.
_FEW = 2000
_MANY = 1000  # images, from which on a bar shows the progress
_NAMED = 5  # files in a message


def check_files(splits, names, skip_unreadable=False):
    """Checks every image file, without decoding all of many.

    Args:
        splits: dict of split to `Images` or `Records`.
        names: tuple of class names.
        skip_unreadable: bool. Whether files that cannot be decoded are left
            out; then all pixels are decoded.

    Returns:
        Dict like `splits`, of `Images` with headers; dict of the paths of the
        files that are left out to the reasons; and list of notes.

    Raises:
        ValueError: if a file cannot be decoded, or a class has none that can.
    """
    files = {k: s for k, s in splits.items() if has_files(s)}
    count = sum(map(len, files.values()))
    decode = skip_unreadable or count <= _FEW
    paths = [str(path) for source in files.values() for path in source.x]
    found = iter(_headers(paths, decode))
    skipped, broken, oriented = {}, {}, []
    checked = dict(splits)
    for split, source in files.items():
        headers = [next(found) for _ in source.x]
        kept = np.array([not isinstance(h, str) for h in headers], bool)
        for path, header in zip(source.x, headers):
            if isinstance(header, str):
                broken[str(path)] = header
            elif header.oriented:
                oriented.append(str(path))
        sides = [h[:3] for h in headers if not isinstance(h, str)]
        checked[split] = Images(
            source.x[kept],
            source.y[kept],
            np.array(sides, "int32").reshape(-1, 3),
        )
        skipped |= source.skipped
    if broken and not skip_unreadable:
        raise ValueError(_refusal(broken, count))
    if broken:
        _refuse_lost_classes(splits["train"], checked["train"], names, broken)
    return checked, skipped | broken, _notes(skipped, broken, oriented)


def has_files(source):
    """Returns whether a split's images are files, each with a path."""
    return isinstance(source, Images) and not source.in_memory


def _headers(paths, decode):
    """Yields the `Header` of each file, or the reason why it has none."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    yield from track(
        in_threads(functools.partial(_header, decode=decode), paths),
        "Checking images",
        total=len(paths),
        console=console,
        transient=True,
        disable=len(paths) < _MANY or not console.is_terminal,
    )


def _header(path, decode):
    try:
        return check_image(path, decode)
    except FileNotFoundError:
        return "a link to a file that does not exist"
    except ValueError as error:
        return error.reason


def _refuse_lost_classes(before, after, names, broken):
    for label in sorted({*before.y} - {*after.y}):
        raise ValueError(
            f"Expected class {names[label]!r} to hold images that can be "
            f"decoded. Received: none; {_listed(broken)}"
        )


def _refusal(broken, count):
    return (
        f"Expected {count} images that can be decoded. Received: "
        f"{len(broken)} that cannot: {_listed(broken)}. Repair or remove "
        "them, or pass `skip_unreadable=True` (`--skip-unreadable`)."
    )


def _listed(files):
    named = [f"{path!r} ({reason})" for path, reason in files.items()]
    return _shortened(named)


def _shortened(words):
    more = len(words) - _NAMED
    shown = ", ".join(words[:_NAMED])
    return f"{shown} and {more} more" if more > 0 else shown


def _notes(skipped, broken, oriented):
    groups = collections.defaultdict(list)
    for path, reason in skipped.items():
        groups[reason].append(repr(path))
    notes = [
        f"Skipped {_files(len(paths))} ({reason}): {_shortened(paths)}"
        for reason, paths in groups.items()
    ]
    if broken:
        notes.append(
            f"Skipped {_files(len(broken))} (unreadable): {_listed(broken)}"
        )
    if oriented:
        notes.append(
            f"Not turned upright: {_files(len(oriented))} with an EXIF "
            "orientation, which is not applied, neither in training nor in "
            f"prediction: {_shortened([repr(path) for path in oriented])}"
        )
    return notes


def _files(count):
    return f"{count} file{'s' * (count != 1)}"


def class_notes(splits, classes, names):
    """Returns notes of the classes that a split lacks.

    Args:
        splits: dict of split to `Images` or `Records`.
        classes: int, number of classes.
        names: tuple of class names, or `None`.
    """
    labels = {
        split: set(splits[split].y.tolist())
        for split in ("train", "validation", "test")
        if hasattr(splits.get(split), "y")
    }
    return [
        f"No {split} images of {len(lacked)} of {classes} classes: "
        + _shortened([repr(names[i] if names else i) for i in lacked])
        for split, held in labels.items()
        if (lacked := sorted({*range(classes)} - held))
    ]
