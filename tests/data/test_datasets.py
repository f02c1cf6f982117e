import numpy as np
import pytest

import keras_deep.data
from keras_deep.data import list_datasets
from keras_deep.data import load
from keras_deep.data.augment import AUGMENTATIONS
from keras_deep.data.datasets import DATASETS


def test_the_list_is_sorted_and_complete():
    assert list_datasets() == sorted(DATASETS)
    assert {"digits", "cifar10", "mnist", "folder"} <= set(list_datasets())


@pytest.mark.parametrize("name", sorted(DATASETS))
def test_the_table_is_consistent(name):
    dataset = DATASETS[name]
    assert dataset.augmentation is None or dataset.augmentation in AUGMENTATIONS
    assert (dataset.mean is None) == (dataset.std is None)
    if dataset.mean is not None:
        assert len(dataset.mean) == len(dataset.std) == dataset.shape[-1]
        assert all(20 < value < 256 for value in dataset.mean + dataset.std)
    if "cifar" in name:
        assert len(set(dataset.class_names)) == int(name[5:])
        assert list(dataset.class_names) == sorted(dataset.class_names)
    if name in ("digits", "mnist", "svhn_cropped"):
        assert not AUGMENTATIONS[dataset.augmentation].flip


def test_the_public_names():
    public = {n for n in vars(keras_deep.data) if n[0] != "_"}
    assert {
        "Data",
        "decode_image",
        "list_datasets",
        "load",
        "preprocess",
    } <= public


@pytest.mark.proof
def test_the_facts_of_the_real_cifar10(real_sheet, tmp_path):
    """Computed from all 50,000 training images."""
    splits = {}
    for split, names in (
        ("train", [f"train_{i}.npz" for i in range(1, 6)]),
        ("test", ["test.npz"]),
    ):
        parts = [real_sheet(name) for name in names]
        x, y = (np.concatenate(part) for part in zip(*parts))
        splits |= {f"x_{split}": x, f"y_{split}": y}
    pixels = splits["x_train"].reshape(-1, 3)
    mean, std = pixels.mean(axis=0), pixels.std(axis=0)
    np.testing.assert_allclose(DATASETS["cifar10"].mean, mean, atol=0.051)
    np.testing.assert_allclose(DATASETS["cifar10"].std, std, atol=0.051)
    np.savez(tmp_path / "cifar10.npz", **splits)
    data = load("cifar10", "numpy", data_dir=tmp_path)
    assert data.sizes == {"train": 45000, "validation": 5000, "test": 10000}
    labels = np.concatenate([y for _, y in data.validation])
    assert np.bincount(labels).tolist() == [500] * 10
