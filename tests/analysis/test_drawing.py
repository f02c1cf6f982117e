import pytest

import keras_deep
from keras_deep.analysis.blocks import blocks_of


def test_equal_blocks_stand_together():
    blocks = blocks_of(keras_deep.ResNet50())
    counts = [(b.stage, b.count) for b in blocks if b.join]
    assert counts == [
        ("conv2", 1),
        ("conv2", 2),
        ("conv3", 1),
        ("conv3", 3),
        ("conv4", 1),
        ("conv4", 5),
        ("conv5", 1),
        ("conv5", 2),
    ]
    first, second = blocks[1:3]
    assert first.shortcut == ("1x1, 256", "BN")
    assert second.shortcut == ()
    assert second.branch == (
        "1x1, 64",
        "BN, ReLU",
        "3x3, 64",
        "BN, ReLU",
        "1x1, 256",
        "BN",
    )
    assert second.join == "add, ReLU"


def test_shortcuts_say_what_stands_on_them():
    plain = blocks_of(keras_deep.CifarPlainNet(8))
    assert all(block.shortcut is None for block in plain)
    option_a = blocks_of(keras_deep.CifarResNet(8))[2]
    assert option_a.shortcut == ("average 1x1 / 2", "zero channels")
    scaled, gated = (
        blocks_of(keras_deep.CifarResNet(8, shortcut=shortcut))[1].shortcut
        for shortcut in ("shortcut_scaled", "shortcut_gated")
    )
    assert scaled == ("times 0.5",) and "1 - gate" in gated
    dense = blocks_of(keras_deep.DenseNetBC(40))
    assert [b.count for b in dense if b.join == "concatenate"] == [6, 6, 6]


def test_shared_layers_are_in_every_block_that_calls_them():
    given = {"blocks": (3, 1), "input_shape": (8, 8, 3)}
    flat, stacked = (
        blocks_of(keras_deep.SharedResNet(stack=stack, **given))
        for stack in (False, True)
    )
    assert flat == stacked
    assert [b.count for b in flat if b.join] == [3, 1]
    branch = ("BN, ReLU", "3x3, 16", "BN, ReLU", "3x3, 16")
    assert flat[1].branch == branch and flat[1].shortcut == ()


def test_swapout_merges_a_shortcut():
    given = {"blocks": (1, 1), "input_shape": (8, 8, 3)}
    _, first, second, *_ = blocks_of(keras_deep.SwapoutResNet(**given))
    assert first.join == second.join == "swapout"
    assert first.shortcut == () and second.shortcut == ("1x1 / 2, 32",)


def test_pictures_show_the_blocks(tmp_path):
    model = keras_deep.ResNet18(input_shape=(32, 32, 3))
    keras_deep.draw(model, tmp_path / "a.svg")
    keras_deep.draw(model, tmp_path / "b.svg")
    first = (tmp_path / "a.svg").read_text()
    assert first == (tmp_path / "b.svg").read_text()
    for text in ("ResNet18", "7x7 / 2, 64", "conv3", "identity", "dense, 1000"):
        assert f"<!-- {text}" in first
    keras_deep.draw(model, tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_never_overwrites_and_knows_its_formats(tmp_path):
    model = keras_deep.CifarResNet(8)
    path = tmp_path / "a.svg"
    path.write_text("precious")
    with pytest.raises(FileExistsError, match="--force"):
        keras_deep.draw(model, path)
    assert path.read_text() == "precious"
    with pytest.raises(ValueError, match="ends in .png or .svg"):
        keras_deep.draw(model, tmp_path / "a.jpg")
