"""Exports `.keras` files of networks that compute the same faster."""

from keras_deep.export.files import Exported
from keras_deep.export.files import checked_path
from keras_deep.export.optimized import in_plain_layers
from keras_deep.export.running import runner
from keras_deep.models.for_inference import for_inference
from keras_deep.models.saving import save
from keras_deep.models.unstack import unstacked
from keras_deep.utils.files import written_whole


def keras_file(model, path, *, optimize=True, overwrite=False):
    """Writes a network for inference as a `.keras` file, and checks it.

    Unlike `keras_deep.save` it writes a network that is not trained any more,
    of ordinary layers and in float32, with the card.

    Args:
        model: `keras.Model`.
        path: string or path that ends in `.keras`.
        optimize: bool. Whether to write a network that computes the same
            faster.
        overwrite: bool. Whether an existing file may be replaced.

    Returns:
        `pathlib.Path` of the file.

    Raises:
        FileExistsError: if the file exists and `overwrite` is not set.
        ValueError: if `path` has another ending, or the file computes
            something else than the model.
    """
    path = checked_path(path, ".keras", overwrite)
    exported = Exported(model, optimize=False)
    network = in_plain_layers(unstacked(exported.model))
    network = for_inference(network) if optimize else network
    with written_whole(path) as temporary:
        save(network, temporary, portable=True)
        exported.check(runner(temporary), path.name)
    return path
