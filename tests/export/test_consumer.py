"""SavedModels in a C program that knows nothing of Keras."""

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

import keras_deep
from keras_deep import convert
from keras_deep.export import saved_model
from keras_deep.export.outputs import input_name
from keras_deep.export.prediction import predict
from keras_deep.models.card import Card
from keras_deep.models.card import attach_card
from tests.export.conftest import NAMES
from tests.support.backends import only_tensorflow
from tests.support.caffe_published import caffemodel
from tests.support.image_files import READABLE
from tests.support.image_files import UNREADABLE
from tests.support.image_files import encoded
from tests.support.image_files import picture
from tests.support.small import batch
from tests.support.small import networks
from tests.support.small import small_model

pytestmark = [
    pytest.mark.tensorflow,
    only_tensorflow("A SavedModel is TensorFlow's."),
    # So that one process compiles the program.
    pytest.mark.xdist_group("consumer"),
]

QUICK = ("DenseNetBC", "CifarSEResNet", "IRNN")


def test_all_signatures(tmp_path, model, consumer, rng):
    path = saved_model(model, tmp_path / "net", features=True, classify=True)
    x = rng.standard_normal((5, 8, 8, 3)).astype("float32")
    files = [encoded(picture(seed=i), "JPEG") for i in range(3)]
    consumer.call(path, "serving_default", image=x)
    consumer.call(path, "serving_bytes", image_bytes=files)
    consumer.call(path, "classify", inputs=[example(one) for one in files])
    (raw, answered, classified), version = consumer.run()

    print(f"TensorFlow {version}")
    close = {"rtol": 1e-5, "atol": 1e-6}
    np.testing.assert_allclose(raw["probabilities"], model(x), **close)
    exact = np.exp(raw["logits"] - raw["logits"].max(-1, keepdims=True))
    exact /= exact.sum(-1, keepdims=True)
    np.testing.assert_allclose(raw["probabilities"], exact, **close)
    last = model.get_layer("predictions")
    kernel, bias = last.get_weights()
    logits = raw["features"] @ kernel + bias
    np.testing.assert_allclose(raw["logits"], logits, rtol=1e-4, atol=1e-5)

    for i, content in enumerate(files):
        name = tmp_path / f"{i}.jpg"
        name.write_bytes(content)
        (expected,) = predict(model, [name], top=5)
        assert list(answered["classes"][i]) == [name for name, _ in expected]
        scores = [score for _, score in expected]
        # The resized pixels may be one grey level apart.
        np.testing.assert_allclose(answered["scores"][i], scores, atol=0.02)
    assert list(answered["error"]) == [""] * 3
    for name in ("classes", "scores"):
        np.testing.assert_array_equal(classified[name], answered[name])
    for i, names in zip(answered["class_ids"], answered["classes"]):
        assert [NAMES[k] for k in i] == list(names)


def example(content):
    feature = tf.train.Feature(bytes_list=tf.train.BytesList(value=[content]))
    features = tf.train.Features(feature={"image_bytes": feature})
    return tf.train.Example(features=features).SerializeToString()


def test_neighbours_of_broken_images_keep_their_scores(
    tmp_path, model, consumer
):
    path = saved_model(model, tmp_path / "net")
    good = [READABLE[name] for name in ("a.jpg", "c.PNG", "d.webp", "f.gif")]
    broken = [content for content, _ in UNREADABLE.values()]
    mixed = [*broken[:6], good[0], *broken[6:12], *good[1:], *broken[12:]]
    consumer.call(path, "serving_bytes", image_bytes=good)
    consumer.call(path, "serving_bytes", image_bytes=mixed)
    consumer.call(path, "serving_bytes", image_bytes=broken)
    (alone, together, only), _ = consumer.run()
    fine = together["error"] == ""
    assert fine.sum() == len(good) and not (only["error"] == "").any()
    for name in ("classes", "class_ids"):
        np.testing.assert_array_equal(together[name][fine], alone[name])
    # A batch of another size is multiplied in another order.
    np.testing.assert_allclose(
        together["scores"][fine], alone["scores"], rtol=0, atol=1e-6
    )
    assert (only["class_ids"] == -1).all() and not only["scores"].any()
    assert (only["classes"] == "").all()


def test_sizes_that_the_network_leaves_free(tmp_path, consumer, rng):
    model = keras_deep.CifarResNet(blocks=(1,), input_shape=(None, None, 3))
    path = saved_model(model, tmp_path)
    inputs = [
        rng.standard_normal((n, *sides, 3)).astype("float32")
        for n, sides in ((1, (8, 12)), (3, (17, 9)))
    ]
    for x in inputs:
        consumer.call(path, "serving_default", image=x)
    found, _ = consumer.run()
    for x, outputs in zip(inputs, found):
        np.testing.assert_allclose(
            outputs["probabilities"], model(x), rtol=1e-5, atol=1e-6
        )


def check_networks(names, folder, consumer):
    """Compares what the C program says of small networks with the models."""
    expected = []
    for name in names:
        model = small_model(name)
        x, _ = batch(name, model)
        path = saved_model(model, folder / name)
        (tensor,) = model.inputs
        consumer.call(path, "serving_default", **{input_name(tensor): x})
        expected.append(np.asarray(model(x)))
    found, _ = consumer.run()
    for name, outputs, wanted in zip(names, found, expected):
        own = outputs.get("probabilities", outputs.get("outputs"))
        np.testing.assert_allclose(
            own, wanted, rtol=0, atol=1e-5 * max(1, np.abs(wanted).max())
        )
        print(f"{name}: {np.abs(own - wanted).max():.1e}")


def test_networks(tmp_path, consumer):
    check_networks(QUICK, tmp_path, consumer)


@pytest.mark.proof
def test_every_network(tmp_path, consumer):
    check_networks(networks(), tmp_path, consumer)


def test_a_published_checkpoint_answers_as_its_authors_program_did(
    tmp_path, shared, cifar10, consumer
):
    model = convert.from_pytorch(
        shared / "data/checkpoints/pytorch/akamaster_resnet20-12fca82f.th",
        "ResNet20",
    )
    path = saved_model(model, tmp_path)
    pixels, _ = cifar10
    files = [encoded(Image.fromarray(x), "PNG") for x in pixels[:50]]
    consumer.call(path, "serving_bytes", image_bytes=files)
    (answered,), _ = consumer.run()
    name = "data/reference/akamaster_resnet20-12fca82f.npz"
    stored = np.load(shared / name)
    theirs = stored["pred"][:50]
    np.testing.assert_array_equal(answered["class_ids"][:, 0], theirs)
    logits = stored["logits"][:50]
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    best = (powers / powers.sum(axis=1, keepdims=True)).max(axis=1)
    np.testing.assert_allclose(answered["scores"][:, 0], best, atol=1e-5)


@pytest.mark.proof
def test_a_caffe_net_answers_photos_as_its_authors_program_did(
    tmp_path, shared, consumer
):
    data = shared / "data"
    stored = np.load(data / "reference/nsfw_probs.npz")
    theirs = dict(zip(stored["names"], stored["probs"]))
    name = "nsfw_resnet50_1by2_deploy"
    model = convert.caffe_to_keras(
        data / f"checkpoints/caffe/{name}.prototxt", caffemodel(shared, name)
    )
    needs = {
        "shape": [224, 224, 3],
        "mean": [104, 117, 123],
        "std": [1],
        "order": "BGR",
        "resize": "center_crop",
    }
    names = ["safe", "not safe"]
    attach_card(model, Card("Nsfw", preprocessing=needs, class_names=names))
    path = saved_model(model, tmp_path)
    paths = sorted((data / "photos").glob("*.jpg"))[:8]
    photos = {p.name: Image.open(p).convert("RGB") for p in paths}
    # The authors stretch a photo before they cut out its center.
    square = [image.resize((256, 256), 2) for image in photos.values()]
    for options in ({"format": "PNG"}, {"format": "JPEG", "quality": 95}):
        files = [encoded(image, **options) for image in square]
        consumer.call(path, "serving_bytes", image_bytes=files)
    (exact, lossy), _ = consumer.run()
    expected = np.stack([theirs[name] for name in photos])
    for found, tolerance in ((exact, 1e-5), (lossy, 0.02)):
        ids = found["class_ids"]
        np.testing.assert_array_equal(ids[:, 0], expected.argmax(axis=1))
        scores = np.take_along_axis(expected, ids, axis=1)
        np.testing.assert_allclose(found["scores"], scores, atol=tolerance)
