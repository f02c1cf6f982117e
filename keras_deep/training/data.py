"""Loads the data of a training run and says what it is."""

import keras

from keras_deep.models.registry import entry_of

_NAMED = 20  # classes


def load_data(build, data):
    """Loads the data set that a model is to be trained on.

    Larger images, such as photos, are brought to the model's own size, unless
    the arguments give another.

    Args:
        build: as in `fit`.
        data: `Data`, which is returned, or a dict of the arguments of
            `keras_deep.data.load`.
    """
    if not isinstance(data, dict):
        return data
    from keras_deep.data import load

    return load(**{"large_size": _own_size(build), **data})


def _own_size(build):
    """Returns the side of a model's images, or `None` if it has none."""
    if isinstance(build, keras.Model):
        return _side(build.input_shape[1:])
    name, arguments = build if isinstance(build, tuple) else (build, {})
    if not isinstance(name, str):
        return None
    if arguments.get("input_shape"):
        return _side(arguments["input_shape"])
    entry = entry_of(name)
    if entry.kind != "image":
        return None
    shape, _ = entry.record.images_of({**entry.arguments, **arguments})
    return shape[0]


def _side(shape):
    first = keras.config.image_data_format() == "channels_first"
    sides = shape[1:] if first else shape[:2]
    known = len(shape) == 3 and isinstance(sides[0], int)
    return sides[0] if known and sides[0] == sides[1] else None


def describe(data):
    """Returns lines that say what a `Data` holds.

    Args:
        data: `keras_deep.data.Data`.
    """
    counts = [
        f"{data.sizes[split]:,} {text}"
        for split, text in (
            ("train", "training"),
            ("validation", "validation"),
            ("test", "test"),
        )
        if split in data.sizes
    ]
    size = " x ".join(map(str, data.shape))
    listed = " and ".join(filter(None, (", ".join(counts[:-1]), counts[-1])))
    lines = [f"Data: {listed} images of {size}"]
    if data.class_names:
        more = data.classes - _NAMED
        lines.append(
            f"Classes ({data.classes}): {', '.join(data.class_names[:_NAMED])}"
            + (f" and {more} more" if more > 0 else "")
        )
    if "large_size" in data.arguments:
        lines.append(
            f"The images are brought to {data.arguments['large_size']} pixels, "
            "the model's own size; `--image-size` (`image_size`) gives another."
        )
    batch = data.arguments.get("batch_size", 0)
    if batch > data.sizes["train"]:
        lines.append(
            f"A batch of {batch} is more than all {data.sizes['train']} "
            "training images, so an epoch is a single step; `--batch-size` "
            "(`batch_size`) gives a smaller one."
        )
    return lines
