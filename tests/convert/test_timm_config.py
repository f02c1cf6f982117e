import json

import pytest

from keras_deep.convert.hub.timm_config import read_preprocessing

# The part of timm/resnet50.a1_in1k/config.json that is about images.
CONFIG = {
    "input_size": [3, 224, 224],
    "test_input_size": [3, 288, 288],
    "interpolation": "bicubic",
    "crop_pct": 0.95,
    "crop_mode": "center",
    "mean": [0.485, 0.456, 0.406],
    "std": [0.229, 0.224, 0.225],
}


@pytest.fixture
def read(tmp_path):
    def read(config):
        path = tmp_path / "config.json"
        path.write_text(config if type(config) is str else json.dumps(config))
        return read_preprocessing(path)

    return read


def test_images_as_timm_prepares_them(read):
    config = {"architecture": "resnet50", "pretrained_cfg": CONFIG}
    record = read(config).to_dict()
    assert record.pop("mean") == pytest.approx([123.675, 116.28, 103.53])
    assert record.pop("std") == pytest.approx([58.395, 57.12, 57.375])
    assert record == {
        "shape": [224, 224, 3],
        "range": [0, 255],
        "resize": "center_crop",
        "crop": 0.95,
        "interpolation": "bicubic",
        "order": "RGB",
    }


@pytest.mark.parametrize(
    "changes,resize",
    [
        ({"crop_pct": 1.0}, "center_crop"),
        ({"crop_pct": 1.0, "crop_mode": "squash"}, "stretch"),
        ({"crop_pct": 0.9, "crop_mode": "squash"}, None),
        ({"crop_mode": "border"}, None),
        ({"interpolation": "random"}, None),
    ],
)
def test_what_cannot_be_said_is_not_guessed(read, changes, resize):
    record = read({**CONFIG, **changes})
    assert (record and record.resize) == resize


def test_height_and_width_may_differ(read):
    record = read({**CONFIG, "input_size": [1, 60, 80]})
    assert record.shape == (60, 80, 1)
    assert record.mean == pytest.approx([114.495], abs=1e-6)
    assert record.std == pytest.approx([57.63], abs=1e-6)


def test_another_configuration_says_nothing_of_images(read):
    assert read({"model_type": "resnet"}) is None


@pytest.mark.parametrize(
    "config", ["no", [1], {**CONFIG, "mean": ["a"]}, {**CONFIG, "std": []}]
)
def test_a_broken_configuration_is_named(read, config):
    with pytest.raises(ValueError, match="config.json' to be JSON as timm"):
        read(config)
