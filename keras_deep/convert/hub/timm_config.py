"""Reads the preprocessing in timm's `config.json`."""

import json

from keras_deep.convert.preprocessing import per_channel
from keras_deep.utils.preprocessing import CHOICES
from keras_deep.utils.preprocessing import Preprocessing

_NEEDED = {"input_size", "mean", "std", "crop_pct", "interpolation"}


def read_preprocessing(path):
    """Reads the preprocessing of the weights beside a `config.json`.

    Size and crop are timm's defaults, those of training, not its test settings
    (`test_input_size`, `test_crop_pct`).

    Args:
        path: `pathlib.Path`.

    Returns:
        `Preprocessing`, or `None` if the file is not timm's or has a crop mode
        or interpolation that this package lacks.

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
        # timm keeps the aspect ratio even if the crop is the whole side.
        resize=resize,
        crop=crop,
        interpolation=interpolation,
    )
