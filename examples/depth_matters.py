"""Trains very deep networks beside plain ones of the same depth.

Command: python examples/depth_matters.py depth_matters.png
Takes:   3 minutes of computation on 2 quiet cores
Result:  a picture and tables. On handwritten digits highway networks of 50 and
         100 layers and a looks-linear one of 102 learn; plain ones of the same
         depths, and the latter with He's start, stay at chance. Gradient
         descent on linear residual networks of 2 to 100 layers reaches the
         error of least squares. A residual network of one-neuron layers tells
         a disc from what surrounds it; a plain network as narrow does not.
"""

import argparse

import keras
import numpy as np
from depth_on_cifar import TITLE
from depth_on_cifar import draw
from depth_on_cifar import on_cifar

import keras_deep
from keras_deep import data


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("picture", help="The PNG file to write.")
    parser.add_argument("--epochs", type=int, default=15, help="on digits")
    parser.add_argument("--steps", type=int, default=3000, help="elsewhere")
    parser.add_argument("--depths", type=int, nargs="+", default=[50, 100])
    parser.add_argument("--starts", type=int, default=2, help="on the disc")
    parser.add_argument("--cifar", help="the folder of CIFAR-10; adds hours")
    parser.add_argument("--images", type=int, default=50_000, help="of CIFAR")
    parser.add_argument("--cifar-epochs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    keras.utils.set_random_seed(arguments.seed)
    depths, steps = arguments.depths, arguments.steps
    curves = {
        "Digits: training accuracy": on_digits(depths, arguments.epochs),
        "Linear: excess of the error": on_vectors([2, *depths], steps),
        "Disc: accuracy": on_a_disc(steps, arguments.starts),
    }
    if arguments.cifar:
        given = arguments.cifar, arguments.images, arguments.cifar_epochs
        curves[TITLE] = dict(on_cifar(*given, seed=arguments.seed))
    draw(curves, arguments.picture)
    print(f"Wrote {arguments.picture}")


def on_digits(depths, epochs):
    """Returns a dict of names to training accuracies after every epoch."""
    digits = data.load("digits", batch_size=64, augment=None, seed=0)
    curves = {}
    for name, build in networks(depths, digits.shape, digits.classes).items():
        network = build()
        optimizer = keras.optimizers.Adam(1e-3, global_clipnorm=1.0)
        network.compile(
            optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"]
        )
        history = network.fit(
            digits.train, epochs=epochs, shuffle=False, verbose=0
        )
        curves[name] = history.history["accuracy"]
        _, test = network.evaluate(digits.test, verbose=0)
        print(
            f"{name:22}  training {curves[name][-1]:.3f}  test {test:.3f}",
            flush=True,
        )
    return curves


def networks(depths, shape, classes):
    """Returns a dict of names to functions that build networks of digits."""
    given = {"input_shape": shape, "classes": classes, "stack": True}
    found = {}
    for depth in depths:
        found[f"highway {depth}"] = lambda depth=depth: keras_deep.HighwayMLP(
            depth, transform_bias=-3.0, **given
        )
        found[f"plain {depth}"] = lambda depth=depth: plain_network(
            depth, shape, classes
        )
    deepest = depths[-1] // 4 * 4 + 2
    for start in ("looks_linear", "he"):
        found[f"{start} {deepest}"] = lambda start=start: (
            keras_deep.LooksLinearNet(deepest, 8, start, **given)
        )
    return found


def plain_network(depth, shape, classes, units=71):
    """Returns a network without gates of the size of a highway network.

    Its start is that of the highway networks, Glorot's, as in the paper.
    """
    inputs = keras.Input(shape)
    x = keras.layers.Flatten()(inputs)
    for _ in range(depth):
        x = keras.layers.Dense(units, "relu")(x)
    outputs = keras.layers.Dense(classes, "softmax")(x)
    return keras.Model(inputs, outputs)


def on_vectors(depths, steps, units=10):
    """Returns a dict of names to excesses over the error of least squares."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((500, units)).astype("float32")
    target = np.eye(units) + 0.2 * rng.standard_normal((units, units))
    y = x @ target + 0.1 * rng.standard_normal(x.shape)
    best = np.linalg.lstsq(x, y, rcond=None)[0]
    least = np.mean((x @ best - y) ** 2)
    curves = {}
    for depth in depths:
        network = keras_deep.LinearResNet(depth, units, stack=True)
        # The gradients of all matrices add up.
        optimizer = keras.optimizers.SGD(1.0 / depth)
        network.compile(optimizer, "mse", jit_compile=True)
        # An epoch is ten steps on all vectors.
        history = network.fit(
            np.tile(x, (10, 1)),
            np.tile(y, (10, 1)),
            batch_size=len(x),
            epochs=max(1, steps // 50),
            shuffle=False,
            verbose=0,
        )
        losses = np.array(history.history["loss"])
        error = network.evaluate(x, y, batch_size=len(x), verbose=0)
        curves[f"{depth} matrices"] = np.maximum(losses / least - 1, 1e-7)
        print(f"{depth:3} matrices  {error:.6f}  least squares {least:.6f}")
    return curves


def on_a_disc(steps, starts, layers=20):
    """Returns a dict of names to accuracies, of the best of several starts."""
    rng = np.random.default_rng(0)
    x = rng.uniform(-2, 2, (2000, 2)).astype("float32")
    y = (np.linalg.norm(x, axis=1) < 1.2).astype("float32")
    print(f"outside of the disc: {1 - y.mean():.3f}")
    curves = {}
    for name, build in {
        "one neuron": lambda: keras_deep.OneNeuronResNet(layers),
        "plain, width 2": lambda: narrow_network(layers),
    }.items():
        for _ in range(starts):
            network = build()
            optimizer = keras.optimizers.Adam(3e-3)
            network.compile(
                optimizer,
                "binary_crossentropy",
                metrics=["accuracy"],
                jit_compile=True,
            )
            # An epoch is 20 steps.
            epochs = max(1, steps // 20)
            history = network.fit(x, y, 100, epochs=epochs, verbose=0)
            found = history.history["accuracy"]
            curves[name] = max(curves.get(name, found), found, key=max)
        print(f"{name:15}  accuracy {max(curves[name]):.3f}", flush=True)
    return curves


def narrow_network(layers):
    """Returns a network of layers as wide as a point has numbers."""
    inputs = x = keras.Input((2,))
    for _ in range(layers):
        x = keras.layers.Dense(2, "relu", kernel_initializer="he_normal")(x)
    return keras.Model(inputs, keras.layers.Dense(1, "sigmoid")(x))


if __name__ == "__main__":
    main()
