"""What `load` returns."""

import contextlib
import dataclasses
from collections.abc import Callable
from typing import Any


@dataclasses.dataclass(frozen=True)
class Data:
    """Pipelines and properties of a data set.

    Args:
        name: string.
        classes: int.
        class_names: tuple of strings, or `None` if the classes have no names.
        sizes: dict of split to number of images.
        preprocessing: dict, how images are prepared for a network; see
            `keras_deep.data.preprocess`.
        arguments: JSON-serializable dict of the arguments of `load`, with the
            seed that was drawn.
        train_from: function of an epoch number and a number of steps to leave
            out of that epoch (ints from 0, the latter 0 by default), so that
            an interrupted training resumes with the same batches. The images
            left out are not read; records of tensorflow-datasets are, but not
            decoded. Without steps to leave out, it returns a training
            pipeline that begins with that epoch and goes on with the next
            ones; with them, one of the rest of that epoch alone. The batches
            depend on the seed, the epoch and the step only.
        train: pipeline of the training images, `train_from(0)`. It yields
            batches of float32 images and int32 classes; every iteration over
            it is a new epoch in a new order. It shuffles by itself: call `fit`
            with `shuffle=False`.
        validation: pipeline of images held out of the training set, in fixed
            order and not augmented; `None` if there are none.
        test: pipeline of the test images, in fixed order; `None` if a training
            is not to look at them, see `without_test`.
        notes: tuple of strings, what `load` has printed: the files that were
            skipped, the classes that a split lacks.
        skipped: dict of the paths of the files in a folder that are not used
            to the reasons.
        reseeded: function of a seed that returns the same data with it, so that
            an interrupted training goes on with the seed that was drawn for
            it; `None` if the seed was given.
        named_errors: function that returns a context in which an error of
            TensorFlow about an image file is a `ValueError` that names it.
        counts: tuple of the numbers of training images of each class, or
            `None` if they are unknown.
    """

    name: str
    classes: int
    class_names: tuple | None
    sizes: dict
    preprocessing: dict
    arguments: dict
    train_from: Callable = dataclasses.field(repr=False)
    train: Any = dataclasses.field(repr=False)
    validation: Any = dataclasses.field(repr=False)
    test: Any = dataclasses.field(repr=False)
    notes: tuple = ()
    skipped: dict = dataclasses.field(default_factory=dict, repr=False)
    reseeded: Callable | None = dataclasses.field(default=None, repr=False)
    named_errors: Callable = dataclasses.field(
        default=contextlib.nullcontext, repr=False
    )
    counts: tuple | None = dataclasses.field(default=None, repr=False)

    def without_test(self):
        """Returns the same data without the test images.

        They are held out as before, and `training.fit` measures nothing on
        them, so that a search cannot choose by them.
        """
        sizes = {k: size for k, size in self.sizes.items() if k != "test"}
        return dataclasses.replace(self, test=None, sizes=sizes)

    @property
    def shape(self):
        """Height, width and channels of an image."""
        return tuple(self.preprocessing["shape"])

    @property
    def mean(self):
        """The training images' mean per channel, from 0 to 255."""
        return tuple(self.preprocessing["mean"])

    @property
    def std(self):
        """The training images' standard deviation per channel."""
        return tuple(self.preprocessing["std"])
