"""Caffe networks give what OpenCV computes for them."""

import importlib.util
import json
import pathlib
import zipfile

import numpy as np
import pytest
from PIL import Image

from keras_deep.convert.caffe.graph import caffe_to_keras
from tests.support.caffe_nets import SMALL
from tests.support.caffe_nets import blobs
from tests.support.caffe_nets import small_net
from tests.support.caffe_published import PUBLISHED
from tests.support.caffe_published import caffemodel
from tests.support.caffe_published import image
from tests.support.caffe_published import made_weights
from tests.support.caffe_published import prototxt
from tests.support.caffe_published import sample

GOLDENS = json.loads(
    (pathlib.Path(__file__).parent / "caffe_goldens.json").read_text()
)
# The most of a difference, of the largest output.
TOLERANCE = 1e-5
# What runs every time: small networks, and those with rare layers.
QUICK = {
    "fwang__Attention-56-deploy",  # BN, Interp
    "hujie__SE-ResNeXt-50",  # Axpy, groups
    "junyuseu_plain20_noaug_deploy",
    "junyuseu_res20_aug_deploy",
    "lenet_mnist",
    "mtcnn_det1",
    "soeaver__deploy_resnet18-priv",
    "wechat_sr",
    "yihui__resnet-20-trainval",
}


def caffe_order(outputs, names):
    """Returns a dict of name to array in Caffe's order of axes."""
    if not isinstance(outputs, dict):
        (name,) = names
        outputs = {name: outputs}
    outputs = {name: np.asarray(y) for name, y in outputs.items()}
    return {
        name: y.transpose(0, 3, 1, 2) if y.ndim == 4 else y
        for name, y in outputs.items()
    }


def assert_golden(outputs, goldens, count):
    outputs = caffe_order(outputs, goldens)
    assert set(outputs) == set(goldens)
    for name, golden in goldens.items():
        y = outputs[name]
        assert list(y.shape) == golden["shape"]
        largest = golden["largest"]
        np.testing.assert_allclose(
            [*sample(y, count), np.abs(y).max()],
            [*golden["values"], largest],
            rtol=0,
            atol=TOLERANCE * largest,
        )


def written(path, text):
    path.write_text(text)
    return path


def published_cases():
    for name, one in PUBLISHED.items():
        for size in one.sizes:
            marks = () if name in QUICK else (pytest.mark.proof,)
            label = f"{name} {size[0]}x{size[1]}"
            yield pytest.param(name, size, label, marks=marks, id=label)


@pytest.mark.parametrize("name, size, key", list(published_cases()))
def test_published_network(shared, tmp_path, name, size, key):
    path = written(tmp_path / "net.prototxt", prototxt(shared, name))
    if PUBLISHED[name].trained:
        weights = caffemodel(shared, name)
    else:
        weights = blobs(made_weights(shared, name))
    x = image(name, size).transpose(0, 2, 3, 1)
    model = caffe_to_keras(path, weights, input_shape=x.shape[1:])
    assert_golden(model(x), GOLDENS["published"][key], 16)


def test_every_deployable_network_is_compared(shared):
    archive = shared / "data" / "prototxt" / "prototxt.zip"
    with zipfile.ZipFile(archive) as members:
        names = {name.removesuffix(".prototxt") for name in members.namelist()}
    networks = {name for name in names if "solver" not in name}
    made = {name for name, one in PUBLISHED.items() if not one.trained}
    assert networks == made
    assert len(networks) == 18
    sizes = {key.split()[0] for key in GOLDENS["published"]}
    assert sizes == set(PUBLISHED)


@pytest.mark.parametrize("name", SMALL)
def test_small_network(tmp_path, name):
    text, arrays, x = small_net(name)
    path = written(tmp_path / "net.prototxt", text)
    model = caffe_to_keras(path, blobs(arrays))
    assert_golden(model(x.transpose(0, 2, 3, 1)), GOLDENS["small"][name], 64)


# Layers with weights for each pixel, or cuts at fixed places.
FIXED = ("inner_product", "scale_axes", "reshape", "concat_slice")


@pytest.mark.parametrize(
    "name", [name for name in SMALL if not name.startswith(FIXED)]
)
def test_small_network_with_free_sides(tmp_path, name):
    text, arrays, x = small_net(name)
    path = written(tmp_path / "net.prototxt", text)
    free = (None, None, x.shape[1])
    model = caffe_to_keras(path, blobs(arrays), input_shape=free)
    assert model.input_shape == (None, *free)
    outputs = model.predict(x.transpose(0, 2, 3, 1), verbose=0)
    assert_golden(outputs, GOLDENS["small"][name], 64)


def test_published_network_with_free_sides(shared):
    """A second size through one model, whose sides are not known."""
    folder = shared / "data" / "checkpoints" / "caffe"
    for name in ("mtcnn_det1", "wechat_sr", "junyuseu_res20_aug_deploy"):
        one = PUBLISHED[name]
        model = caffe_to_keras(
            folder / f"{name}.prototxt",
            caffemodel(shared, name),
            input_shape=(None, None, one.channels),
        )
        for size in one.sizes:
            x = image(name, size).transpose(0, 2, 3, 1)
            key = f"{name} {size[0]}x{size[1]}"
            assert_golden(model(x), GOLDENS["published"][key], 16)


@pytest.mark.parametrize("net", ("plain20_noaug", "res20_aug"))
def test_logits_of_published_cifar_networks(shared, net):
    data = shared / "data"
    path = data / "tools" / "load_data.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    pixels, _ = module.load_sheet(data / "cifar10" / "test.npz")
    mean = np.load(data / "cifar10" / "train_mean_chw.npy").transpose(1, 2, 0)
    name = f"junyuseu_{net}_deploy"
    model = caffe_to_keras(
        data / "checkpoints" / "caffe" / f"{name}.prototxt",
        caffemodel(shared, name),
    )
    ours = model.predict(pixels[:250] - mean, batch_size=125, verbose=0)
    theirs = np.load(data / "reference" / f"junyuseu_caffe_{net}.npz")
    theirs = theirs["logits"][:250]
    assert np.abs(ours - theirs).max() <= TOLERANCE * np.abs(theirs).max()


def photo(path):
    """Returns a photo as the network's authors prepare it."""
    picture = Image.open(path).convert("RGB").resize((256, 256), 2)
    pixels = np.asarray(picture, "float32")[16:240, 16:240, ::-1]
    return pixels - np.array((104, 117, 123), "float32")


def test_probabilities_of_photos(shared):
    data = shared / "data"
    stored = np.load(data / "reference" / "nsfw_probs.npz")
    theirs = dict(zip(stored["names"], stored["probs"]))
    paths = sorted((data / "photos").glob("*.jpg"))[:8]
    assert len(paths) == 8
    name = "nsfw_resnet50_1by2_deploy"
    model = caffe_to_keras(
        data / "checkpoints" / "caffe" / f"{name}.prototxt",
        caffemodel(shared, name),
    )
    ours = model.predict(np.stack([photo(p) for p in paths]), verbose=0)
    expected = np.stack([theirs[p.name] for p in paths])
    np.testing.assert_allclose(ours, expected, rtol=0, atol=TOLERANCE)
