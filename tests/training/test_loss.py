"""The loss is right or refused, wherever it is computed."""

import keras
import numpy as np
import pytest
from keras import layers
from PIL import Image

import keras_deep
from keras_deep.export.prediction import predict
from keras_deep.models.card import Card
from keras_deep.models.card import attach_card
from keras_deep.training import Config
from keras_deep.training import fit
from keras_deep.training.evaluate import evaluate
from keras_deep.training.loss import loss_and_metrics
from keras_deep.utils.preprocessing import Preprocessing

CONFIG = Config(epochs=2, learning_rate=0.02, schedule="constant", seed=0)


def flat(*ends, side=8):
    return keras.Sequential(
        [keras.Input((side, side, 1)), layers.Flatten(), *ends]
    )


def inner(activation):
    return keras.Sequential([keras.Input((64,)), layers.Dense(10, activation)])


@pytest.fixture
def halves(tmp_path):
    """Images that are bright on the left or on the right: two classes."""
    rng = np.random.default_rng(0)
    y = np.arange(200) % 2
    x = rng.integers(0, 60, (200, 8, 8, 1))
    x[:, :, :4] += 150 * (1 - y)[:, None, None, None]
    x[:, :, 4:] += 150 * y[:, None, None, None]
    x = x.astype("uint8")
    path = tmp_path / "halves.npz"
    arrays = {"x_train": x, "y_train": y, "x_test": x[:50], "y_test": y[:50]}
    np.savez(path, **arrays)
    return path


ENDS = [
    [layers.Dense(10), layers.Activation("linear")],
    [inner(None)],
    [inner("softmax")],
]


@pytest.mark.parametrize("ends", ENDS)
def test_training_follows_the_outputs_to_the_layer_that_makes_them(
    digits, ends
):
    result = fit(flat(*ends), digits, CONFIG)
    measured = result.card.training["result"]
    # Logits that are taken for probabilities stay at about 8.
    assert measured["test_loss"] < 2 and measured["test_accuracy"] > 0.7
    # NumPy's own cross-entropy.
    x, y = (np.concatenate([*parts]) for parts in zip(*_arrays(digits.test)))
    scores = result.model.predict(x, verbose=0).astype("float64")
    if scores.min() < 0:  # Logits.
        scores = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    expected = -np.log(scores[np.arange(len(y)), y]).mean()
    assert measured["test_loss"] == pytest.approx(expected, rel=1e-4)


def _arrays(pipeline):
    return [(np.array(x), np.array(y)) for x, y in pipeline]


@pytest.mark.parametrize("activation", ["sigmoid", None])
def test_one_output_is_trained_on_two_classes(halves, activation, tmp_path):
    model = flat(layers.Dense(1, activation))
    data = keras_deep.data.load(halves, seed=0, batch_size=32)
    result = fit(model, data, CONFIG, tmp_path / "run")
    measured = result.card.training["result"]
    assert measured["test_accuracy"] == 1 and measured["test_loss"] < 0.4
    again = evaluate(keras_deep.load(tmp_path / "run/best.keras"))
    assert again["loss"] == pytest.approx(measured["test_loss"], rel=1e-4)
    assert again["accuracy"] == 1
    for side in (0, 1):
        pixels = np.zeros((8, 8), "uint8")
        pixels[:, 4 * side : 4 * side + 4] = 180
        path = tmp_path / f"{side}.png"
        Image.fromarray(pixels).save(path)
        ((first, second),) = predict(model, [path])
        assert first[0] == str(side) and first[1] > 0.5
        assert first[1] + second[1] == pytest.approx(1)


@pytest.mark.parametrize(
    "end, message",
    [
        (layers.Dense(1, "softmax"), "always 1.*sigmoid"),
        (layers.Dense(10, "sigmoid"), "softmax.*loss of your own"),
        (layers.Dense(10, "relu"), "a loss of your own"),
    ],
)
def test_a_loss_that_nobody_knows_is_refused(end, message):
    with pytest.raises(ValueError, match=message):
        loss_and_metrics(flat(end))


def test_one_output_for_ten_classes_is_refused(digits):
    with pytest.raises(ValueError, match="with `classes=10`"):
        fit(flat(layers.Dense(1, "sigmoid")), digits)


def test_evaluate_refuses_data_of_other_classes_or_images(halves):
    model = flat(layers.Dense(1000, "softmax"))
    with pytest.raises(ValueError, match="to 2 classes.*with `classes=2`"):
        evaluate(model, str(halves))
    with pytest.raises(ValueError, match="from images of shape"):
        evaluate(flat(layers.Dense(2, "softmax"), side=9), str(halves))
    model = flat(layers.Dense(10, "softmax"))
    attach_card(model, Card("mine", class_names=list("9876543210")))
    with pytest.raises(ValueError, match="in the order of the model's"):
        evaluate(model, "digits")
    data = {"name": "digits", "validation": 0.0}
    attach_card(model, Card("mine", training={"data": data}))
    with pytest.raises(ValueError, match="Expected `split`.*no images"):
        evaluate(model, split="validation")


def test_evaluate_keeps_the_optimizer_of_the_model(halves):
    model = flat(layers.Dense(2))
    model.compile("adam", "mse")
    before = model.optimizer, model.loss
    evaluate(model, str(halves))
    assert (model.optimizer, model.loss) == before


def test_predict_gives_probabilities_of_logits(tmp_path):
    paths = []
    for i in range(2):
        paths.append(tmp_path / f"{i}.png")
        Image.fromarray(np.full((8, 8), 90 * i, "uint8")).save(paths[-1])
    logits = flat(layers.Dense(10))
    softmax = flat(layers.Dense(10, "softmax"))
    softmax.set_weights(logits.get_weights())
    facts = Preprocessing((8, 8, 1), (0.0,), (255.0,), "stretch").to_dict()
    for model in (logits, softmax):
        attach_card(model, Card("mine", preprocessing=facts))
    expected, found = predict(softmax, paths, 10), predict(logits, paths, 10)
    for a, b in zip(expected, found, strict=True):
        assert [name for name, _ in a] == [name for name, _ in b]
        assert [p for _, p in b] == pytest.approx([p for _, p in a], rel=1e-4)
    # The names of another classifier are not those of this one.
    attach_card(logits, Card("mine", preprocessing=facts, class_names=["cat"]))
    assert predict(logits, paths, 10)[0][0][0] == expected[0][0][0]
    attach_card(
        unknown := flat(layers.Dense(3, "tanh")), Card("a", {}, None, facts)
    )
    with pytest.raises(ValueError, match="a loss of your own"):
        predict(unknown, paths)


@pytest.mark.tensorflow
@pytest.mark.parametrize("end", [layers.Dense(2), layers.Dense(1, "sigmoid")])
def test_a_model_and_its_export_have_one_loss(halves, tmp_path, end):
    pytest.importorskip("tensorflow")
    model = flat(layers.Rescaling(9.0), end)
    # The wrong answer for every image: class 0 is bright on the left.
    left = np.where(np.arange(64) % 8 < 4, 0.1, -0.1)[:, None]
    wrong = np.hstack([-left, left])[:, -end.units :]
    model.set_weights([wrong, np.zeros(end.units)])
    keras_deep.save(model, tmp_path / "a.keras")
    keras_deep.export.saved_model(model, tmp_path / "served")
    measured = [
        evaluate(keras_deep.load(tmp_path / name), str(halves))
        for name in ("a.keras", "served")
    ]
    assert measured[0]["loss"] > 1
    assert measured[1]["loss"] == pytest.approx(measured[0]["loss"], rel=1e-4)
    assert measured[1]["accuracy"] == measured[0]["accuracy"]
    (tmp_path / "served/1/assets.extra/keras_deep_output.json").unlink()
    with pytest.raises(ValueError, match="whether its outputs are"):
        evaluate(keras_deep.load(tmp_path / "served"), str(halves))
