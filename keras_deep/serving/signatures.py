"""Signatures of a SavedModel: what clients can have computed."""

import dataclasses

import numpy as np

from keras_deep.serving.errors import ServingError
from keras_deep.serving.scalars import dtype_name


@dataclasses.dataclass(frozen=True)
class Tensor:
    """An input or output of a signature.

    Args:
        key: string, its name in the graph.
        dtype: NumPy dtype, `object` for strings.
        shape: tuple of ints and `None`, or `None` if even the number of
            dimensions is open.
    """

    key: str
    dtype: np.dtype
    shape: tuple | None

    def check(self, name, array):
        """Refuses an array of another shape.

        Raises:
            ServingError: saying what was expected.
        """
        if self.shape is None or (
            len(self.shape) == array.ndim
            and all(
                size in (None, given)
                for size, given in zip(self.shape, array.shape)
            )
        ):
            return
        raise ServingError(
            f"Expected the input {name!r} to have the shape "
            f"{_shape_text(self.shape)}. Received: {_shape_text(array.shape)}"
        )


@dataclasses.dataclass(frozen=True)
class Signature:
    """A computation that clients ask for by its name.

    Args:
        name: string.
        method: string, such as `"tensorflow/serving/predict"`.
        inputs: dict of name to `Tensor`.
        outputs: dict of name to `Tensor`.
        compute: function of a dict of arrays that returns one.
    """

    name: str
    method: str
    inputs: dict
    outputs: dict
    compute: object

    def require_inputs(self):
        """Refuses a signature that nothing can be sent to."""
        if not self.inputs or self.compute is None:
            raise ServingError(
                f"Failed to get input map for signature: {self.name}"
            )

    @property
    def takes_rows(self):
        """Whether rows of several requests may be computed together."""
        tensors = (*self.inputs.values(), *self.outputs.values())
        return all(
            tensor.shape is None or (tensor.shape and tensor.shape[0] is None)
            for tensor in tensors
        )


def describe(tensor):
    """Returns what a person wants to know of a `Tensor`: "float [?,32,32]"."""
    return f"{dtype_name(tensor.dtype)} {_shape_text(tensor.shape)}"


def _shape_text(shape):
    if shape is None:
        return "[...]"
    return f"[{','.join('?' if x is None else str(x) for x in shape)}]"
