"""The list of published weights says what loads, and only what is known."""

import re

import pytest

import keras_deep
from keras_deep.convert.hub import hub_place
from keras_deep.convert.hub.torchvision_weights import find_weights
from keras_deep.convert.origins import PUBLISHED
from keras_deep.convert.published_weights import list_weights
from keras_deep.convert.published_weights import origin_of
from keras_deep.models.registry import entry_of

every_row = pytest.mark.parametrize(
    "row", [pytest.param(row, id=row.weights) for row in PUBLISHED]
)
_ENDINGS = {".caffemodel": "caffe", ".h5": "keras", ".th": "pytorch"}


@every_row
def test_rows_are_of_models_and_origins_that_there_are(row):
    entry = entry_of(row.model)
    assert row.convention in entry.conventions_of(row.arguments)
    assert set(row.arguments) <= set(entry.record.signature.parameters)
    form = origin_of(row).format
    hub, separator, name = row.weights.partition("://")
    if separator and hub == "torchvision":
        assert find_weights(name)
        assert form == "pytorch"
    elif separator and hub == "hf":
        assert hub_place._NAME.fullmatch(row.weights)
        assert form == "pytorch"
    else:
        ending = row.weights[row.weights.rindex(".") :]
        assert form == _ENDINGS.get(ending, "pytorch")
    assert row.error is None or 1 < row.error < 50


def test_no_weights_are_listed_twice():
    rows = [(row.model, row.weights) for row in PUBLISHED]
    assert len(rows) == len(set(rows)) > 40


def test_errors_and_licences_on_cifar_are_those_that_were_measured(shared):
    text = (shared / "data" / "SOURCES.md").read_text()
    licences = dict(re.findall(r"^\| (\S+/\S+) \| \S+ \| (.+) \|$", text, re.M))
    rows = [row for row in PUBLISHED if row.dataset == "CIFAR-10"]
    assert len(rows) >= 9
    for row in rows:
        repository, commit, path = re.fullmatch(
            r"https://github.com/([^/]+/[^/]+)/raw/([0-9a-f]{40})/(.+)",
            row.weights,
        ).groups()
        file = re.escape(f"{repository} @ {commit[:7]} {path}")
        (error,) = re.findall(rf"\| {file} \|.*measured error (\S+) %", text)
        assert row.error == float(error)
        stated = licences[repository]
        if row.licence is None:
            assert stated == "none stated"
        else:
            assert stated.startswith(row.licence.split("-Clause")[0])


def test_errors_on_imagenet_are_those_of_the_reference(shared):
    text = (shared / "reference" / "REFERENCE.md").read_text()
    numbers = set(map(float, re.findall(r"\d+\.\d+", text)))
    known = [
        r.error for r in PUBLISHED if r.dataset == "ImageNet-1k" and r.error
    ]
    assert len(known) > 15
    assert set(known) <= numbers


def test_weights_of_a_model():
    found = {row.weights: row for row in list_weights("ResNet50")}
    second = found["torchvision://ResNet50_Weights.IMAGENET1K_V2"]
    assert second.convention == "torchvision"
    assert second.error is None and second.licence is None
    assert second.preprocessing.crop == pytest.approx(224 / 232)
    assert found["hf://timm/resnet50.a1_in1k"].preprocessing is None
    he = found["ResNet-50-model.caffemodel"]
    assert he.error == 24.7 and he.licence == "MIT"
    assert he.preprocessing.order == "BGR"
    assert all(row.model == "ResNet50" for row in found.values())


def test_arguments_choose_the_network():
    assert list_weights("ResNet", depth=101) == list_weights("ResNet101")
    assert list_weights("ResNet", depth=101) != list_weights("ResNet")
    (small,) = list_weights("CifarResNet", blocks=(1, 1, 1))
    assert small.licence == "Apache-2.0"
    # The convention is no other network: each row says its own.
    assert list_weights("ResNet20", convention="caffe") == list_weights(
        "ResNet20"
    )
    # Nor are what stands on the features, or how blocks are kept.
    for more in ({"include_top": False, "pooling": "avg"}, {"stack": True}):
        assert list_weights("ResNet20", **more) == list_weights("ResNet20")
    assert list_weights("MnistResNet") == []
    with pytest.raises(ValueError, match="Did you mean .*'ResNet50'"):
        list_weights("ResNet5")


def test_the_list_of_all():
    rows = keras_deep.list_weights()
    assert [row.weights for row in rows] == [row.weights for row in PUBLISHED]


def test_the_conventions_of_rows_build(shared):
    """The files at hand load as their rows say."""
    folder = shared / "data" / "checkpoints"
    files = {
        "resnet20-12fca82f.th": "pytorch/akamaster_resnet20-12fca82f.th",
        "cifar10_res20_iter_64000.caffemodel": (
            "caffe/junyuseu_res20_aug.caffemodel"
        ),
        "pretrainedResnet.h5": "keras/mlcommons_tiny_resnet8_cifar10.h5",
        "wrn-16-1-seed-0-dict.pth": "pytorch/ferles_wrn-16-1-seed-0-dict.pth",
    }
    rows = {row.weights.rpartition("/")[2]: row for row in PUBLISHED}
    for name, path in files.items():
        row = rows[name]
        model = keras_deep.create_model(
            row.model,
            weights=folder / path,
            convention=row.convention,
            **row.arguments,
        )
        assert keras_deep.card(model).weights["origin"] == row.origin
