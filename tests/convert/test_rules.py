"""The small language of the rules."""

import pytest

from keras_deep.convert.origins.common import in_order
from keras_deep.convert.rules import Origin


def origin(layers, **arguments):
    return Origin(
        "theirs", "pytorch", {"ResNet": {}}, ("paper",), layers, **arguments
    )


@pytest.mark.parametrize(
    "theirs, ours, name, expected",
    [
        ("layer{s}.{b}.bn{k}", "c{s+1}_{b-1}_{k}", "layer2.10.bn3", "c3_9_3"),
        ("res{s}{@b}", "conv{s}_block{b}", "res4f", "conv4_block6"),
        ("a.{=rest}", "b/{rest}", "a.x.1", "b/x.1"),
        ("a.1", "b", "a.1", "b"),
    ],
)
def test_templates(theirs, ours, name, expected):
    assert origin({theirs: ours}).match([name]) == {name: expected}


@pytest.mark.parametrize("name", ["ax1", "a.12", "ba.1", "a.1.b", "a."])
def test_templates_match_whole_names_and_dots_are_dots(name):
    assert origin({"a.1": "b"}).match([name]) == {}


def test_the_first_row_that_fits_counts():
    rows = {"bn1": "first", "bn{k}": "bn{k}"}
    found = origin(rows).match(["bn2", "bn1", "other"])
    assert found == {"bn2": "bn2", "bn1": "first"}


def test_counted_layers_are_ours_in_order():
    counted = origin(
        {"fc{n}": "predictions"}, numbered={"Conv": "conv"}, order=in_order
    )
    names = ["Conv12", "Conv2", "fc1", "Conv1", "Convolve3"]
    ours = ["conv3_block1_1_conv", "conv1_conv", "conv3_block1_0_conv"]
    assert counted.match(names, ours) == {
        "Conv1": "conv1_conv",
        "Conv2": "conv3_block1_0_conv",
        "Conv12": "conv3_block1_1_conv",
        "fc1": "predictions",
    }
    # Without a model they are known, but not which they are.
    assert set(counted.match(names)) == {"Conv1", "Conv2", "Conv12", "fc1"}
