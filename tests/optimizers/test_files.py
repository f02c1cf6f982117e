"""Files of compiled models, with the package and where only Keras is."""

import keras
import pytest

import keras_deep
from keras_deep import optimizers as ours
from tests.support import optimizers
from tests.support import stacks
from tests.support.keras_alone import keras_alone

LOAD = """
for name in ("LAMB", "AdamW"):
    optimizer = keras.models.load_model(name + ".keras").optimizer
    print(type(optimizer).__module__, type(optimizer).__name__)
    print(float(abs(optimizer.variables[2].numpy()).max()) > 0)
try:
    keras.models.load_model("LARS.keras")
except TypeError as error:
    print(str(error)[-300:].replace("\\n", " "))
model = keras.models.load_model("LARS.keras", compile=False)
print(repr(float(model(keras.ops.ones((1, 4)))[0, 0])))
"""


def test_a_training_continues_from_a_file_and_keras_alone_opens_it(tmp_path):
    for name in ("LAMB", "AdamW", "LARS"):
        kind = getattr(ours, name)
        model = stacks.compiled(optimizers.dense(), kind(0.1, weight_decay=0.2))
        stacks.train(model, 1)
        model.save(tmp_path / f"{name}.keras")
        loaded = keras_deep.load(tmp_path / f"{name}.keras")
        assert type(loaded.optimizer) is kind
        assert stacks.train(loaded, 2) == stacks.train(model, 2)
    lines = keras_alone(LOAD, tmp_path).splitlines()[-6:]
    assert lines[:4] == [
        *("keras.src.optimizers.lamb Lamb", "True"),
        *("keras.src.optimizers.adamw AdamW", "True"),
    ]
    # LARS is none of Keras's: the network opens, its optimizer does not.
    assert "pip install keras_deep" in lines[4] and "compile=False" in lines[4]
    model = keras.models.load_model(tmp_path / "LARS.keras")
    expected = float(model(keras.ops.ones((1, 4)))[0, 0])
    assert float(lines[5]) == pytest.approx(expected, rel=1e-6)


def test_files_of_stacks_keep_the_arguments_of_lars(tmp_path):
    optimizer = ours.LARS(0.5, 0.8, True, 0.02, weight_decay=0.3)
    model = stacks.compiled(optimizers.highway(), optimizer)
    stacks.train(model, 2)
    model.save(tmp_path / "model.keras")
    loaded = keras_deep.load(tmp_path / "model.keras")
    assert loaded.optimizer.get_config() == optimizer.get_config()
    assert loaded.optimizer.trust_coefficient == 0.02
    assert stacks.train(loaded, 2) == stacks.train(model, 2)
