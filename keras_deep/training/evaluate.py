"""Evaluates models on data sets."""

import keras

from keras_deep.models.card import card_if_clear
from keras_deep.models.image_needs import known_preprocessing
from keras_deep.training.build import check_fits
from keras_deep.training.filled import filled_split
from keras_deep.training.filled import metrics_argument
from keras_deep.training.loss import OfOutputs
from keras_deep.training.loss import loss_and_metrics
from keras_deep.utils.checks import check_one_of

SPLITS = ("train", "validation", "test")


def evaluate(
    model,
    data=None,
    data_dir=None,
    split="test",
    batch_size=128,
    skip_unreadable=None,
):
    """Computes loss and accuracy of a model on a data set.

    The images of any data set are preprocessed as the model's card says.

    Args:
        model: classifier, as `keras_deep.load` returns it.
        data: string, name of a data set, or `None` for that of the card.
        data_dir: string, folder of the data set's files, or `None` for the
            card's, if the data set is the card's.
        split: `"train"`, `"validation"` or `"test"`.
        batch_size: int.
        skip_unreadable: bool, as in `keras_deep.data.load`, or `None` for what
            the card says, if the data set is the card's.

    Returns:
        Dict with `data`, `loss` and `accuracy`.

    Raises:
        ValueError: if neither `data` nor the card names a data set, if
            `split` is unknown, if the data have other images or classes than
            the model, or if the model's outputs are of no kind that a loss is
            known for.
    """
    from keras_deep.data import load

    check_split(split)
    found = card_if_clear(model)
    arguments = (found and found.training or {}).get("data", {})
    if data is not None and data != arguments.get("name"):
        arguments = {"name": data}
    if not arguments:
        raise ValueError(
            "Expected `data` to be the name of a data set: the card of "
            f"{model.name!r} does not say which one it was trained on."
        )
    arguments = {**arguments, "batch_size": batch_size}
    if data_dir is not None:
        arguments["data_dir"] = data_dir
    if skip_unreadable is not None:
        arguments["skip_unreadable"] = skip_unreadable
    ours = {"augment": None, "preprocessing": known_preprocessing(model)}
    pipelines = load(**{**arguments, **ours})
    check_fits(model, pipelines)
    _check_names(found and found.class_names, pipelines)
    if getattr(pipelines, split) is None:
        raise ValueError(
            f"Expected `split` to be one that {arguments['name']!r} has. "
            f"Received: split={split!r}, of which there are no images."
        )
    with pipelines.named_errors():
        measured = measure(model, filled_split(pipelines, split))
    return {"data": arguments["name"], **measured}


def check_split(split):
    """Refuses what is no name of a split.

    Raises:
        ValueError: with near misses.
    """
    check_one_of(SPLITS, split=split)


def measure(model, pipeline, callbacks=(), vectors=False):
    """Measures a model, which keeps its own optimizer and loss.

    Args:
        model: `keras.Model` from images to classes.
        pipeline: what `Model.evaluate` takes.
        callbacks: sequence of Keras callbacks.
        vectors: bool, see `loss_and_metrics`.

    Returns:
        Dict with `loss` and `accuracy`, floats.

    Raises:
        ValueError: if the model's outputs are of no kind that a loss is known
            for.
    """
    loss, metrics = loss_and_metrics(model, vectors=vectors)
    measuring = keras.Model(model.inputs, model.outputs[0])
    measuring.compile(loss=OfOutputs(loss), **metrics_argument(metrics))
    measured = measuring.evaluate(
        pipeline, verbose=0, return_dict=True, callbacks=list(callbacks)
    )
    return {name: float(value) for name, value in measured.items()}


def _check_names(names, data):
    """Refuses classes that have the model's names, but other numbers."""
    given = data.class_names
    if not names or not given or len(set(names) & set(given)) < len(names):
        return
    if list(names) != list(given):
        raise ValueError(
            f"Expected the classes of {data.name!r} in the order of the "
            f"model's. Received: {list(given)[:5]}... where the model has "
            f"{list(names)[:5]}..."
        )
