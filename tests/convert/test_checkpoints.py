"""Checkpoints as training leaves them: wrapped, twice, with a head or none."""

import numpy as np
import pytest

import keras_deep
from keras_deep import convert
from tests.convert.weights import cifar_resnet
from tests.convert.weights import state_dict
from tests.support.inverse_rules import save_npz
from tests.support.torch_files import Tensor
from tests.support.torch_files import zip_checkpoint

SMALL = {"blocks": (1, 1), "input_shape": (8, 8, 3)}
OURS = {**SMALL, "convention": "pytorchcv"}


@pytest.fixture
def weights():
    return state_dict(cifar_resnet())


@pytest.fixture
def body(weights):
    """The weights without those of the classifier."""
    return {n: v for n, v in weights.items() if not n.startswith("fc.")}


@pytest.fixture
def save(tmp_path):
    """Writes a checkpoint of dicts of arrays, as PyTorch does."""

    def tensors(data):
        if isinstance(data, dict):
            return {key: tensors(value) for key, value in data.items()}
        return Tensor(np.asarray(data))

    def save(data):
        path = tmp_path / "run.pth"
        path.write_bytes(zip_checkpoint(tensors(data)))
        return str(path)

    return save


def under(prefix, weights):
    return {prefix + name: value for name, value in weights.items()}


def doubled(weights):
    """Other values of the same names: an average, say."""
    return {name: value * 2 for name, value in weights.items()}


def kernel(model):
    return model.get_layer("conv1_conv").get_weights()[0]


def assert_kernel(model, weights, times=1):
    expected = weights["conv1.weight"].transpose(2, 3, 1, 0) * times
    np.testing.assert_array_equal(kernel(model), expected)


TWICE = {
    "keys": lambda a, b: ({"model": a, "model_ema": b}, "model_ema"),
    "wrapped": lambda a, b: (
        {"state_dict": under("module.", a), "state_dict_ema": b, "epoch": 3},
        "state_dict_ema",
    ),
    "prefixes": lambda a, b: (
        {"state_dict": {**under("model.", a), **under("ema_model.", b)}},
        "ema_model",
    ),
    "a prefix for the average alone": lambda a, b: (
        {**a, **under("teacher.", b)},
        "teacher",
    ),
    "prefixes of prefixes": lambda a, b: (
        {
            "state_dict": {
                **under("net.model.", a),
                **under("net.average.module.", b),
                "loss.weight": np.ones(3, "f4"),
            }
        },
        "net.average.module",
    ),
}


@pytest.mark.parametrize("name", TWICE)
def test_what_is_there_twice_is_said_and_chosen(name, weights, save, caplog):
    data, part = TWICE[name](weights, doubled(weights))
    path = save(data)
    model = keras_deep.CifarResNet(**OURS)
    report = convert.load_pytorch(model, path)
    assert_kernel(model, weights)
    assert f"the file has '{part}', too: '{path}#{part}' loads" in caplog.text
    assert "the weights are those of" in report.notes[0]
    chosen = f"{path}#{part}"
    for model in (
        convert.from_pytorch(chosen, "CifarResNet", **SMALL),
        convert.from_file(chosen, "CifarResNet", **SMALL),
        keras_deep.CifarResNet(weights=chosen, **OURS),
    ):
        assert_kernel(model, weights, 2)
        assert keras_deep.card(model).weights["source"] == chosen
    assert caplog.text.count("too: ") == 1


def test_of_two_equals_none_is_taken(weights, save):
    two = {"student": weights, "other": doubled(weights)}
    for path in (
        save(two),
        save({**under("student.", weights), **under("other.", weights)}),
    ):
        with pytest.raises(ValueError, match="'student', 'other'.*#student'"):
            keras_deep.CifarResNet(weights=path, **OURS)
        model = keras_deep.CifarResNet(weights=f"{path}#student", **OURS)
        assert_kernel(model, weights)


def test_no_such_part_is_told_with_those_there_are(weights, save, tmp_path):
    path = save({"model": weights, "model_ema": doubled(weights)})
    with pytest.raises(ValueError, match="such as 'model, model_ema.*: 'ema2'"):
        keras_deep.CifarResNet(weights=f"{path}#ema2", **OURS)
    keras_deep.CifarResNet(**SMALL).save_weights(tmp_path / "a.weights.h5")
    with pytest.raises(ValueError, match="part behind `#`.*a file of Keras"):
        convert.from_file(f"{tmp_path}/a.weights.h5#x", "CifarResNet")


def test_a_name_may_have_the_sign_of_a_part(weights, tmp_path):
    path = save_npz(tmp_path / "run#2.npz", weights)
    assert_kernel(keras_deep.CifarResNet(weights=path, **OURS), weights)


def test_a_checkpoint_in_memory_is_told_what_to_pass(weights):
    data = {"model": weights, "optimizer": {}}
    with pytest.raises(ValueError, match=r"`checkpoint\['model'\]`"):
        convert.from_pytorch(data, "CifarResNet")


BESIDE = {
    "a loss": ("model.", {"loss_fn.weight": np.ones(10, "f4")}),
    "a counter": ("module.", {"n_averaged": np.ones((), "i8")}),
    "any prefix": ("my_net.", {"loss_fn.weight": np.ones(10, "f4")}),
    "a projector": (
        "encoder.resnet.",
        {
            "encoder.extra": np.ones(3, "f4"),
            "projector.0.weight": np.ones((9, 32), "f4"),
            "projector.1.running_mean": np.ones(9, "f4"),
        },
    ),
}


@pytest.mark.parametrize("name", BESIDE)
def test_extras_beside_a_wrapped_network_are_left_out_and_named(name, weights):
    prefix, extra = BESIDE[name]
    model = keras_deep.CifarResNet(**OURS)
    report = convert.load_pytorch(model, {**under(prefix, weights), **extra})
    assert_kernel(model, weights)
    (note,) = report.notes
    assert f"behind '{prefix}'" in note
    for odd in extra:
        assert odd.rpartition(".")[0] in note


def test_errors_name_what_stands_beside_the_network(weights):
    del weights["layer1.0.conv1.weight"]
    found = {**under("model.", weights), "loss_fn.weight": np.ones(10)}
    with pytest.raises(ValueError) as error:
        convert.load_pytorch(keras_deep.CifarResNet(**OURS), found)
    assert "missing conv2_block1_1_conv/kernel" in str(error.value)
    assert "loss_fn" in str(error.value)
    unknown = {f"model.x{i}.weight": np.ones(1) for i in range(9)}
    with pytest.raises(ValueError, match="apart from 'model', .'loss_fn'"):
        convert.from_pytorch(
            {**unknown, "loss_fn.weight": np.ones(1)}, "CifarResNet"
        )


def test_what_makes_it_another_network_is_no_extra(weights, body):
    """Layers in the blocks are refused, with and without a classifier."""
    extra = {"layer1.0.se.fc1.weight": np.ones((4, 16, 1, 1), "f4")}
    for found in (weights, body, under("model.", body)):
        prefix = "model." if "model.conv1.weight" in found else ""
        found = {**found, **under(prefix, extra)}
        for arguments in ({}, {"include_top": False}):
            model = keras_deep.CifarResNet(**OURS, **arguments)
            with pytest.raises(ValueError, match="unexpected layer1.0.se.fc1"):
                convert.load_pytorch(model, found)
    deeper = state_dict(cifar_resnet((2, 1)))
    with pytest.raises(ValueError, match="unexpected conv2_block2_1_conv/k"):
        model = keras_deep.CifarResNet(**OURS, include_top=False)
        convert.load_pytorch(model, deeper)


@pytest.mark.parametrize("prefix", ["", "backbone."])
def test_a_classifier_that_the_file_lacks_starts_anew(prefix, body, caplog):
    model = keras_deep.CifarResNet(**OURS, classes=7)
    initial = model.get_layer("predictions").get_weights()
    report = convert.load_pytorch(model, under(prefix, body))
    assert_kernel(model, body)
    for a, b in zip(initial, model.get_layer("predictions").get_weights()):
        np.testing.assert_array_equal(a, b)
    assert report.notes == (
        "the classifier keeps its initial weights: the file has none",
    )
    assert report.notes[0] in caplog.text
    built = convert.from_pytorch(body, "CifarResNet", **SMALL)
    assert built.output_shape == (None, 10)


def test_a_classifier_with_a_wrong_name_is_no_missing_one(weights):
    weights["fc.weigth"] = weights.pop("fc.weight")
    with pytest.raises(ValueError, match="missing predictions/kernel. Did you"):
        convert.load_pytorch(keras_deep.CifarResNet(**OURS), weights)


HEAD = {
    "fc.1.weight": np.ones((5, 32), "f4"),
    "fc.1.bias": np.ones(5, "f4"),
    "head.weight": np.ones((4, 5), "f4"),
}


@pytest.mark.parametrize("top", [True, False])
def test_a_head_of_ones_own_is_left_out_and_named(top, body):
    model = keras_deep.CifarResNet(**OURS, include_top=top)
    report = convert.load_pytorch(model, {**body, **HEAD})
    assert_kernel(model, body)
    assert report.notes[0].endswith("is like it: fc.1, head")
    anew = "the classifier keeps its initial weights: the file has none"
    assert report.notes[1:] == ((anew,) if top else ())


def test_a_head_beside_the_classifier_is_an_error(weights):
    with pytest.raises(ValueError, match="unexpected fc.1.weight"):
        convert.load_pytorch(
            keras_deep.CifarResNet(**OURS), {**weights, **HEAD}
        )


def test_dense_layers_before_the_classifier_start_anew_too():
    small = {"blocks": (1,) * 5, "input_shape": (32, 32, 3), "classes": 3}
    body = keras_deep.VGG(
        **small, include_top=False, convention="paper", weights=None
    )
    arrays = {n: h.get() for n, h in keras_deep.named_weights(body)}
    names = {f"conv{i}_1_conv": f"conv{i}_1" for i in range(1, 6)}
    caffe = {
        f"{names[n.rpartition('/')[0]]}/{int(n.endswith('bias'))}": v
        for n, v in arrays.items()
    }
    caffe = {
        n: v.transpose(3, 2, 0, 1) if v.ndim == 4 else v
        for n, v in caffe.items()
    }
    model = keras_deep.VGG(**small, convention="caffe")
    (note,) = convert.load_caffe(model, caffe).notes
    assert "classifier (fc1, fc2, predictions) keeps" in note
    # Flickr's style: the last layer has another name and is not ours.
    dense = {
        "fc6/0": np.zeros((4096, 512), "f4"),
        "fc6/1": np.zeros(4096, "f4"),
        "fc7/0": np.zeros((4096, 4096), "f4"),
        "fc7/1": np.zeros(4096, "f4"),
    }
    last = {"fc8_flickr/0": np.zeros((20, 4096), "f4")}
    notes = convert.load_caffe(model, {**caffe, **dense, **last}).notes
    assert "fc8_flickr" in notes[0]
    assert "the classifier keeps its initial weights" in notes[1]
    bare = keras_deep.VGG(**small, convention="caffe", include_top=False)
    notes = convert.load_caffe(bare, {**caffe, **dense}).notes
    assert notes == ("the classifier was left out: the model has none",)
