"""A file of small images that a network learns to tell apart in seconds."""

import numpy as np


def write_images(path, **counts):
    """Writes images of noise, of which a patch tells the class of three.

    Args:
        path: `pathlib.Path` of the `.npz` file.
        **counts: int, the images of each split, `train` first.

    Returns:
        The path.
    """
    rng = np.random.default_rng(0)
    arrays = {}
    for split, count in counts.items():
        x = rng.integers(0, 256, (count, 8, 8, 3), dtype=np.uint8)
        y = rng.integers(0, 3, count)
        for image, label in zip(x, y):
            image[2:6, 2:6, label] //= 4
        arrays |= {f"x_{split}": x, f"y_{split}": y}
    np.savez(path, **arrays)
    return path
