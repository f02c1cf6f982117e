"""Counts of networks that are written without this package."""

import importlib
import json
import os
import pathlib
import subprocess
import sys

import keras
import pytest
from keras import layers

ROOT = pathlib.Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "keras_deep" / "models" / "reference"
INDEPENDENT = sorted((ROOT / "tests" / "independent").glob("*.py"))

# A convolution of 3 to 4 channels with 3x3 outputs, one of each channel, one
# of 2 groups, and a dense layer that is used twice.
TRAINABLE = (27 * 4 + 4) + 9 * 4 + 2 * 4 + (2 * 8 + 8) + (8 * 5 + 5)
MOVING = 2 * 4
ADDS = 9 * 27 * 4 + 9 * 9 * 4 + 9 * 2 * 8 + 2 * 8 * 5
COUNTS = {
    "trainable": TRAINABLE,
    "total": TRAINABLE + MOVING,
    "multiply_adds": ADDS,
}


@pytest.fixture
def tool(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "tools")
    return importlib.import_module("count_network")


def small_network():
    inputs = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, strides=2)(inputs)
    x = layers.DepthwiseConv2D(3, padding="same", use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Conv2D(8, 1, groups=2)(x)
    dense = layers.Dense(5)
    ends = (layers.GlobalAveragePooling2D(), layers.GlobalMaxPooling2D())
    outputs = layers.Add()([dense(end(x)) for end in ends])
    return keras.Model(inputs, outputs)


def test_counts_are_those_of_the_hand(tool):
    assert tool.counts(small_network(), (8, 8, 3)) == COUNTS


def test_a_network_within_a_network_is_counted_once(tool):
    inner = small_network()
    inputs = keras.Input((8, 8, 3))
    outputs = inner(layers.Rescaling(1 / 255)(inputs))
    model = keras.Model(inputs, outputs)
    assert tool.counts(model, (8, 8, 3)) == COUNTS


def test_multiply_adds_of_other_layers_are_unknown(tool):
    model = keras.Sequential([keras.Input((7, 2)), layers.SimpleRNN(3)])
    counted = {"trainable": 2 * 3 + 3 * 3 + 3, "multiply_adds": None}
    assert counted.items() <= tool.counts(model, (7, 2)).items()


def test_networks_of_pytorch_have_the_same_counts(tool):
    torch = pytest.importorskip("torch")
    nn = torch.nn

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.features = nn.Sequential(
                nn.Conv2d(3, 4, 3, stride=2),
                nn.Conv2d(4, 4, 3, padding=1, groups=4, bias=False),
                nn.BatchNorm2d(4),
                nn.ReLU(),
                nn.Conv2d(4, 8, 1, groups=2),
            )
            self.dense = nn.Linear(8, 5)

        def forward(self, x):
            x = self.features(x)
            return self.dense(x.mean((2, 3))) + self.dense(x.amax((2, 3)))

    assert tool.counts(Network(), (3, 8, 8)) == COUNTS


@pytest.mark.proof
def test_resnet_50_of_keras_has_its_known_counts(tool):
    """Those of shared/reference, which another program counted."""
    network = keras.applications.ResNet50(weights=None)
    assert tool.counts(network, (224, 224, 3)) == {
        "trainable": 25583592,
        "total": 25636712,
        "multiply_adds": 3857973248,
    }


@pytest.mark.parametrize("path", INDEPENDENT, ids=lambda path: path.stem)
def test_rows_are_what_their_network_has(path, tool):
    kept = json.loads((REFERENCE / f"{path.stem}.json").read_text())
    for row in tool.rows_of(path):
        assert row in kept, row["id"]


def test_every_counted_row_has_a_network():
    known = {path.name for path in INDEPENDENT}
    for path in REFERENCE.glob("*.json"):
        for row in json.loads(path.read_text()):
            if row.get("source", "").startswith("counted: "):
                name = row["source"].split(";")[0].rpartition("/")[2]
                assert name in known and name == f"{path.stem}.py", row["id"]


FILE = """
import keras
SOURCE = "the paper"
ROWS = [
    {"id": "b", "model": "B", "arguments": {"depth": 2}, "shape": (3,),
     "network": lambda: keras.Sequential(
         [keras.Input((3,)), keras.layers.Dense(2)])},
]
"""


def test_rows_are_replaced_by_their_id_and_others_stay(tool, tmp_path):
    (tmp_path / "b.json").write_text('[{"id": "b"}, {"id": "a", "total": 1}]')
    (tmp_path / "b.py").write_text(FILE)
    assert tool.write(tmp_path / "b.py", tmp_path) == tmp_path / "b.json"
    assert json.loads((tmp_path / "b.json").read_text()) == [
        {
            "id": "b",
            "model": "B",
            "arguments": {"depth": 2},
            **{"trainable": 8, "total": 8, "multiply_adds": 6},
            "source": "counted: tests/independent/b.py; the paper",
            "published": None,
        },
        {"id": "a", "total": 1},
    ]


@pytest.mark.parametrize(
    "change, message",
    [
        (("import keras", "import keras, keras_deep"), "to be independent"),
        (("SOURCE", "SOURCES"), "to define SOURCE"),
        (('"shape": (3,),', ""), "to have ['shape']"),
    ],
)
def test_files_that_prove_nothing_are_refused(change, message, tmp_path):
    path = tmp_path / "b.py"
    path.write_text(FILE.replace(*change, 1))
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "count_network.py", path],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert message in done.stderr and "Traceback" not in done.stderr
    assert not (REFERENCE / "b.json").exists()
