"""Where weights are found in a checkpoint, and what is refused there."""

import collections

import numpy as np
import pytest

from keras_deep.formats.pytorch.reader import read_pytorch
from tests.support.torch_files import Call
from tests.support.torch_files import Named
from tests.support.torch_files import Tensor
from tests.support.torch_files import legacy_checkpoint
from tests.support.torch_files import zip_checkpoint


@pytest.fixture(params=(zip_checkpoint, legacy_checkpoint))
def read(request, tmp_path):
    """Returns a function of data that writes and reads it."""

    def read(data):
        path = tmp_path / "weights.pth"
        path.write_bytes(request.param(data))
        return read_pytorch(path)

    return read


def _tensor(*numbers):
    return Tensor(np.array(numbers, "f4"))


def _values(arrays):
    return {name: array.tolist() for name, array in arrays.items()}


A, B = {"w": _tensor(1)}, {"w": _tensor(2)}
WHERE = {
    "bare": A,
    "beside": {"state_dict": A, "epoch": 1, "best": _tensor(5), "x": B},
    "weights before averages": {"state_dict_ema": B, "ema": B, "model": A},
    "first key of several": {"net": B, "model": B, "state_dict": A},
    "a key without tensors": {"state_dict": {}, "model": "resnet", "net": A},
    "deeper": {"checkpoint": {"model": A}, "epoch": 1},
    "unknown key": {"my_weights": A, "optimizer": B, "epoch": 1},
    "unknown key and tensors": {
        "best": _tensor(5),
        "my_weights": {"w": _tensor(1), "v": _tensor(3)},
    },
    "list": [A, 3],
    "attribute": Call(
        "copy_reg", "_reconstructor", Named("my", "T"), 0, 0, state={"model": A}
    ),
    "ordered": {"state_dict": collections.OrderedDict(A)},
    "python 2": {
        "model": Call("collections", "OrderedDict", [["w", _tensor(1)]])
    },
}


@pytest.mark.parametrize("name", WHERE)
def test_state_dicts_are_found(name, read):
    found = _values(read(WHERE[name]))
    assert found.pop("w") == [1]
    assert found in ({}, {"v": [3]})


TWO = {
    "model and average": ({"model": A, "model_ema": B}, "model", "model_ema"),
    "deeper": (
        {"checkpoint": {"model": A, "ema": B}, "epoch": 1},
        "checkpoint.model",
        "checkpoint.ema",
    ),
    "an unknown key": (
        {"state_dict": A, "best_so_far": B, "epoch": 1},
        "state_dict",
        "best_so_far",
    ),
    "in a callback": (
        {"state_dict": A, "callbacks": {"EMA": {"weights": B}}},
        "state_dict",
        "callbacks.EMA.weights",
    ),
    "wrapped": (
        {"net": A, "ema": {"module.w": _tensor(2), "n_averaged": _tensor(9)}},
        "net",
        "ema",
    ),
}


@pytest.mark.parametrize("name", TWO)
def test_the_other_weights_are_told_and_can_be_chosen(name, read, tmp_path):
    data, first, second = TWO[name]
    arrays = read(data)
    assert (arrays.part, arrays.others) == (first, (second,))
    assert _values(arrays) == {"w": [1]}
    path = tmp_path / "weights.pth"
    for part in (second, second.rpartition(".")[2]):
        chosen = read_pytorch(path, part)
        assert [v for n, v in _values(chosen).items() if "w" in n] == [[2]]
        assert chosen.part == second
    assert _values(read_pytorch(path, first)) == {"w": [1]}


def test_what_has_other_names_is_no_other_weights(read):
    data = {
        "model": {"w": _tensor(1), "v": _tensor(1)},
        "optimizer": {"w": _tensor(2), "v": _tensor(2)},
        "scaler": {"scale": _tensor(3)},
        "discriminator": {"a": _tensor(4), "b": _tensor(4)},
    }
    assert read(data).others == ()


def test_the_average_may_be_a_module(read, tmp_path):
    module = _module(("models", "Net"), {"w": _tensor(2)})
    arrays = read({"model": A, "ema": module})
    assert arrays.others == ("ema",)
    assert _values(read_pytorch(tmp_path / "weights.pth", "ema")) == {"w": [2]}


def test_a_part_may_stand_before_the_names(read, tmp_path):
    read({"state_dict": {"model.w": _tensor(1), "ema.w": _tensor(2)}})
    path = tmp_path / "weights.pth"
    assert _values(read_pytorch(path, "ema")) == {"w": [2]}
    np.savez(tmp_path / "a.npz", **{"model.w": [1], "ema.w": [2]})
    assert _values(read_pytorch(tmp_path / "a.npz", "ema")) == {"w": [2]}
    with pytest.raises(ValueError, match="state_dict, model, ema.*: 'swa'"):
        read_pytorch(path, "swa")


def test_a_part_is_one(read, tmp_path):
    read({"netG": {"ema": A}, "netD": {"ema": B}})
    with pytest.raises(ValueError, match="end of 'netG.ema, netD.ema'"):
        read_pytorch(tmp_path / "weights.pth", "ema")


def test_several_state_dicts_get_their_keys_as_prefixes(read):
    found = _values(read({"netG": A, "netD": B, "epoch": 1}))
    assert found == {"netG.w": [1], "netD.w": [2]}


def _module(kind, parameters=(), buffers=(), modules=(), hidden=()):
    state = {
        "training": True,
        "_parameters": collections.OrderedDict(parameters),
        "_buffers": collections.OrderedDict(buffers),
        "_non_persistent_buffers_set": set(hidden),
        "_modules": collections.OrderedDict(modules),
    }
    reconstructor = ("copy_reg", "_reconstructor")
    return Call(
        *reconstructor, Named(*kind), Named("", "object"), None, state=state
    )


def test_modules_give_what_their_state_dict_has(read):
    parameter = Call("torch._utils", "_rebuild_parameter", _tensor(1), True, {})
    old = Call("torch.nn.parameter", "Parameter", _tensor(2), True)
    inner = _module(
        ("torch.nn.modules.batchnorm", "BatchNorm2d"),
        {"weight": parameter, "bias": None},
        {"running_mean": _tensor(3), "cache": _tensor(4)},
        hidden=["cache"],
    )
    outer = _module(
        ("models", "Net"),
        {"scale": old},
        (),
        {"a": inner, "none": None, "b": inner},
    )
    for data in (outer, {"model": outer, "epoch": 3}):
        arrays = read(data)
        assert list(arrays.items()) == [
            ("scale", [2]),
            ("a.weight", [1]),
            ("a.running_mean", [3]),
            ("b.weight", [1]),
            ("b.running_mean", [3]),
        ]
        assert arrays.kinds == {
            "": "Net",
            "a": "BatchNorm2d",
            "b": "BatchNorm2d",
        }


def test_tensors_of_other_makers(read):
    base = np.arange(4, dtype="u1")
    hooks = Call("collections", "OrderedDict")
    bytes_of_floats = Call(
        "torch._utils",
        "_rebuild_tensor_v3",
        np.frombuffer(np.array([1, 2, 3], "f2").tobytes(), "u1"),
        1,
        (2,),
        (1,),
        False,
        hooks,
        Named("torch", "float16"),
    )
    subclass = Call(
        "torch._tensor",
        "_rebuild_from_type_v2",
        Named("torch._utils", "_rebuild_tensor"),
        Named("my", "Tensor"),
        (base, 1, (2,), (1,)),
        {},
    )
    found = _values(read({"half": bytes_of_floats, "mine": subclass}))
    assert found == {"half": [2, 3], "mine": [1, 2]}


SPARSE = Call("torch._utils", "_rebuild_sparse_tensor", 0, ())
FLOATS = np.arange(4, dtype="f4")


REFUSED = {
    "nothing": ({"epoch": 1}, "a dict with the keys 'epoch'"),
    "a number": (3, "Received: 3. Save"),
    "a class": (
        Call("argparse", "Namespace", state={"a": 1}),
        "an object of argparse.Namespace",
    ),
    "a tensor alone": (Tensor(FLOATS), "an object of type Tensor"),
    "sparse": (
        {"w": SPARSE},
        "tensor 'w' .*to be dense.*`torch._utils._rebuild_sparse_tensor`",
    ),
    "strides": (
        {"w": Tensor(FLOATS, 0, (2, 2), (1,))},
        "one stride for each axis of tensor 'w' .*1 for 2 axes",
    ),
    "offset": (
        {"w": Tensor(FLOATS, True, (2,), (1,))},
        "offset and strides of tensor 'w' .*object of type bool",
    ),
    "shape": (
        {"w": Tensor(FLOATS, 0, (2.0,), (1,))},
        "axes of tensor 'w' .*object of type float",
    ),
    "axes": (
        {"w": Tensor(FLOATS, 0, (1,) * 33, (1,) * 33)},
        "shape of tensor 'w' .*Received: 33 axes",
    ),
    "huge but empty": (
        {"w": Tensor(FLOATS, 0, (0, 2**62), (1, 1))},
        "shape of tensor 'w' .*Received: 2 axes",
    ),
    "repeated a little, often": (
        {str(i): Tensor(FLOATS, 0, (500_000,), (0,)) for i in range(40)},
        "at most 67108992 bytes.*stores 16. Received: 80000000 bytes",
    ),
    "too long a name": (
        _module(("a", "B"), modules={"x" * 1200: _module(("a", "B"))}),
        "modules without end, at 'xxx",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_weights_is_refused(name, read):
    data, pattern = REFUSED[name]
    with pytest.raises(ValueError, match=f"^Expected .*{pattern}") as error:
        read(data)
    assert "weights.pth" in str(error.value)
