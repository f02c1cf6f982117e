"""Conventions: the details in which published implementations differ.

They are padding, epsilon, biases and strides. A family has a table of named
conventions; the layer helpers read the active one, so model files need not.
"""

import contextlib
import contextvars
import dataclasses


@dataclasses.dataclass(frozen=True)
class Convention:
    """The implementation details that a network follows.

    These are the details that the layer helpers read. A family with more of
    them subclasses the record; its table of conventions is in its model file.

    Args:
        epsilon: float, added to the variance in batch normalisation.
        bias: which convolutions have a bias: `"none"`, `"all"`, or
            `"unnormalized"` for those that no batch normalisation follows.
        strides: which convolution of a bottleneck has the stride: the `"3x3"`
            or the first `"1x1"`.
        pool: padding of the stem's max pooling: `"torch"` (one pixel on every
            side, ignored by the maximum), `"caffe"` (bottom and right only,
            sizes rounded up) or `"zero"` (zeros on every side).
        padding: where option A adds channels: on `"both"` sides or `"after"`.
        same: bool. Whether strided convolutions pad as Keras's `"same"`, which
            pads even sides at the bottom and right only.
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
    """Activates a `Convention` for layers made in the `with` block."""
    token = _current.set(value)
    try:
        yield
    finally:
        _current.reset(token)


def convention():
    """Returns the active `Convention`; outside any scope the default one."""
    return _current.get()
