import dataclasses
import json

import keras
import numpy as np
import pytest
from PIL import Image

from keras_deep.data import decode_image
from keras_deep.data import load
from keras_deep.data import preprocess
from keras_deep.data.datasets import DATASETS


def arrays(pipeline):
    """Returns all images and labels of a pipeline."""
    x, y = zip(*((np.asarray(x), np.asarray(y)) for x, y in pipeline))
    return np.concatenate(x), np.concatenate(y)


@pytest.fixture
def digits():
    pytest.importorskip("sklearn")
    return load("digits", "numpy", seed=1)


def test_digits_are_divided_once_and_for_all(digits):
    assert sum(digits.sizes.values()) == 1797
    assert digits.sizes == {"train": 1295, "validation": 143, "test": 359}
    for seed, validation in ((2, 0.1), (1, 0.3)):
        other = load("digits", "numpy", seed=seed, validation=validation)
        assert_same_split(digits.test, other.test)
        if validation == 0.1:
            assert_same_split(digits.validation, other.validation)


def assert_same_split(one, other):
    for a, b in zip(arrays(one), arrays(other)):
        np.testing.assert_array_equal(a, b)


def test_digits_are_those_of_scikit_learn(digits):
    from sklearn.datasets import load_digits

    real = load_digits()
    labels = {x.tobytes(): y for x, y in zip(real.images, real.target)}
    found = 0
    plain = load("digits", "numpy", augment=None)
    for pipeline in (plain.train, plain.validation, plain.test):
        x, y = arrays(pipeline)
        pixels = (x * plain.std + plain.mean)[..., 0] * 16 / 255
        for image, label in zip(np.rint(pixels) + 0.0, y):
            assert labels[image.tobytes()] == label
            found += 1
    assert found == 1797


def test_an_image_file_of_a_digit_is_the_same_input(digits, tmp_path):
    x, _ = digits.test[0]
    pixels = np.rint(x[0] * digits.std + digits.mean).astype("uint8")
    Image.fromarray(pixels[..., 0]).save(tmp_path / "digit.png")
    decoded = decode_image(tmp_path / "digit.png", digits.preprocessing)
    result = preprocess(decoded[None], digits.preprocessing)
    np.testing.assert_array_equal(result[0], x[0])


def test_facts(digits):
    assert digits.name == "digits"
    assert digits.classes == 10 and digits.class_names == tuple("0123456789")
    assert digits.shape == (8, 8, 1)
    x, _ = arrays(load("digits", "numpy", augment=None, validation=0).train)
    assert abs(x.mean()) < 1e-5 and abs(x.std() - 1) < 1e-5
    assert len(digits.train) == 11
    with pytest.raises(dataclasses.FrozenInstanceError):
        digits.name = "other"


def test_the_arguments_give_the_same_data_again(digits):
    arguments = json.loads(json.dumps(digits.arguments))
    assert arguments["seed"] == 1
    x, y = load(**arguments).train[0]
    np.testing.assert_array_equal(x, digits.train[0][0])
    for augment in (None, "crop2"):
        data = load("digits", "numpy", augment=augment)
        again = load(**json.loads(json.dumps(data.arguments)))
        np.testing.assert_array_equal(again.train[0][0], data.train[0][0])


def test_a_drawn_seed_follows_the_global_seed():
    pytest.importorskip("sklearn")
    seeds = []
    for global_seed in (0, 0, 1):
        keras.utils.set_random_seed(global_seed)
        seeds.append(load("digits", "numpy").arguments["seed"])
    assert seeds[0] == seeds[1] != seeds[2]


def test_the_backend_chooses_the_format(digits):
    found = type(load("digits").train)
    if keras.backend.backend() == "tensorflow":
        assert not issubclass(found, keras.utils.PyDataset)
    else:
        assert found is type(digits.train)


def test_train_from_is_an_epoch_of_train(digits):
    first, second = arrays(digits.train), arrays(digits.train)
    assert not np.array_equal(first[1], second[1])
    np.testing.assert_array_equal(arrays(digits.train_from(1))[0], second[0])


def test_validation_can_be_left_out():
    pytest.importorskip("sklearn")
    data = load("digits", "numpy", validation=0)
    assert data.validation is None
    assert data.sizes == {"train": 1438, "test": 359}


def test_image_size(digits):
    data = load("digits", "numpy", image_size=12)
    assert data.shape == (12, 12, 1)
    assert data.train[0][0].shape == (128, 12, 12, 1)
    x, _ = data.test[0]
    small, _ = digits.test[0]
    pixels = np.rint(small[0] * digits.std + digits.mean).astype("uint8")
    stretched = Image.fromarray(pixels[..., 0]).resize((12, 12), 2)
    expected = preprocess(
        np.asarray(stretched)[None, ..., None], data.preprocessing
    )
    np.testing.assert_allclose(x[0], expected[0], atol=1e-6)


@pytest.mark.parametrize(
    ("name", "write", "classes"),
    [("cifar10", "write_cifar10", 10), ("mnist", "write_mnist", 10)],
)
def test_named_files(tmp_path, request, name, write, classes):
    request.getfixturevalue(write)(tmp_path)
    data = load(name, "numpy", data_dir=tmp_path, seed=0)
    assert data.shape == DATASETS[name].shape
    assert data.classes == len(data.class_names) == classes
    assert data.mean == DATASETS[name].mean
    assert data.arguments["data_dir"] == str(tmp_path)
    x, y = arrays(data.test)
    assert len(x) == data.sizes["test"] == 20
    assert y.tolist() == [*range(10)] * 2


def test_npz_for_a_name_or_as_a_path(npz):
    for data_dir in (npz, npz.parent):
        data = load("mnist", "numpy", data_dir=data_dir)
        assert (data.name, data.mean) == ("mnist", (33.33,))
    for data in (load(npz, "numpy"), load("folder", "numpy", data_dir=npz)):
        assert data.class_names is None and data.classes == 10
        assert data.mean != (33.33,)


def test_a_folder_by_path(tmp_path, write_folder):
    write_folder(tmp_path / "pets", (8, 8), count=10)
    data = load(tmp_path / "pets", "numpy", batch_size=4)
    assert data.class_names == ("cat", "dog")
    assert data.sizes == {"train": 14, "validation": 2, "test": 4}
    assert load(**data.arguments).sizes == data.sizes
    x, y = arrays(data.train)
    assert x.shape == (14, 8, 8, 3) and sorted(y) == [0] * 7 + [1] * 7
