"""Measuring a saved model."""

import keras

from keras_deep.models.card import card
from keras_deep.training.build import gives_logits

SPLITS = ("train", "validation", "test")


def evaluate(model, data=None, data_dir=None, split="test", batch_size=128):
    """Measures loss and accuracy of a model on a data set.

    Images of any data set are prepared as the model's card says.

    Args:
        model: a model that returns probabilities, as `keras_deep.load` gives
            it.
        data: name of a data set, or `None` for the one of the model's card.
        data_dir: string, folder of the data set's files, or `None` for the
            card's where the data set is the card's.
        split: `"train"`, `"validation"` or `"test"`.
        batch_size: int.

    Returns:
        Dict with `data`, `loss` and `accuracy`.

    Raises:
        ValueError: if neither `data` nor the card says which data set, or if
            there is no such split.
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
    ours = {"augment": None, "preprocessing": found and found.preprocessing}
    pipelines = load(**{**arguments, **ours})
    logits = gives_logits(model)
    model.compile(
        loss=keras.losses.SparseCategoricalCrossentropy(logits),
        metrics=["accuracy"],
    )
    measured = model.evaluate(
        getattr(pipelines, split), verbose=0, return_dict=True
    )
    return {"data": arguments["name"], **measured}
