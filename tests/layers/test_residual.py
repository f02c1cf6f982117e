import functools
import itertools

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.layers import residual
from keras_deep.layers import stage
from keras_deep.layers.position import Position
from keras_deep.layers.position import Stage
from keras_deep.layers.position import positions
from keras_deep.layers.shortcut import SHORTCUTS
from keras_deep.layers.shortcut import Shortcut
from keras_deep.layers.stacks import nesting
from tests.support.conventions import in_force
from tests.support.numpy_words import convolved


def _at(filters, stride=1, projects=False):
    return Position("conv2", "conv2_block1", filters, stride, projects)


def _block(block, shape, filters, stride=1, **arguments):
    inputs = keras.Input(shape)
    projects = stride > 1 or filters != shape[-1]
    outputs = block(inputs, _at(filters, stride, projects), **arguments)
    return keras.Model(inputs, outputs)


def _zero_branch(model):
    for layer in model.layers:
        if layer.name.endswith("_conv") and "_0_" not in layer.name:
            layer.kernel.assign(np.zeros(layer.kernel.shape))


@pytest.mark.parametrize("branch", [residual.basic, residual.bottleneck])
@pytest.mark.parametrize("version", [1, 2])
def test_block_with_a_zero_branch_is_the_identity(rng, version, branch):
    block = residual.block_of(version)
    model = _block(block, (6, 6, 8), 8, branch=branch)
    _zero_branch(model)
    x = np.abs(rng.standard_normal((2, 6, 6, 8))).astype("float32")
    np.testing.assert_array_equal(model(x), x)


@pytest.mark.parametrize("side", [6, 7])
@pytest.mark.parametrize("convention, first", [("paper", 2), ("torch7", 0)])
def test_option_a_subsamples_and_adds_zero_channels(
    rng, convention, first, side
):
    with in_force("CifarResNet", convention):
        model = _block(
            residual.block_v1, (side, side, 4), 8, stride=2, shortcut="A"
        )
    _zero_branch(model)
    x = np.abs(rng.standard_normal((2, side, side, 4))).astype("float32")
    y = np.array(model(x))
    np.testing.assert_array_equal(y[..., first : first + 4], x[:, ::2, ::2])
    np.testing.assert_array_equal(np.delete(y, np.s_[first : first + 4], -1), 0)


@pytest.mark.parametrize("depth", [20, 32])
@pytest.mark.parametrize("version", [1, 2])
def test_option_a_has_the_parameters_of_the_plain_twin(depth, version):
    ours = keras_deep.CifarResNet(depth, version=version, shortcut="A")
    plain = keras_deep.CifarPlainNet(depth)
    assert ours.count_params() == plain.count_params()
    # One weight is a normalisation's in both, at another place in version 2.
    assert len(ours.weights) == len(plain.weights)


def test_option_a_cannot_remove_channels():
    with pytest.raises(ValueError, match='shortcut="B"` projects'):
        _block(residual.block_v1, (6, 6, 8), 4, shortcut="A")


@pytest.mark.parametrize(
    "shortcut, projections", [("A", 0), ("B", 2), ("C", 9), ("1x1", 9)]
)
@pytest.mark.parametrize("version", [1, 2])
def test_options_project_where_they_should(shortcut, projections, version):
    model = keras_deep.CifarResNet(20, version=version, shortcut=shortcut)
    names = [layer.name for layer in model.layers]
    assert sum(name.endswith("_0_conv") for name in names) == projections
    assert sum(name.endswith("_add") for name in names) == 9


def test_gated_shortcuts_follow_their_formulas(rng):
    x = rng.standard_normal((2, 6, 6, 8)).astype("float32")
    model = _block(residual.block_v2, (6, 6, 8), 8, shortcut="gated")
    tap = keras.Model(
        model.input,
        [
            model.get_layer("conv2_block1_gate").output,
            model.get_layer("conv2_block1_2_conv").output,
            model.output,
        ],
    )
    gate, branch, output = (np.array(t) for t in tap(x))
    assert gate.mean() < 0.02  # Open for the shortcut at first.
    np.testing.assert_allclose(
        output, (1 - gate) * x + gate * branch, atol=1e-5
    )


@pytest.mark.parametrize(
    "shortcut", ["scaled", "shortcut_scaled", "shortcut_gated", "dropout"]
)
def test_other_ablations_of_identity_mappings(rng, shortcut):
    x = rng.standard_normal((2, 6, 6, 8)).astype("float32")
    model = _block(residual.block_v2, (6, 6, 8), 8, shortcut=shortcut)
    branch = keras.Model(
        model.input, model.get_layer("conv2_block1_2_conv").output
    )
    y, output = np.array(branch(x)), np.array(model(x))
    if shortcut == "scaled":
        np.testing.assert_allclose(output, (x + y) / 2, atol=1e-5)
    elif shortcut == "shortcut_scaled":
        np.testing.assert_allclose(output, x / 2 + y, atol=1e-5)
    elif shortcut == "dropout":
        np.testing.assert_allclose(output, x + y, atol=1e-5)
        kept = np.array(model(x, training=True)) - np.array(
            branch(x, training=True)
        )
        dropped = np.isclose(kept, 0, atol=1e-5)
        assert 0.4 < dropped.mean() < 0.6
    else:
        gate = keras.Model(
            model.input, model.get_layer("conv2_block1_gate").output
        )
        expected = (1 - np.array(gate(x))) * x + y
        np.testing.assert_allclose(output, expected, atol=1e-5)


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize(
    "branch, convolutions",
    [(residual.single, 1), (residual.basic, 2), (residual.triple, 3)],
)
def test_shortcuts_span_one_two_or_three_convolutions(
    rng, branch, convolutions, version
):
    """Against NumPy, with the statistics of a new normalisation."""
    model = _block(
        residual.block_of(version), (5, 4, 8), 8, branch=branch, shortcut="A"
    )
    x = rng.standard_normal((2, 5, 4, 8)).astype("float32")
    y, scale = x, 1 / np.sqrt(1 + 1e-5)
    for i in range(1, convolutions + 1):
        if version == 2:
            y = np.maximum(y * scale, 0)
        kernel = np.array(model.get_layer(f"conv2_block1_{i}_conv").kernel)
        y = convolved(y, kernel, pad=((1, 1), (1, 1)))
        if version == 1:
            y = y * scale
            y = np.maximum(y, 0) if i < convolutions else y
    expected = x + y if version == 2 else np.maximum(x + y, 0)
    np.testing.assert_allclose(model(x), expected, rtol=1e-4, atol=1e-5)
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds.count("Conv2D") == convolutions
    assert kinds.count("BatchNormalization") == convolutions


@pytest.mark.parametrize("block", ["single", "basic", "triple"])
def test_any_length_of_shortcuts_has_the_parameters_of_the_plain_twin(block):
    model = keras_deep.CifarResNet(20, block=block)
    plain = keras_deep.CifarPlainNet(20)
    assert model.count_params() == plain.count_params()
    sums = [x for x in model.layers if isinstance(x, keras.layers.Add)]
    assert len(sums) == {"single": 18, "basic": 9, "triple": 6}[block]
    with pytest.raises(ValueError, match=r"\* n \+ 2.*depth=21"):
        keras_deep.CifarResNet(21, block=block)


def test_every_shortcut_name_builds_and_wrong_ones_have_near_misses():
    for shortcut in SHORTCUTS:
        keras_deep.CifarResNet(8, shortcut=shortcut, input_shape=(8, 8, 3))
    with pytest.raises(ValueError, match="Did you mean 'gated'"):
        keras_deep.CifarResNet(8, shortcut="gate")


def test_shortcut_and_merge_may_be_functions(rng):
    def no_shortcut(x, at, normalize):
        return keras.layers.Rescaling(0.0)(x)

    def minus(x, y, at):
        return keras.layers.Subtract()([x, y])

    model = _block(
        residual.block_v2, (6, 6, 8), 8, shortcut=Shortcut(no_shortcut, minus)
    )
    branch = keras.Model(
        model.input, model.get_layer("conv2_block1_2_conv").output
    )
    x = rng.standard_normal((2, 6, 6, 8)).astype("float32")
    np.testing.assert_allclose(model(x), -np.array(branch(x)), atol=1e-6)


def test_positions_count_blocks_and_say_where_they_stride():
    stages = [Stage(2, 16), Stage(3, 32, 2)]
    first, second = positions(stages, 16)
    assert [at.name for at in second] == [f"conv3_block{b}" for b in (1, 2, 3)]
    both = first + second
    assert [at.progress for at in both] == [0.2, 0.4, 0.6, 0.8, 1]
    assert [at.number for at in both] == [1, 2, 1, 2, 3]
    assert [(at.blocks, at.total) for at in both] == [(2, 5)] * 2 + [(3, 5)] * 3
    assert [at.stride for at in both] == [1, 1, 2, 1, 1]
    assert [at.projects for at in both] == [False, False, True, False, False]
    later = list(itertools.chain(*positions(stages, 16, stride_at="last")))
    assert [at.stride for at in later] == [1, 2, 1, 1, 1]
    assert [at.projects for at in later] == [False, False, True, False, False]


def test_positions_project_where_the_first_block_changes_channels():
    (blocks,) = positions([Stage(2, 64)], 16)
    assert [at.projects for at in blocks] == [True, False]
    (blocks,) = positions([Stage(2, 64, 2)], 64)
    assert [at.projects for at in blocks] == [True, False]
    (blocks,) = positions([Stage(2, 64, 2)], 64, stride_at="last")
    assert [at.projects for at in blocks] == [False, False]


@pytest.mark.parametrize(
    "convention, strides", [("torchvision", (1, 2)), ("paper", (2, 1))]
)
def test_bottleneck_strides_where_the_convention_says(convention, strides):
    with in_force("ResNet", convention):
        convs = residual.bottleneck(_at(256, 2))
    assert tuple(conv.stride for conv in convs[:2]) == strides


def test_bottleneck_of_resnext_has_the_width_of_the_paper():
    convs = residual.bottleneck(_at(256), cardinality=32, base_width=4)
    assert [(c.filters, c.groups) for c in convs] == [
        (128, 1),
        (128, 32),
        (256, 1),
    ]


def test_long_chains_are_nested_and_compute_the_same(rng, monkeypatch):
    block = functools.partial(residual.block_v1, shortcut="A")

    def build():
        inputs = keras.Input((8, 8, 4))
        stages = [Stage(5, 4), Stage(3, 8, 2)]
        x = residual.residual_stages(inputs, stages, block)
        return keras.Model(inputs, x)

    flat = build()
    monkeypatch.setattr(stage, "FLAT", 4)
    monkeypatch.setattr(nesting, "SEGMENT", 2)
    nested = build()
    assert len(nested.layers) == 1 + 3 + 1 + 2 + 1
    ours = dict(keras_deep.named_weights(nested))
    theirs = dict(keras_deep.named_weights(flat))
    assert list(ours) == list(theirs)
    for name, handle in ours.items():
        value = rng.uniform(0.5, 1, handle.shape)
        handle.set(value)
        theirs[name].set(value)
    x = rng.standard_normal((2, 8, 8, 4)).astype("float32")
    np.testing.assert_allclose(nested(x), flat(x), rtol=1e-6)
