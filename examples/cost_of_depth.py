"""Plots the cost of depth: the time to the first training step, and of one.

Command: python examples/cost_of_depth.py cost_of_depth.png
Takes:   2 to 3 minutes on 2 cores, less than 11 GB of memory
Result:  a plot and a table; 9,998 stacked layers are ready in about the time
         that 308 ordinary ones need
"""

import argparse
import time

import keras
import numpy as np

import keras_deep

BATCH = 2


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("picture", help="The PNG file to write.")
    parser.add_argument(
        "--depths",
        type=int,
        nargs="+",
        default=[110, 308, 1202, 9998],
        help="6 * n + 2 each",
    )
    parser.add_argument(
        "--plain-up-to",
        type=int,
        default=308,
        help="the deepest network that is also built of ordinary layers",
    )
    arguments = parser.parse_args()
    print("depth  layers    ready s  step s")
    rows = {"stacked": [], "ordinary": []}
    for depth in arguments.depths:
        for form, stack in (("stacked", True), ("ordinary", False)):
            if stack or depth <= arguments.plain_up_to:
                ready, step = measure(depth, stack)
                rows[form].append((depth, ready, step))
                print(f"{depth:5}  {form:8}  {ready:7.2f}  {step:6.3f}")
    draw(rows, arguments.picture)
    print(f"Wrote {arguments.picture}")


def measure(depth, stack):
    """Returns the seconds until a network is ready to train, and of a step."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((BATCH, 32, 32, 3)).astype("float32")
    y = rng.integers(0, 10, BATCH)
    start = time.perf_counter()
    model = keras_deep.CifarResNet(depth, stack=stack)
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.train_on_batch(x, y)
    first = time.perf_counter()
    model.train_on_batch(x, y)
    step = time.perf_counter() - first
    keras.backend.clear_session()
    return first - start - step, step


def draw(rows, path):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 4), layout="constrained")
    titles = ("Ready to train", "One training step")
    for place, title in enumerate(titles, 1):
        axes = figure.add_subplot(1, 2, place)
        for form, measured in rows.items():
            depths = [row[0] for row in measured]
            axes.plot(
                depths, [row[place] for row in measured], "o-", label=form
            )
        axes.set(
            title=title,
            xlabel="layers",
            ylabel="seconds",
            xscale="log",
            yscale="log",
        )
        axes.grid(alpha=0.3)
        axes.legend()
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    main()
