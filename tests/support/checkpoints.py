"""Makes tests of published checkpoints and Caffe nets for a family."""

import json
import pathlib
from typing import NamedTuple

import numpy as np
import pytest

import keras_deep
from keras_deep import convert
from keras_deep.data import preprocess
from tests.convert.weights import close
from tests.support.caffe_published import PUBLISHED
from tests.support.caffe_published import image
from tests.support.caffe_published import made_weights
from tests.support.caffe_published import prototxt
from tests.support.caffe_published import sample
from tests.support.caffe_published import synth
from tests.support.starts import zero_start

_GOLDENS = pathlib.Path(__file__).parents[1] / "convert/caffe_goldens.json"
_LOADERS = {
    "pytorch": convert.from_pytorch,
    "caffe": convert.from_caffe,
    "keras": convert.from_keras,
}


class Checkpoint(NamedTuple):
    """A checkpoint for CIFAR-10.

    Args:
        path: string, below `checkpoints`; its folder is the format.
        builder: string, a registered model.
        wrong: int, the wrongly classified images of 10,000, see `SOURCES.md`.
        arguments: dict of arguments of the builder.
    """

    path: str
    builder: str
    wrong: int
    arguments: dict = {}

    def outputs(self, name, shared, x):
        """Returns the model's outputs, and stored ones with predictions."""
        stored = np.load(shared / "data" / "reference" / f"{name}.npz")
        probabilities = "probs" in stored
        with zero_start():
            model = _LOADERS[self.path.partition("/")[0]](
                shared / "data" / "checkpoints" / self.path,
                self.builder,
                classifier_activation="softmax" if probabilities else None,
                **self.arguments,
            )
        record = keras_deep.card(model).preprocessing
        if record is not None:
            x = preprocess(x, record)
        else:  # A mean image, which the package does not include.
            mean = np.load(shared / "data" / "cifar10" / "train_mean_chw.npy")
            x = x - mean.transpose(1, 2, 0)
        ours = model.predict(x, batch_size=250, verbose=0)
        logits = stored["probs" if probabilities else "logits"]
        return ours, logits, stored["pred"]


def checkpoint_tests(checkpoints):
    """Makes the tests of published checkpoints.

    Args:
        checkpoints: dict of names of stored results to `Checkpoint`.

    Returns:
        Two test functions, of the outputs for 1000 images, and, in the proof,
        of the published error on all 10,000.
    """
    every_checkpoint = pytest.mark.parametrize("name", checkpoints)

    @every_checkpoint
    def outputs(name, shared, cifar10):
        x, _ = cifar10
        found = checkpoints[name].outputs(name, shared, x[:1000])
        ours, logits, predicted = found
        assert close(ours, logits[:1000]) < 1e-5
        np.testing.assert_array_equal(ours.argmax(axis=1), predicted[:1000])

    @pytest.mark.proof
    @every_checkpoint
    def errors(name, shared, cifar10):
        x, y = cifar10
        ours, _, predicted = checkpoints[name].outputs(name, shared, x)
        wrong = (ours.argmax(axis=1) != y).sum()
        print(f"{name}: {wrong} of 10,000 wrong")
        assert abs(wrong - checkpoints[name].wrong) <= 3
        assert (ours.argmax(axis=1) != predicted).sum() <= 3

    return outputs, errors


def caffe_net_tests(nets, long=()):
    """Makes a test of the authors' Caffe nets, with generated weights.

    Args:
        nets: dict of names in `PUBLISHED` to pairs of a registered model and
            the net's last activation.
        long: tuple of names that only the proof runs.

    Returns:
        Test function with the attribute `prototxts`, the nets it compares.
    """
    published = json.loads(_GOLDENS.read_text())["published"]

    @pytest.mark.parametrize(
        "name",
        [
            pytest.param(
                name, id=name, marks=[pytest.mark.proof] * (name in long)
            )
            for name in nets
        ],
    )
    def test(name, shared, tmp_path):
        builder, activation = nets[name]
        tool = synth(shared)
        net = tool.parse(prototxt(shared, name))
        path = tmp_path / "made.caffemodel"
        path.write_bytes(tool.encode(net, made_weights(shared, name)))
        with zero_start():
            model = convert.from_caffe(
                path,
                builder,
                input_shape=(None, None, 3),
                classifier_activation=activation,
            )
        for sides in PUBLISHED[name].sizes:
            (expected,) = published[f"{name} {sides[0]}x{sides[1]}"].values()
            ours = np.array(model(image(name, sides).transpose(0, 2, 3, 1)))
            np.testing.assert_allclose(
                [*sample(ours, 16), np.abs(ours).max()],
                [*expected["values"], expected["largest"]],
                rtol=0,
                atol=1e-5 * expected["largest"],
            )

    test.prototxts = nets
    return test
