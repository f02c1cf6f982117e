"""What timm's `config.json` says of images."""

import json

from keras_deep.convert.preprocessing import per_channel
from keras_deep.utils.preprocessing import CHOICES
from keras_deep.utils.preprocessing import Preprocessing

_NEEDED = {"input_size", "mean", "std", "crop_pct", "interpolation"}


def read_preprocessing(path):
    """Returns what images need before the weights beside a `config.json`.

    Size and crop are those of training, which timm takes unless it is asked
    for those of its tests (`test_input_size`, `test_crop_pct`).

    Args:
        path: `pathlib.Path`.

    Returns:
        `Preprocessing`, or `None` if the file is not timm's or asks for
        something else than the middle of a resized image.

    Raises:
        ValueError: if the file cannot be read.
    """
    try:
        config = json.loads(path.read_text())
        # Older files have no inner dict.
        config = config.get("pretrained_cfg", config)
        return _convert(config) if _NEEDED <= config.keys() else None
    except (ValueError, TypeError, AttributeError) as error:
        raise ValueError(
            f"Expected {str(path)!r} to be JSON as timm writes it. "
            f"Received: {error}"
        ) from error


def _convert(config):
    interpolation = config["interpolation"]
    mode, crop = config.get("crop_mode", "center"), config["crop_pct"]
    resize = {"center": "center_crop", "squash": "stretch"}.get(mode)
    if interpolation not in CHOICES["interpolation"] or resize is None:
        return None
    if resize == "stretch" and crop != 1:
        return None
    channels, height, width = config["input_size"]
    mean, std = (
        per_channel([255 * float(value) for value in config[key]], channels)
        for key in ("mean", "std")
    )
    return Preprocessing(
        shape=(height, width, channels),
        mean=mean,
        std=std,
        # An image of 3 by 2 keeps its shape under timm even if nothing is cut.
        resize=resize,
        crop=crop,
        interpolation=interpolation,
    )
