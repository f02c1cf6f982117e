"""The 1,797 handwritten digits that come with scikit-learn."""

import numpy as np

from keras_deep.data.sources import images_of
from keras_deep.utils.extras import require


def read_digits():
    """Returns the digits, 8x8 pixels each.

    Their values, 0 to 16, are brought to 0 to 255, so that an image file
    written from them is the same input.

    Returns:
        Dict of the `Images` of `train`, all there are.

    Raises:
        ImportError: if scikit-learn is not installed.
    """
    digits = require("sklearn.datasets", "datasets").load_digits()
    x = np.rint(digits.images * (255 / 16)).astype("uint8")
    return {"train": images_of(x, digits.target, "'digits'")}
