"""What an error says to call is called, as it stands there."""

import re

import numpy as np
import pytest

import keras_deep
from keras_deep import convert
from keras_deep.convert.advice import arguments_told
from keras_deep.convert.families import family_of
from keras_deep.convert.origins import ORIGINS
from tests.support.inverse_rules import keras_weights
from tests.support.inverse_rules import pytorch_weights
from tests.support.inverse_rules import save_npz
from tests.support.keras_writer import weights_file
from tests.support.small import small_arguments

WEIGHTS = {"pytorch": pytorch_weights, "keras": keras_weights}
LOAD = {"pytorch": convert.load_pytorch, "keras": convert.load_keras}


def _cases():
    """Yields an origin of each builder, and both conventions.

    Its other origins are for the proof.
    """
    seen = set()
    for origin in ORIGINS:
        for builder, needed in origin.networks.items():
            if origin.format not in WEIGHTS or needed.get("depth"):
                continue
            if "projections" in origin.name and builder == "CifarPlainNet":
                continue  # It has none, so its names are another origin's.
            table = family_of(builder, needed).conventions
            same = [table[name] for name in origin.conventions]
            others = [name for name in table if table[name] not in same]
            if others:
                marks = [pytest.mark.proof] if builder in seen else []
                seen.add(builder)
                conventions = (origin.conventions[0], others[0])
                yield pytest.param(
                    *(origin, builder, needed, *conventions),
                    id=f"{origin.name} {builder} {needed}",
                    marks=marks,
                )


def _write(weights, origin, folder):
    if origin.format == "pytorch":
        return save_npz(folder / "a.pth", weights)
    layers = {}
    for name, value in weights.items():
        layers.setdefault(name.rpartition("/")[0], []).append(value)
    path = folder / "a.weights.h5"
    places = {f"layers/x{i}": (n, layers[n]) for i, n in enumerate(layers)}
    path.write_bytes(weights_file(_by_class(places, weights)))
    return path


def _by_class(places, weights):
    """Puts layers at places that tell the reader their class."""
    found = {}
    for index, (name, arrays) in enumerate(places.values()):
        norm = f"{name}/moving_mean" in weights
        kind = "batch_normalization" if norm else "conv2d"
        found[f"layers/{kind}_{index}"] = (name, arrays)
    return found


def _called(message):
    """Returns what the call in a message gives."""
    (call,) = re.findall(r"`(keras_deep\.convert\.from_.*\))`", message)
    return eval(call, {"keras_deep": keras_deep})


@pytest.mark.parametrize("origin, builder, needed, right, wrong", [*_cases()])
def test_the_call_in_the_error_loads(
    origin, builder, needed, right, wrong, tmp_path
):
    arguments = {**small_arguments(builder), **needed, "classes": 3}
    arguments["include_top"] = builder != "VGG"  # It would be large.
    if needed.get("stem") == "imagenet":
        arguments["input_shape"] = (64, 64, 3)
    source = keras_deep.create_model(
        builder, **{**arguments, "convention": right}
    )
    path = _write(WEIGHTS[origin.format](source, origin), origin, tmp_path)
    arguments["convention"] = wrong
    model = keras_deep.create_model(builder, **arguments)
    with pytest.raises(ValueError) as error:
        LOAD[origin.format](model, path)
    found = _called(str(error.value))
    ours = keras_deep.card(found)
    wanted = keras_deep.card(source)
    assert {**ours.arguments, "name": 0} == {**wanted.arguments, "name": 0}
    table = family_of(builder, needed).conventions
    assert table[ours.convention] == table[right]
    pairs = zip(source.get_weights(), found.get_weights(), strict=True)
    for a, b in pairs:
        np.testing.assert_array_equal(a, b)
    with pytest.raises(ValueError) as again:
        keras_deep.create_model(builder, weights=path, **arguments)
    assert (
        str(again.value).partition("Received")[2]
        == str(error.value).partition("Received")[2]
    )


@pytest.mark.parametrize(
    "name, given, told",
    [
        ("ResNet18", {}, "'ResNet18'"),
        ("ResNet", {"depth": 18}, "'ResNet18'"),
        ("ResNet50V2", {"classes": 7}, "'ResNet50V2', classes=7"),
        ("DenseNet121", {}, "'DenseNet121'"),
        ("WideResNet50_2", {"include_top": False}, "'WideResNet50_2', include"),
        (
            "ResNet",
            {"blocks": (1, 1), "version": 2, "input_shape": (32, 32, 1)},
            "'ResNet50V2', blocks=(1, 1), input_shape=(32, 32, 1)",
        ),
        ("VGG19", {}, "'VGG19'"),
        ("SEResNeXt101", {}, "'SEResNeXt101'"),
    ],
)
def test_a_model_is_called_by_its_variant(name, given, told):
    """The builder alone, `"ResNet"`, would be another network."""
    from keras_deep.models.model import Card
    from keras_deep.models.model import on_card
    from keras_deep.models.registry import bind
    from keras_deep.models.registry import entry_of
    from keras_deep.models.registry import signature_of

    entry = entry_of(name)
    call = bind(name, signature_of(name), (), given)
    card = Card(entry.builder, on_card(entry.record, call.arguments))
    assert arguments_told(card).startswith(told)


def test_a_guessed_convention_names_all_of_them(tmp_path):
    origin = next(o for o in ORIGINS if len(o.conventions) > 1 and o.choose)
    source = keras_deep.ResNet(
        blocks=(1, 1, 1, 1),
        block="bottleneck",
        input_shape=(32, 32, 3),
        classes=3,
        convention="pytorchcv",
    )
    path = save_npz(tmp_path / "a.pth", pytorch_weights(source, origin))
    with pytest.raises(ValueError, match="is 'pytorchcv' or 'torchvision'"):
        keras_deep.ResNet(
            blocks=(1, 1, 1, 1),
            block="bottleneck",
            input_shape=(32, 32, 3),
            classes=3,
            convention="keras",
            weights=path,
        )
