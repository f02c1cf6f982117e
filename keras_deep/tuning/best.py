"""The best trial of a search, as a model and as a run to repeat."""

import dataclasses
import shutil

from keras_deep.models.card import parse_card
from keras_deep.models.saving import load_file
from keras_deep.training.evaluate import evaluate
from keras_deep.training.run_folder import BEST
from keras_deep.training.run_folder import RESULT
from keras_deep.training.run_folder import RUN
from keras_deep.tuning.search_folder import BEST_MODEL
from keras_deep.tuning.search_folder import BEST_RUN
from keras_deep.tuning.search_folder import TRIALS
from keras_deep.utils.files import written_whole
from keras_deep.utils.json_text import json_text

_OF_A_PROCESS = ("call", "process")


def write_best(folder, row, objective, test=False):
    """Writes `best.keras` and `best.json`.

    A trial that had fewer epochs than a full training is a part of that
    training, which `best.json` describes.

    Args:
        folder: `SearchFolder`.
        row: what `row_of` returns of the best trial.
        objective: string.
        test: bool. Whether to measure the model on the test images.
    """
    path = folder / TRIALS / row["trial"]
    with written_whole(folder / BEST_MODEL) as temporary:
        shutil.copyfile(path / BEST, temporary)
    source = path / RESULT
    source = source if source.exists() else path / RUN
    card = parse_card(source.read_bytes(), str(source))
    kept = card.training.items()
    training = {k: v for k, v in kept if k not in _OF_A_PROCESS}
    result = {**training.get("result", {}), "best_epoch": row["best_epoch"]}
    if test:
        found = evaluate(load_file(folder / BEST_MODEL))
        result |= {f"test_{k}": found[k] for k in ("loss", "accuracy")}
    training["result"] = result
    training["search"] = {
        "objective": objective,
        **{name: row[name] for name in ("trial", "score", "epochs", "values")},
    }
    card = dataclasses.replace(card, training=training)
    with written_whole(folder / BEST_RUN) as temporary:
        text = json_text(card.to_dict(), indent=2)
        temporary.write_text(f"{text}\n", encoding="utf-8")
