"""A run that fails again and again ends as one that never did."""

import keras
import numpy as np
import pytest

from keras_deep.training import Config
from keras_deep.training import fit
from tests.support.run_files import table

NETWORK = ("DenseNetBC", {"blocks": (1,), "growth_rate": 4})
# Its seed is drawn; a training epoch has three steps.
DATA = {"name": "digits", "batch_size": 512}
CONFIG = Config(epochs=2, learning_rate=0.05, seed=3, checkpoint_steps=2)


class Fail(keras.callbacks.Callback):
    """Fails at a step of this attempt, before it is written.

    Batches of the validation count as well.
    """

    def __init__(self, at):
        super().__init__()
        self.left = at

    def get_state(self):
        return {}

    def set_state(self, state):
        """Every attempt fails at its own step."""

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if not self.left:
            raise RuntimeError("failed")

    on_test_batch_end = on_train_batch_end


def test_the_result_is_that_of_an_undisturbed_run(tmp_path, capsys):
    pytest.importorskip("sklearn")
    whole = fit(NETWORK, DATA, CONFIG, tmp_path / "whole")
    folder = tmp_path / "failing"
    # Before the first checkpoint, after it, in the second epoch and in its
    # validation.
    for at in (1, 3, 4, 4):
        with pytest.raises(RuntimeError, match="failed"):
            fit(NETWORK, DATA, CONFIG, folder, callbacks=Fail(at))
    found = fit(NETWORK, DATA, CONFIG, folder, callbacks=Fail(0))
    if keras.backend.backend() == "tensorflow":  # Others begin with an epoch.
        assert "goes on after step 2 of epoch 1" in capsys.readouterr().out
    assert found.history == whole.history
    for one, other in zip(
        found.model.get_weights(), whole.model.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(one, other)
    tables = [table(tmp_path / n / "history.csv") for n in ("whole", "failing")]
    assert tables[0] == tables[1] and len(tables[0]) == 2
    results = [r.card.training["result"] for r in (whole, found)]
    for result in results:
        del result["seconds"], result["seconds_per_step"]
    assert results[0] == results[1]
    assert not (folder / "checkpoints").exists()
