"""Weights for residual attention networks: pytorchcv, the authors."""

from keras_deep.convert.origins.common import PYTORCHCV_V2
from keras_deep.convert.preprocessing import TORCHVISION
from keras_deep.convert.rules import Origin

_UNIT = "features.stage{s}.unit{b}."
_AT = "conv{s+1}_attention{b-1}_"
# Where the units of a module are in pytorchcv, and their names here.
_PLACES = {
    "init_blocks.blocks.block{u}.body.": "first{u}_",
    "hg.skip_seq.skip1.blocks.block{u}.body.": "trunk{u}_",
    "hg.down_seq.down{n}.res_blocks.blocks.block{u}.body.": "down{n}_{u}_",
    "hg.skip_seq.skip{n}.skip1.body.": "skip{n-1}_1_",
    "hg.up_seq.up{n}.res_blocks.blocks.block{u}.body.": "up{n}_{u}_",
    "final_block.body.": "last1_",
}
# Modules of each stage.
_MODULES = {56: (1, 1, 1), 92: (1, 2, 3)}


def _pytorchcv():
    rows = {
        **PYTORCHCV_V2,
        "features.init_block.conv.conv": "conv1_conv",
        "features.init_block.conv.bn": "conv1_bn",
        _UNIT + "middle_block.conv1.bn": _AT + "mask_preact_bn",
        _UNIT + "middle_block.conv2.bn": _AT + "mask_1_bn",
        _UNIT + "middle_block.conv{k}.conv": _AT + "mask_{k}_conv",
    }
    for theirs, ours in _PLACES.items():
        theirs, ours = _UNIT + theirs, _AT + ours
        rows |= {
            theirs + "conv1.bn": ours + "preact_bn",
            theirs + "conv{k}.bn": ours + "{k-1}_bn",
            theirs + "conv{k}.conv": ours + "{k}_conv",
        }
    return rows


def _authors(modules):
    """Returns the rows of a prototxt, where a unit's first norm is named after
    the layer in front of it.
    """
    rows = {"conv1": "conv1_conv", "conv1/bn": "conv1_bn"}
    before = "pool1_3x3_s2"
    for i, (letter, count) in enumerate(zip("ABC", modules), 1):
        stage, name = f"conv{i + 1}", f"pre_res_{i}"
        rows |= _unit(name, f"{stage}_block1", before)
        before = name
        for number in range(1, count + 1):
            name = f"Attention{letter}_{number}"
            ours = f"{stage}_attention{number}_"
            rows |= _module(name, ours, before, 4 - i)
            before = name
    for number in (1, 2, 3):
        name = f"post_res_4_{number}"
        rows |= _unit(name, f"conv5_block{number}", before)
        before = name
    return rows | {f"{before}/bn": "post_bn", "classifier": "predictions"}


def _unit(name, ours, before):
    """Returns the rows of a residual unit behind the layer `before`."""
    return {
        f"{before}/bn": f"{ours}_preact_bn",
        f"{name}/branch2/conv1_1x1": f"{ours}_0_conv",
        **{
            f"{name}/branch1/conv{k}_{size}": f"{ours}_{k}_conv"
            for k, size in ((1, "1x1"), (2, "3x3"), (3, "1x1"))
        },
        f"{name}/branch1/conv1_1x1/bn": f"{ours}_1_bn",
        f"{name}/branch1/conv2_3x3/bn": f"{ours}_2_bn",
    }


def _module(name, ours, before, scales):
    """Returns the rows of an attention module."""
    trunk, mask = f"{name}/trunk/res", f"{name}/mask"
    down, up = f"{mask}/down_sample/res", f"{mask}/up_sample"
    rows = {
        **_unit(f"{trunk}1", f"{ours}first1", before),
        **_unit(f"{trunk}2", f"{ours}trunk1", f"{trunk}1"),
        **_unit(f"{trunk}3", f"{ours}trunk2", f"{trunk}2"),
        f"{up}/interp_1/bn": f"{ours}mask_preact_bn",
        f"{mask}/linear_1": f"{ours}mask_1_conv",
        f"{mask}/linear_1/bn": f"{ours}mask_1_bn",
        f"{mask}/linear_2": f"{ours}mask_2_conv",
        **_unit(name, f"{ours}last1", f"{name}/fusion"),
    }
    for n in range(1, scales + 1):
        pool = f"{mask}/down_sample/pool{n}_3x3_s2"
        rows |= _unit(f"{down}{n}_1", f"{ours}down{n}_1", pool)
        if n < scales:
            skip = f"{mask}/skip/res{n}"
            rows |= _unit(skip, f"{ours}skip{n}_1", f"{down}{n}_1")
            rows |= _unit(f"{up}/res{n}_1", f"{ours}up{n}_1", f"{up}{n}")
        else:
            rows |= _unit(f"{down}{n}_2", f"{ours}up{n}_1", f"{down}{n}_1")
    return rows


def _name(card):
    own = card.arguments
    changed = own["blocks"] or own["learning"] != "residual"
    usual = own["block"] == "bottleneck" and tuple(own["counts"]) == (1, 2, 1)
    if changed or not usual:
        return []
    return [("pytorchcv", f"resattnet{own['depth']}")]


ORIGINS = (
    Origin(
        "pytorchcv",
        "pytorch",
        {"ResidualAttentionNet": {"block": "bottleneck"}},
        ("pytorchcv",),
        _pytorchcv(),
        preprocessing=TORCHVISION,
        reference=_name,
    ),
    # No trained weights were released, so the preprocessing is not known.
    *(
        Origin(
            "fwang91/residual-attention-network",
            "caffe",
            {"ResidualAttentionNet": {"depth": depth, "block": "bottleneck"}},
            ("caffe", "paper"),
            _authors(modules),
        )
        for depth, modules in _MODULES.items()
    ),
)
