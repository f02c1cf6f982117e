"""A short training on photos, held against a linear classifier's."""

import functools
import importlib.util

import keras
import numpy as np

from keras_deep.layers.resize import Resize


def photos(shared, name, count, side=32):
    """Returns the first photos of a file of CIFAR-10, and their labels.

    Args:
        shared: the folder of reference data.
        name: string: `"train_1"` to `"train_5"`, or `"test"`.
        count: int.
        side: int, to which they are enlarged.

    Returns:
        Array of shape `(count, side, side, 3)` of numbers from -1 to 1, and
        array of `count` ints.
    """
    path = shared / "data/tools/load_data.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    x, y = module.load_sheet(shared / f"data/cifar10/{name}.npz")
    x = x[:count].astype("float32") / 127.5 - 1
    if side != x.shape[1]:
        x = np.array(Resize((side, side))(x))
    return x, y[:count]


def errors_after_training(
    model,
    shared,
    batch=32,
    steps=200,
    rate=1e-3,
    optimizer=keras.optimizers.Adam,
    passes=1,
):
    """Trains a model and a linear classifier on the same photos in turn.

    The baseline is softmax regression of the pixels, on the same batches.

    Args:
        model: classifier of photos into 10 classes, of CIFAR-10's or larger
            sides.
        shared: the folder of reference data.
        batch: int.
        steps: int, of a pass; `batch * steps` is at most 10,000.
        rate: float, learning rate, which falls to 0 along half a cosine.
        optimizer: function of the learning rate's schedule.
        passes: int, over the same photos.

    Returns:
        Errors of both in % of 1,000 test photos.
    """
    side = model.input_shape[1]
    x, y = photos(shared, "train_1", batch * steps, side)
    unseen, classes = photos(shared, "test", 1000, side)
    linear = keras.Sequential(
        [
            keras.Input(model.input_shape[1:]),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    falling = functools.partial(
        keras.optimizers.schedules.CosineDecay, decay_steps=steps * passes
    )
    errors = []
    for net, chosen in (
        (model, optimizer(falling(rate))),
        (linear, keras.optimizers.Adam(falling(0.001))),
    ):
        net.compile(chosen, "sparse_categorical_crossentropy")
        net.fit(x, y, batch_size=batch, epochs=passes, verbose=0)
        assert int(net.optimizer.iterations) == steps * passes
        found = net.predict(unseen, batch_size=100, verbose=0).argmax(axis=1)
        errors.append(100 * float(np.mean(found != classes)))
    return errors


def momentum(rate):
    """Returns stochastic gradient descent with momentum, as in the papers."""
    return keras.optimizers.SGD(rate, momentum=0.9)
