"""The record of how images are prepared for a network."""

import collections.abc
import dataclasses
import operator

import numpy as np

from keras_deep.utils.errors import did_you_mean

# Side of the center crop over the resized shorter side.
CROP_FRACTION = 224 / 256
_RANGE = [0, 255]
CHOICES = {
    "resize": ("stretch", "center_crop"),
    "interpolation": ("nearest", "bilinear", "bicubic", "lanczos"),
    "order": ("RGB", "BGR"),
}


@dataclasses.dataclass(frozen=True)
class Preprocessing:
    """How images are prepared for a network.

    Its input is `(image - mean) / std`, where the values of `image` are from
    0 to 255 and its channels in `order`.

    Args:
        shape: height, width and channels.
        mean: floats from 0 to 255, one per channel or one per value of the
            image.
        std: like `mean`, above 0.
        resize: how an image of another size is brought to `shape`: `"stretch"`
            resizes it as it is, `"center_crop"` resizes its shorter side to
            that of `shape` over `crop` and cuts out the center.
        crop: float in `(0, 1]`.
        interpolation: `"nearest"`, `"bilinear"`, `"bicubic"` or `"lanczos"`.
        order: `"RGB"` or `"BGR"`.

    Raises:
        ValueError: if a field is invalid.
    """

    shape: tuple
    mean: tuple
    std: tuple
    resize: str
    crop: float = CROP_FRACTION
    interpolation: str = "bilinear"
    order: str = "RGB"

    def __post_init__(self):
        for name, choices in CHOICES.items():
            if getattr(self, name) not in choices:
                raise _wrong(name, f"one of {choices}", getattr(self, name))
        self._set("shape", _shape(self.shape))
        self._set("crop", _crop(self.crop))
        self._set("mean", _numbers("mean", self.mean, self.shape))
        self._set("std", _numbers("std", self.std, self.shape))
        if np.min(self.std) <= 0:
            raise _wrong("std", "above 0", self.std)

    def _set(self, name, value):
        object.__setattr__(self, name, value)

    def to_dict(self):
        """Returns the record as a JSON-serializable dict."""
        return {
            "shape": list(self.shape),
            "range": list(_RANGE),
            "mean": np.array(self.mean).tolist(),
            "std": np.array(self.std).tolist(),
            "resize": self.resize,
            "crop": self.crop,
            "interpolation": self.interpolation,
            "order": self.order,
        }


_FIELDS = {field.name: field for field in dataclasses.fields(Preprocessing)}
_NEEDED = [
    name
    for name, field in _FIELDS.items()
    if field.default is dataclasses.MISSING
]


def as_preprocessing(record):
    """Converts a record of any form to a `Preprocessing`.

    Args:
        record: `Preprocessing`, or a dict as its `to_dict` returns it. Fields
            that older dicts lack get their defaults.

    Raises:
        ValueError: if it is neither, or a field is missing or invalid.
    """
    if isinstance(record, Preprocessing):
        return record
    if not isinstance(record, collections.abc.Mapping):
        raise ValueError(
            "Expected `preprocessing` to be a dict, such as the "
            f"`preprocessing` of a card. Received: {record!r}"
        )
    fields = dict(record)
    found = fields.pop("range", _RANGE)
    if found not in (_RANGE, tuple(_RANGE)):
        raise _wrong("range", _RANGE, found)
    for name in fields:
        if name not in _FIELDS:
            raise ValueError(
                f"Expected `preprocessing` to have {[*_FIELDS, 'range']}. "
                f"Received: {name!r}.{did_you_mean(name, _FIELDS)}"
            )
    if not set(_NEEDED) <= set(fields):
        raise ValueError(
            f"Expected `preprocessing` to have {_NEEDED}. Received: "
            f"{list(fields)}"
        )
    return Preprocessing(**fields)


def _wrong(name, expected, received):
    return ValueError(
        f"Expected `{name}` of `preprocessing` to be {expected}. Received: "
        f"{name}={str(received)[:80]}"
    )


def _shape(values):
    try:
        shape = tuple(operator.index(side) for side in values)
    except TypeError:
        shape = ()
    if len(shape) != 3 or min(shape) < 1:
        raise _wrong("shape", "height, width and channels", values)
    return shape


def _crop(value):
    if not isinstance(value, (int, float)) or not 0 < value <= 1:
        raise _wrong("crop", "a float in (0, 1]", value)
    return float(value)


def _numbers(name, values, shape):
    """Returns finite numbers, one per channel or value, as nested tuples."""
    try:
        array = np.atleast_1d(np.asarray(values, float))
        finite = np.isfinite(np.broadcast_to(array, shape)).all()
    except (TypeError, ValueError):
        finite = False
    if not finite:
        expected = f"one number for each channel of {shape}, or an image"
        raise _wrong(name, expected, values)
    return _tuples(array.tolist())


def _tuples(values):
    return tuple(map(_tuples, values)) if isinstance(values, list) else values
