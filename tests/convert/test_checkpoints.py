"""Published CIFAR-10 checkpoints give their published error."""

import importlib.util

import numpy as np
import pytest

import keras_deep
from keras_deep import convert
from keras_deep.data import preprocess
from tests.convert.weights import close

# Path below `checkpoints`, function, model, arguments and stored results.
# The wrong images of 10,000 are those of SOURCES.md.
CHECKPOINTS = {
    "akamaster_resnet20-12fca82f": (
        "pytorch/akamaster_resnet20-12fca82f.th",
        convert.from_pytorch,
        "ResNet20",
        {},
        827,
    ),
    "akamaster_resnet44-014dd654": (
        "pytorch/akamaster_resnet44-014dd654.th",
        convert.from_pytorch,
        "ResNet44",
        {},
        690,
    ),
    "amartyn_resnet20": (
        "pytorch/amartyn_resnet20.pt",
        convert.from_pytorch,
        "ResNet20",
        {},
        804,
    ),
    "amartyn_plainnet20": (
        "pytorch/amartyn_plainnet20.pt",
        convert.from_pytorch,
        "CifarPlainNet",
        {},
        969,
    ),
    "junyuseu_caffe_res20_aug": (
        "caffe/junyuseu_res20_aug.caffemodel",
        convert.from_caffe,
        "ResNet20",
        {},
        819,
    ),
    "junyuseu_caffe_plain20_noaug": (
        "caffe/junyuseu_plain20_noaug.caffemodel",
        convert.from_caffe,
        "CifarPlainNet",
        {},
        991,
    ),
    "mlcommons_resnet8_h5": (
        "keras/mlcommons_tiny_resnet8_cifar10.h5",
        convert.from_keras,
        "CifarResNet",
        {"blocks": (1, 1, 1)},
        1281,
    ),
}
every_checkpoint = pytest.mark.parametrize("name", CHECKPOINTS)


@pytest.fixture(scope="module")
def cifar10(shared):
    """The 10,000 test images and labels."""
    path = shared / "data" / "tools" / "load_data.py"
    spec = importlib.util.spec_from_file_location("load_data", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.load_sheet(shared / "data" / "cifar10" / "test.npz")


def outputs(name, shared, x):
    """Returns what the converted model gives, and the stored results."""
    path, load, builder, arguments, _ = CHECKPOINTS[name]
    stored = np.load(shared / "data" / "reference" / f"{name}.npz")
    probabilities = "probs" in stored
    model = load(
        shared / "data" / "checkpoints" / path,
        builder,
        classifier_activation="softmax" if probabilities else None,
        **arguments,
    )
    record = keras_deep.card(model).preprocessing
    if record is not None:
        x = preprocess(x, record)
    else:  # A mean image, which is not part of the package.
        mean = np.load(shared / "data" / "cifar10" / "train_mean_chw.npy")
        x = x - mean.transpose(1, 2, 0)
    ours = model.predict(x, batch_size=250, verbose=0)
    return ours, stored["probs" if probabilities else "logits"], stored["pred"]


@every_checkpoint
def test_logits_of_1000_images(name, shared, cifar10):
    x, _ = cifar10
    ours, logits, predicted = outputs(name, shared, x[:1000])
    assert close(ours, logits[:1000]) < 1e-5
    np.testing.assert_array_equal(ours.argmax(axis=1), predicted[:1000])


@pytest.mark.proof
@every_checkpoint
def test_errors_of_10000_images(name, shared, cifar10):
    x, y = cifar10
    ours, _, predicted = outputs(name, shared, x)
    wrong = (ours.argmax(axis=1) != y).sum()
    print(f"{name}: {wrong} of 10,000 wrong")
    assert abs(wrong - CHECKPOINTS[name][-1]) <= 3
    assert (ours.argmax(axis=1) != predicted).sum() <= 3


def test_akamaster_logits_of_another_measurement(shared):
    # The golden logits of REFERENCE.md, from another run of that code.
    path = shared / "data/checkpoints/pytorch/akamaster_resnet20-12fca82f.th"
    model = convert.from_pytorch(path, "ResNet20", classifier_activation=None)
    x = np.sin(0.1 * np.arange(3072)).reshape(1, 3, 32, 32)
    ours = model.predict_on_batch(x.transpose(0, 2, 3, 1).astype("float32"))
    expected = [-2.20636, 0.07467, 5.89441, 8.07269, -2.09864]
    np.testing.assert_allclose(ours[0, :5], expected, atol=1e-4)
