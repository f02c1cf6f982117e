"""Weights for Inception-v4: timm, soeaver."""

from keras_deep.convert.origins import soeaver
from keras_deep.convert.preprocessing import preprocessing
from keras_deep.convert.rules import Origin
from keras_deep.convert.rules import published

# timm numbers our blocks: after the stem, features 3 to 21.
_BLOCKS = {
    "conv2": range(3, 5),
    "conv3": range(5, 10),
    "conv4": range(10, 18),
    "conv5": range(18, 22),
}
# Names in a block: the branch, and the position in it from 1.
_PLACES = {
    "branch{i}.{k}": "{i}_{k+1}",
    "branch{i}": "{i}_1",
    "branch{i}_{k}": "{i}_{k+1}",
    "branch{i}_{k}{=ab}": "{i}_{k+1}{ab}",
}
# The branch of a single convolution beside a pooling.
_BESIDE_POOL = {3: "1_1", 5: "0_1"}


def _rows():
    rows = {f"features.{i}": f"conv1_{i + 1}" for i in range(3)}
    for stage, numbers in _BLOCKS.items():
        for block, number in enumerate(numbers, 1):
            places = dict(_PLACES)
            if number in _BESIDE_POOL:
                places["conv"] = _BESIDE_POOL[number]
            for theirs, ours in places.items():
                theirs = f"features.{number}.{theirs}"
                rows[theirs] = f"{stage}_block{block}_{ours}"
    rows = {
        f"{theirs}.{kind}": f"{ours}_{kind}"
        for theirs, ours in rows.items()
        for kind in ("conv", "bn")
    }
    return rows | {"last_linear": "predictions"}


ORIGINS = (
    Origin(
        "timm",
        "pytorch",
        {"InceptionV4": {}},
        ("timm",),
        _rows(),
        preprocessing=preprocessing(
            (127.5,) * 3, (127.5,) * 3, 299, 0.875, "bicubic"
        ),
        reference=lambda card: [("timm", "inception_v4")],
    ),
    soeaver.origin({"InceptionV4": {}}, soeaver.inception_v4_rows()),
)

PUBLISHED = published(
    ORIGINS[0].name,
    ORIGINS[0].conventions[0],
    (("InceptionV4", "hf://timm/inception_v4.tf_in1k", 19.86),),
)
