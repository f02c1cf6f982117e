"""Trains residual and plain networks of two depths on CIFAR-10.

Command: python examples/depth_on_cifar.py FOLDER depth_on_cifar.png
Takes:   about 2 hours on 2 cores that do other work, too, with
         --precision mixed_bfloat16; FOLDER has the archive of CIFAR-10 or its
         files
Result:  a picture, redrawn after every network, and a table. After 10 epochs
         ResNet-56 is wrong about fewer training images, as they are, than
         ResNet-20: 9.3 and 11.6 % (13.1 and 14.4 % of the test images). After
         4 epochs the plain network of 56 layers is wrong about more of them
         than that of 20: 56.3 and 23.1 % (55.8 and 24.8 %).
"""

import argparse
import itertools
import time

import keras

import keras_deep
from keras_deep import data
from keras_deep import training

BUILDERS = {"ResNet": "CifarResNet", "plain": "CifarPlainNet"}
DEPTHS = (20, 56)
TITLE = "CIFAR-10: training error in %"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", help="The data set's.")
    parser.add_argument("picture", help="The PNG file to write.")
    parser.add_argument("--depths", type=int, nargs="+", default=DEPTHS)
    parser.add_argument("--images", type=int, default=50_000)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--precision", default="float32", help="dtype policy")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    keras.config.set_dtype_policy(arguments.precision)
    curves = {}
    for name, errors in on_cifar(
        arguments.folder,
        arguments.images,
        arguments.epochs,
        arguments.depths,
        arguments.seed,
    ):
        curves[name] = errors
        draw({TITLE: curves}, arguments.picture)
    print(f"Wrote {arguments.picture}")


def on_cifar(folder, images, epochs, depths=DEPTHS, seed=0):
    """Yields names of networks and their training errors in every epoch.

    The recipe is that of the paper, shortened: batches of 128, images cropped
    out of 4 more pixels of zeros on each side and flipped, momentum of 0.9,
    here Nesterov's, and a decay of the weights by 1e-4, here `Config`'s, which
    is the same. The learning rate rises to 0.1 in a twentieth of the steps and
    falls to 0 along a cosine. All networks see the same batches.

    The errors are those of the augmented images while the weights change; the
    line that is printed at the end is of the images as they are.
    """
    moved, still = loaded(folder, images, seed)
    config = training.Config(epochs=epochs, schedule="cosine")
    for kind, depth in itertools.product(BUILDERS, depths):
        name = f"{kind}-{depth}"
        keras.utils.set_random_seed(seed)
        network = keras_deep.create_model(BUILDERS[kind], depth=depth)
        optimizer = config.make_optimizer(epochs * len(moved.train))
        network.compile(
            optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"]
        )
        optimizer.build(network.trainable_variables)  # Traces once, not twice.
        history = network.fit(
            moved.train_from(0),
            epochs=epochs,
            shuffle=False,
            verbose=0,
            callbacks=[told(name)],
        )
        kept, unseen = (
            100 - 100 * network.evaluate(split, verbose=0)[1]
            for split in (still.train, still.test)
        )
        print(
            f"{name:10}  trained  training images {kept:.1f} %, test images "
            f"{unseen:.1f} %",
            flush=True,
        )
        yield name, [100 - 100 * x for x in history.history["accuracy"]]


def loaded(folder, images, seed):
    """Returns the data set with augmented images and with the same as is."""
    given = {"name": "cifar10", "data_dir": folder, "seed": seed}
    size = data.load(**given, validation=0.0).sizes["train"]
    # The others are held out.
    given["validation"] = max(0.0, 1 - images / size)
    return data.load(**given), data.load(**given, augment=None)


def told(name):
    """Returns a callback that prints a line after every epoch."""
    start = time.perf_counter()

    def say(epoch, logs):
        seconds = time.perf_counter() - start
        print(
            f"{name:10}  epoch {epoch + 1}  {100 - 100 * logs['accuracy']:.1f}"
            f" % of {seconds:.0f} s",
            flush=True,
        )

    return keras.callbacks.LambdaCallback(on_epoch_end=say)


def draw(curves, path):
    """Draws a panel for each title and its dict of names to curves."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.4 * len(curves), 4), layout="constrained")
    for place, (title, found) in enumerate(curves.items(), 1):
        axes = figure.add_subplot(1, len(curves), place)
        for label, values in found.items():
            axes.plot(range(1, len(values) + 1), values, label=label)
        axes.set(title=title, xlabel="epochs")
        if "excess" in title:
            axes.set(xlabel="tens of steps", yscale="log")
        axes.grid(alpha=0.3)
        axes.legend(fontsize="small")
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    main()
