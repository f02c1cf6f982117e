"""Conventions: the details in which published implementations differ.

They are padding, epsilon, biases and strides. A family has a table of named
conventions; the layer helpers read the active one, so model files need not.
"""

import contextlib
import contextvars
import dataclasses


@dataclasses.dataclass(frozen=True)
class Convention:
    """Whose details a network follows where implementations differ.

    These are the details that the shared helpers read. A family that has more
    extends the record; its table of conventions stands in its model file.

    Args:
        epsilon: float, added to the variance in batch normalisation.
        bias: which convolutions have a bias: `"none"`, `"all"`, or
            `"unnormalized"`: those without batch normalisation behind them.
        strides: which convolution of a bottleneck strides: the `"3x3"` or the
            first `"1x1"`.
        pool: how the stem pools: `"torch"` (one pixel on every side that
            never wins), `"caffe"` (rounds up: bottom and right only) or
            `"zero"` (zeros on every side).
        padding: where option A adds channels: `"both"` sides or `"after"`.
        same: bool. Whether convolutions that stride pad as Keras's `"same"`
            does, at the bottom and right only where sides are even.
        projection_norm: bool. Whether batch normalisation follows the
            projection of a version 1 block.
    """

    epsilon: float = 1e-5
    bias: str = "none"
    strides: str = "3x3"
    pool: str = "torch"
    padding: str = "both"
    same: bool = False
    projection_norm: bool = True


_DEFAULT = Convention()
_current = contextvars.ContextVar("convention", default=_DEFAULT)


@contextlib.contextmanager
def convention_scope(value):
    """Puts a `Convention` in force for the layers made inside the block."""
    token = _current.set(value)
    try:
        yield
    finally:
        _current.reset(token)


def convention():
    """Returns the `Convention` in force, the defaults outside any scope."""
    return _current.get()
