"""What the exports to files share: checks before, the network, checks after."""

import pathlib

import keras

from keras_deep.export.comparison import arrays
from keras_deep.export.comparison import check_difference
from keras_deep.export.comparison import difference
from keras_deep.export.comparison import named_inputs
from keras_deep.export.comparison import sample_inputs
from keras_deep.export.optimized import network_of
from keras_deep.export.outputs import input_name
from keras_deep.models.nested import as_functional
from keras_deep.utils.files import check_new_file

# Of the largest output: other programs add in another order.
TOLERANCE = 1e-4
WAY_OUT = "Pass `overwrite=True` (`--force`) to replace it."


def checked_path(path, ending, overwrite):
    """Returns the path of a new file, before long work.

    Raises:
        ValueError: if it has another ending.
        OSError: if the file exists, or nothing can be written there.
    """
    path = pathlib.Path(path)
    if path.suffix != ending:
        raise ValueError(
            f"Expected `path` to end in `{ending}`. Received: "
            f"path={str(path)!r}"
        )
    check_new_file(path, "path", overwrite, WAY_OUT)
    return path


def require_tensorflow_backend(format):
    """Refuses other backends than TensorFlow.

    Raises:
        ValueError: if the backend is another one.
    """
    if keras.backend.backend() != "tensorflow":
        raise ValueError(
            f"Expected the backend TensorFlow for {format}. Received: "
            f"{keras.backend.backend()!r}. Load the model's file with "
            "KERAS_BACKEND=tensorflow."
        )


class Exported:
    """A model, the network that is written for it, and its outputs.

    Args:
        model: `keras.Model`.
        optimize: see `network_of`.
        features: see `network_of`.

    Attributes:
        network: flat `keras.Model` in float32 with a dict of outputs.
        signature: list with the `keras.InputSpec` of its inputs.
    """

    def __init__(self, model, optimize, features=False):
        self.model = as_functional(model)
        self._exact = network_of(self.model, False, features)
        network = network_of(self.model, optimize, features, flat=True)
        # Layers that change images at random do so unless they are told.
        outputs = network(network.input, training=False)
        self.network = keras.Model(network.input, outputs, name=network.name)
        spec = keras.tree.map_structure(
            lambda x: keras.InputSpec(x.dtype, x.shape, name=input_name(x)),
            self.network.input,
        )
        self.signature = [spec]

    def difference(self, run):
        """Returns the difference of a file's outputs, see `difference`.

        Args:
            run: function of a dict of arrays that returns another one.
        """
        inputs = sample_inputs(self.model)
        expected = arrays(self._exact(inputs, training=False))
        return difference(run(named_inputs(self.model, inputs)), expected)

    def check(self, run, path):
        """Refuses a file whose outputs differ.

        Raises:
            ValueError: if they differ by more than `TOLERANCE`.
        """
        check_difference(self.difference(run), path, tolerance=TOLERANCE)


def refuse_operations(format, operations, reason=""):
    """Raises an error that names what a format cannot express."""
    raise ValueError(
        f"Expected a model of operations that {format} has. Received: "
        f"{', '.join(operations)}.{reason} Export it as a SavedModel instead."
    )
