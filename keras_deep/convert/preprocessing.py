"""What images need before published weights, by who published them."""

import keras

IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def preprocessing(
    mean,
    std=(1, 1, 1),
    side=224,
    crop=224 / 256,
    interpolation="bilinear",
    order="RGB",
    scale=1,
):
    """Makes the record of what images need, see `keras_deep.data.preprocess`.

    Args:
        mean: three numbers, of the channels in `order`.
        std: three numbers.
        side: int, height and width of the images.
        crop: float, side over the shorter side after resizing.
        interpolation: string, `"bilinear"` or `"bicubic"`.
        order: `"RGB"` or `"BGR"`.
        scale: number that `mean` and `std` are multiplied by: 255 where they
            are those of images from 0 to 1.

    Returns:
        Dict that can be written as JSON.
    """
    return {
        "shape": [side, side, 3],
        "range": [0, 255],
        "mean": [value * scale for value in mean],
        "std": [value * scale for value in std],
        "resize": "center_crop" if crop < 1 else "stretch",
        "crop": crop,
        "interpolation": interpolation,
        "order": order,
    }


TORCHVISION = preprocessing(IMAGENET_MEAN, IMAGENET_STD, scale=255)


def cifar(mean, std):
    """Makes the record for images of 32 pixels that are taken whole.

    Args:
        mean: three numbers from 0 to 1.
        std: three numbers from 0 to 1.
    """
    return preprocessing(mean, std, side=32, crop=1, scale=255)


def for_input(found, model):
    """Returns a record of what images need, for the input of a model.

    Args:
        found: dict as `preprocessing` makes it, or `None`.
        model: `keras.Model` of images.

    Returns:
        Dict with the model's height and width, where they are fixed. Where it
        takes another number of channels, each has the mean over the channels.
    """
    if found is None:
        return None
    shape = list(model.input_shape[1:])
    if keras.config.image_data_format() == "channels_first":
        shape = [*shape[1:], shape[0]]
    shape = [side or old for side, old in zip(shape, found["shape"])]
    found = {**found, "shape": shape}
    if shape[-1] != 3:
        for key in ("mean", "std"):
            average = sum(found[key]) / len(found[key])
            found[key] = [average] * shape[-1]
    return found
