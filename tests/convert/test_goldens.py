"""Every golden file and every prototxt is compared by a family's tests.

Or its turn comes, or it is of no network of ours.
"""

import functools
import importlib
import pathlib
import zipfile

import pytest

import keras_deep
from keras_deep.convert.origins import ORIGINS
from keras_deep.convert.unmatched import best_of
from keras_deep.models.families import FAMILIES
from tests.support.caffe_published import synth

# Golden files of families to come: the builder that will have to load them.
# A family takes its own in tests/families.
PENDING = {
    "pytorchcv.revnet38": "CifarRevNet",
}
# Golden files of networks that are none of ours, and why.
OTHERS = {
    "pytorchcv.ror3_56_cifar10": "has a block less in every stage than the "
    "paper's, and pools between stages",
}
WITH_WEIGHTS = ("Convolution", "BatchNorm", "BN", "Scale", "InnerProduct")
# Published prototxts without a builder of ours, and why.
OTHER_PROTOTXTS = {
    "hujie__SE-BN-Inception": "is Inception with batch normalisation, whose "
    "blocks (inception_3a/1x1 to inception_5b/pool_proj, with an excitation "
    "each) no builder has",
    "liuzhuang__solver": "is a recipe of training, without layers",
    "yihui__resnet-20-solver": "is a recipe of training, without layers",
}


def loaded(kind="goldens"):
    """Returns the golden files that the tests of the families check.

    Args:
        kind: string, the attribute of a test with the names of its files.
    """
    found = set()
    for family in FAMILIES:
        module = importlib.import_module(f"tests.families.test_{family}")
        for value in vars(module).values():
            found |= set(getattr(value, kind, ()))
    return found


def test_every_golden_file_is_loaded_or_pending(shared):
    folder = shared / "reference" / "goldens"
    files = {path.stem for path in folder.glob("*.json")}
    assert files == loaded() | set(PENDING) | set(OTHERS)


@functools.cache
def prototxts(shared):
    """Returns a dict of published prototxts to their layers with weights."""
    tool, found = synth(shared), {}
    with zipfile.ZipFile(shared / "data/prototxt/prototxt.zip") as archive:
        for member in archive.namelist():
            net = tool.parse(archive.read(member).decode())
            found[member.removesuffix(".prototxt")] = [
                layer["name"][0]
                for layer in tool.layers(net)
                if layer["type"][0] in WITH_WEIGHTS
            ]
    return found


def test_every_prototxt_has_a_builder_or_a_reason(shared):
    found = prototxts(shared)
    assert len(found) == 20
    compared = loaded("prototxts")
    assert compared | set(OTHER_PROTOTXTS) == set(found)
    assert not compared & set(OTHER_PROTOTXTS)
    for name, reason in OTHER_PROTOTXTS.items():
        assert bool(found[name]) == ("without layers" not in reason)


def test_no_rules_know_the_layers_of_another_prototxt(shared):
    rules = [origin for origin in ORIGINS if origin.format == "caffe"]
    for name in OTHER_PROTOTXTS:
        assert not best_of(rules, prototxts(shared)[name], ())


@pytest.mark.parametrize("name", PENDING)
def test_no_golden_is_pending_once_its_family_exists(name):
    exists = PENDING[name] in keras_deep.list_models()
    assert not exists or name in loaded(), (
        f"{PENDING[name]} exists: check {name} in the tests of its family."
    )


def test_every_file_of_tests_is_that_of_a_family():
    """A file under another name would check files that are not counted."""
    folder = pathlib.Path(__file__).parents[1] / "families"
    files = {path.stem.removeprefix("test_") for path in folder.glob("test_*")}
    assert files == set(FAMILIES)
