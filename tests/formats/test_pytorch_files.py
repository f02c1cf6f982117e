"""Checkpoints that PyTorch wrote, good, damaged and hostile ones."""

import hashlib
import json
import pathlib
import shutil

import numpy as np
import pytest

from keras_deep.formats.pytorch.reader import read_pytorch
from tests.support.fuzzing import fuzz

# Tensors and the first digits of the SHA-256 of "name" + SHA-256 of the bytes
# of all, in their order, as torch.load of PyTorch 2.13 gave them.
PUBLISHED = {
    "akamaster_resnet20-12fca82f.th": (97, "a38a6d652803d5e8"),
    "akamaster_resnet44-014dd654.th": (217, "609c9e55b23a614f"),
    "amartyn_plainnet20.pt": (116, "647a9657609bca5e"),
    "amartyn_resnet20.pt": (116, "0d0ad527e92bc62c"),
    "ferles_wrn-16-1-seed-0-dict.pth": (82, "a262196e08ad1025"),
    "ferles_wrn-40-1-seed-0-dict.pth": (226, "78ac6d9435ab3cfb"),
    "pathbench_vin_28x28.pth": (6, "3d2394252e965250"),
    "pathbench_vin_8x8.pth": (6, "817bfa8faea4fb5d"),
    "zuppichini_vin_16x16.pt": (6, "78e90a129dc5f2ee"),
}


def _sha256(array):
    if array.dtype.name == "bfloat16":
        array = array.astype(np.float32)
    return hashlib.sha256(array.tobytes()).hexdigest()


@pytest.fixture(scope="module")
def odd(shared):
    return shared / "data/checkpoints/odd"


@pytest.fixture(scope="module")
def expected(odd):
    return json.loads((odd / "expected.json").read_text())


def test_odd_files_that_load_give_every_tensor(odd, expected):
    names = [name for name in expected if expected[name]["loads"]]
    assert len(names) == 11
    for name in names:
        arrays = read_pytorch(odd / name)
        described = {
            key: {
                "shape": list(array.shape),
                "dtype": array.dtype.name,
                "sha256": _sha256(array),
            }
            for key, array in arrays.items()
        }
        assert described == expected[name]["tensors"], name
        for key, array in arrays.items():
            assert arrays.shape(key) == array.shape
            assert arrays.dtype(key) == array.dtype


# What each message must say of its file and of the place in it.
REFUSED = {
    "cut_legacy_0.pth": "the version. Received: no end of the pickle",
    "cut_legacy_1.pth": "the objects. Received: a claim of 14 bytes",
    "cut_legacy_2.pth": "20 bytes of storage '94319046402752'.*byte 1753",
    "cut_zip_0.pth": "an empty file",
    "cut_zip_1.pth": "complete zip file",
    "cut_zip_2.pth": "complete zip file",
    "cut_zip_3.pth": "complete zip file",
    "deep_nesting.pth": "an object of type list",
    "empty.pth": "an empty file",
    "evil_eval_legacy.pth": "call of `builtins.eval`.*not run, at byte 207",
    "evil_getattr.pth": "data.pkl'. Received: a call of `builtins.__import__`",
    "evil_system.pth": "data.pkl'. Received: a call of `posix.system`",
    "git_lfs_pointer.pth": "Git LFS pointer.*git lfs pull",
    "huge_expand.pth": "4000000000000 of them in 'w', by repetition",
    "huge_size.pth": "tensor 'w'.*inside its storage of 16 bytes",
    "long_int.pth": "claim of 2147483647 bytes.*at byte 7",
    "long_string.pth": "claim of 4294967295 bytes.*at byte 10",
    "missing_storage.pth": "432 bytes of storage '0', of tensor 'conv.weight'",
    "negative_size.pth": "axes of tensor 'w'.*Received: -2",
    "negative_stride.pth": "strides of tensor 'w'.*Received: -1",
    "offset_past_end.pth": "tensor 'w'.*inside its storage of 16 bytes",
    "self_reference.pth": "an object of type list",
    "short_storage.pth": "432 bytes of storage '0'.*Received: 8",
    "text.pth": "a web page",
    "zip_bomb.pth": "data.pkl'. Received: .* inflate to 1073741824",
}


def test_odd_files_that_do_not_load_say_why(odd, expected):
    names = {name for name in expected if expected[name]["loads"] is False}
    assert names == set(REFUSED)
    for name, pattern in REFUSED.items():
        with pytest.raises(
            ValueError, match=f"(?s)Expected .*{pattern}"
        ) as error:
            dict(read_pytorch(odd / name))
        assert name in str(error.value)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_odd_files_take_little_and_run_nothing(
    odd, expected, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    names = list(expected)

    def contents(index):
        return names[index], (odd / names[index]).read_bytes()

    outcomes = fuzz.run(read_pytorch, contents, len(names), 1, lambda *_: None)
    for name, outcome in zip(names, outcomes):
        loads = expected[name]["loads"]
        allowed = {fuzz.LOADED: (True, None), fuzz.REFUSED: (False, None)}
        assert loads in allowed.get(outcome, ()), (name, fuzz.OUTCOMES[outcome])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_checkpoints_are_what_torch_reads(shared, name):
    arrays = read_pytorch(shared / "data/checkpoints/pytorch" / name)
    text = "".join(key + _sha256(array) for key, array in arrays.items())
    found = hashlib.sha256(text.encode()).hexdigest()[:16]
    assert (len(arrays), found) == PUBLISHED[name]


def test_whole_modules_say_what_their_layers_are(shared):
    arrays = read_pytorch(
        shared / "data/checkpoints/pytorch/zuppichini_vin_16x16.pt"
    )
    assert arrays.kinds["h"] == "Conv2d" and arrays.kinds[""] == "VIN"


def test_arrays_are_read_when_asked_for(odd, tmp_path):
    for name in ("zip_plain.pth", "legacy_plain.pth"):
        path = tmp_path / name
        shutil.copyfile(odd / name, path)
        arrays = read_pytorch(str(path))
        assert arrays.shape("conv.weight") == (4, 3, 3, 3)
        assert arrays.nbytes == 604
        first = arrays["conv.weight"]
        first[...] = 0  # Nothing is shared between two readings.
        assert arrays["conv.weight"].any()
        path.chmod(0o600)
        path.write_bytes(path.read_bytes()[:100])
        with pytest.raises(
            ValueError, match="Received: .*(is cut|directory says)"
        ):
            arrays["conv.weight"]


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="none.pth"):
        read_pytorch(tmp_path / "none.pth")


def test_folder(tmp_path):
    with pytest.raises(ValueError, match="Expected a file. Received: the fol"):
        read_pytorch(tmp_path)


def test_home_folder_is_expanded(odd, monkeypatch):
    monkeypatch.setenv("HOME", str(odd))
    assert len(read_pytorch(pathlib.Path("~/zip_plain.pth"))) == 8
