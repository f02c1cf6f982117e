"""Searches that take seconds: tiny networks on images of noise and patches."""

import numpy as np

from keras_deep import tuning

# Beside them there is the learning rate.
SPACE = {"units": [4, 6], "learning_rate": tuning.Floats(1e-3, 0.1, log=True)}
SETTINGS = {"recipe": False, "epochs": 2, "seed": 1, "depth": 2}


def write_images(path, train=96):
    """Writes an `.npz` file of images, of which a patch tells the class."""
    rng = np.random.default_rng(0)
    arrays = {}
    for split, count in (("train", train), ("test", 24)):
        x = rng.integers(0, 256, (count, 8, 8, 3), dtype=np.uint8)
        y = rng.integers(0, 3, count)
        for image, label in zip(x, y):
            image[2:6, 2:6, label] //= 4
        arrays |= {f"x_{split}": x, f"y_{split}": y}
    np.savez(path, **arrays)
    return path


def data_of(path):
    """Returns the arguments of `data.load` for such a file."""
    return {
        "name": str(path),
        "batch_size": 32,
        "validation": 0.25,
        "augment": None,
    }


def search(path, output, tuner="random", trials=3, **settings):
    """Returns the result of a search over tiny networks."""
    settings = {"search": SPACE, **SETTINGS, **settings}
    model = settings.pop("model", "HighwayMLP")
    return tuning.search(
        model,
        data_of(path),
        tuner=tuner,
        trials=trials,
        output=output,
        **settings,
    )


def scores(result):
    """Returns what two searches have in common that are the same."""
    names = ("trial", "status", "score", "best_epoch", "epochs", "continues")
    return [
        {**{name: row[name] for name in names}, **row["values"]}
        for row in result.trials
    ]
