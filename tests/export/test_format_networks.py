"""Networks of every family in other formats."""

import pytest

from keras_deep import export
from tests.support.formats import MARKS
from tests.support.formats import needs
from tests.support.small import batch
from tests.support.small import networks
from tests.support.small import small_model

QUICK = ("DenseNetBC", "CifarSEResNet")
# What other formats cannot express: names of networks to the operation.
LACKS = {"onnx": {}, "tflite": {"IRNN": "TensorListReserve"}, "xml": {}}

pytestmark = MARKS


def check_networks(names, ending, folder):
    """Exports small networks; returns the reasons of those that cannot be."""
    needs(ending)
    reasons = {}
    for name in names:
        model = small_model(name)
        x, _ = batch(name, model)
        try:
            path = export.export(model, folder / f"{name}.{ending}")
        except ValueError as error:
            reasons[name] = str(error)
            continue
        measured = export.compare(model, path, x)
        print(f"{name}.{ending}: {measured['difference']:.1e}")
        assert measured["difference"] < 1e-4, name
    return reasons


@pytest.mark.parametrize("ending", ["onnx", "tflite"])
def test_networks(tmp_path, ending):
    assert not check_networks(QUICK, ending, tmp_path)


@pytest.mark.proof
@pytest.mark.parametrize("ending", ["onnx", "tflite", "xml"])
def test_every_network(tmp_path, ending):
    reasons = check_networks(networks(), ending, tmp_path)
    print(reasons)
    assert set(reasons) == set(LACKS[ending])
    for name, operation in LACKS[ending].items():
        assert operation in reasons[name]
