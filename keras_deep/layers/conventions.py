"""Conventions: the details in which published implementations differ."""

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
        average: bool. Whether option A subsamples by the mean of the pixels,
            not by the first one.
        same: bool. Whether strided convolutions pad as Keras's `"same"`, which
            pads even sides at the bottom and right only.
        projection_norm: bool. Whether batch normalisation follows the
            projection of a version 1 block.
        norm_scale: bool. Whether batch normalisation has a `gamma`.
        count_padding: bool. Whether the mean of the pixels at a border counts
            the zeros beyond it, in blocks of Inception.
        round_up: bool. Whether halving by the mean of 2x2 pixels, in DenseNet,
            rounds sizes up.
        zero_gamma: bool. Whether `gamma` of the batch normalisation that ends
            a residual branch is 0 at first. Builders set it.
    """

    epsilon: float = 1e-5
    bias: str = "none"
    strides: str = "3x3"
    pool: str = "torch"
    padding: str = "both"
    average: bool = False
    same: bool = False
    projection_norm: bool = True
    norm_scale: bool = True
    count_padding: bool = False
    round_up: bool = False
    zero_gamma: bool = False


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
