"""Weights for the residual network for MNIST."""

from keras_deep.convert.rules import Origin

ORIGINS = (
    Origin(
        "the lecture's code",
        "pytorch",
        {"MnistResNet": {}},
        ("paper",),
        {
            "conv0": "conv1_conv",
            "resblocks.{b}.conv{k}": "conv2_block{b+1}_{k}_conv",
            "resblocks.{b}.bn{k}": "conv2_block{b+1}_{k}_bn",
            "fc": "predictions",
        },
    ),
)
