"""Evaluates models on data sets."""

import keras

from keras_deep.models.card import card
from keras_deep.training.build import gives_logits

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
        ValueError: if neither `data` nor the card names a data set, or if
            `split` is unknown.
    """
    from keras_deep.data import load

    if split not in SPLITS:
        raise ValueError(
            f"Expected `split` to be one of {SPLITS}. Received: {split!r}"
        )
    found = card(model)
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
    ours = {"augment": None, "preprocessing": found and found.preprocessing}
    pipelines = load(**{**arguments, **ours})
    logits = gives_logits(model)
    model.compile(
        loss=keras.losses.SparseCategoricalCrossentropy(logits),
        metrics=["accuracy"],
    )
    with pipelines.named_errors():
        measured = model.evaluate(
            getattr(pipelines, split), verbose=0, return_dict=True
        )
    return {"data": arguments["name"], **measured}
