"""The 1,797 handwritten digits that come with scikit-learn."""

import numpy as np

from keras_deep.data.sources import images_of
from keras_deep.utils.extras import require


def read_digits():
    """Reads the digits, 8x8 pixels each.

    Their values, 0 to 16, are scaled to 0 to 255, so that an image file of
    them gives the same input.

    Returns:
        Dict with `train`, the `Images` of all digits.

    Raises:
        ImportError: if scikit-learn is not installed.
    """
    digits = require("sklearn.datasets", "datasets").load_digits()
    x = np.rint(digits.images * (255 / 16)).astype("uint8")
    return {"train": images_of(x, digits.target, "'digits'")}
