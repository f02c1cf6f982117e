"""Trains a model: build, fit, restore the best weights, test once."""

import dataclasses
import pathlib
import platform
import time

import keras

from keras_deep.models.card import Card
from keras_deep.models.card import attach_card
from keras_deep.models.card import card
from keras_deep.models.saving import save
from keras_deep.training.build import build_model
from keras_deep.training.build import gives_logits
from keras_deep.training.callbacks import BestWeights
from keras_deep.training.callbacks import Progress
from keras_deep.training.callbacks import StepTimer
from keras_deep.training.callbacks import interruptible
from keras_deep.training.config import Config
from keras_deep.training.curve import draw_curve
from keras_deep.training.curve import require_matplotlib
from keras_deep.training.data import describe
from keras_deep.training.data import load_data
from keras_deep.training.optimizers import check_optimizer
from keras_deep.utils.files import written_whole
from keras_deep.utils.json_text import json_text
from keras_deep.utils.text import print_lines
from keras_deep.version import __version__


@dataclasses.dataclass(frozen=True)
class Result:
    """The result of a training run.

    Args:
        model: `keras.Model` with the weights of the best epoch.
        card: `Card` of the model, also written to `result.json`.
        history: dict of lists, one value per epoch.
    """

    model: keras.Model
    card: Card
    history: dict


def fit(build, data, config=None, output=None, overwrite=False, callbacks=()):
    """Trains a model and evaluates it once on the test images.

    The validation images select the best epoch. `best.keras`, `result.json`,
    `history.csv`, `learning_curve.png` and TensorBoard's `logs` are written to
    the folder `output`. SIGINT stops the training after the current step and
    writes `last.keras`.

    Args:
        build: registered name, pair of a name and a dict of arguments,
            function that returns a model, or `keras.Model`.
        data: `Data` of `keras_deep.data.load`, or a dict of its arguments.
            With a dict, images of more than 64 pixels are brought to the
            model's own size, unless `image_size` or `large_size` is given.
        config: `Config`, or `None` for the defaults.
        output: string or path of a folder, or `None` to write nothing.
        overwrite: bool. Whether an earlier result there may be replaced.
        callbacks: sequence of additional Keras callbacks.

    Returns:
        `Result`.

    Raises:
        FileExistsError: if the folder holds an earlier result.
        ValueError: if the model does not fit the data.
        KeyboardInterrupt: after SIGINT.
    """
    config = config or Config()
    output = _prepare(output, overwrite)
    start = time.perf_counter()
    model, data = _build(build, data, config)
    best = BestWeights(output and output / "best.keras")
    timer = StepTimer()
    shown, logs = Progress(config.epochs), _logging(output)
    # The card is complete before the first checkpoint is written.
    attach_card(model, _card(model, data, config))
    with interruptible() as stop, data.named_errors():
        try:
            history = model.fit(
                data.train,
                epochs=config.epochs,
                validation_data=data.validation,
                shuffle=False,  # The pipeline shuffles.
                verbose=0,
                callbacks=[timer, *logs, shown, best, *callbacks, stop],
            ).history
        except KeyboardInterrupt:
            for callback in logs:
                callback.on_train_end()  # Closes the files.
            if output is not None:
                save(model, output / "last.keras", overwrite=True)
            raise
        finally:
            shown.close()
    best.restore()
    measured = {
        **_evaluate(model, data),
        "validation_accuracy": best.accuracy,
        "best_epoch": best.epoch,
        "seconds_per_step": timer.median,
        "seconds": time.perf_counter() - start,
    }
    found = card(model)
    found.training["result"] = measured
    if output is not None:
        _write(output, model, history)
    return Result(model, found, history)


def _prepare(output, overwrite):
    """Makes the output folder and removes an earlier result from it."""
    if output is None:
        return None
    require_matplotlib()
    output = pathlib.Path(output)
    taken = [n for n in ("result.json", "last.keras") if (output / n).exists()]
    if taken and not overwrite:
        raise FileExistsError(
            "Expected `output` to be a folder without a result. Received: "
            f"output={str(output)!r}, which holds {taken[0]}. Choose another "
            "folder, or pass `overwrite=True` (`--force`) to replace it."
        )
    output.mkdir(parents=True, exist_ok=True)
    for name in taken:
        (output / name).unlink()
    return output


def _build(build, data, config):
    if config.seed is not None:
        keras.utils.set_random_seed(config.seed)
        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            tf.config.experimental.enable_op_determinism()
    data = load_data(build, data)
    print_lines(describe(data))
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(config.precision)
    try:
        model = build_model(build, data)
    finally:
        keras.config.set_dtype_policy(before)
    optimizer = config.optimizer(config.epochs * len(data.train))
    check_optimizer(model, optimizer)
    model.compile(
        optimizer,
        keras.losses.SparseCategoricalCrossentropy(gives_logits(model)),
        metrics=["accuracy"],
    )
    return model, data


def _card(model, data, config):
    found = card(model) or Card(builder=model.name)
    return dataclasses.replace(
        found,
        preprocessing=data.preprocessing,
        class_names=data.class_names and list(data.class_names),
        training={
            "data": data.arguments,
            "config": dataclasses.asdict(config),
            "versions": _versions(),
        },
    )


def _versions():
    backend = keras.backend.backend()
    versions = {
        "keras_deep": __version__,
        "keras": keras.__version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "backend": backend,
    }
    if backend in ("tensorflow", "jax"):
        module = __import__(backend)
        versions[backend] = module.__version__
    return versions


def _logging(output):
    if output is None:
        return []
    callbacks = [keras.callbacks.CSVLogger(output / "history.csv")]
    try:
        import tensorboard  # noqa: F401
        import tensorflow  # noqa: F401
    except ImportError:
        return callbacks  # The extra `tensorboard` is optional.
    logs = str(output / "logs")
    return [*callbacks, keras.callbacks.TensorBoard(logs, write_graph=False)]


def _evaluate(model, data):
    with data.named_errors():
        measured = model.evaluate(data.test, verbose=0, return_dict=True)
    return {f"test_{name}": float(value) for name, value in measured.items()}


def _write(output, model, history):
    found = card(model)
    save(model, output / "best.keras", overwrite=True)
    with written_whole(output / "result.json") as temporary:
        temporary.write_text(json_text(found.to_dict(), indent=2) + "\n")
    draw_curve(history, output / "learning_curve.png", title=model.name)
