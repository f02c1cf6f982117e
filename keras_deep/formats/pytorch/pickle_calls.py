"""Harmless functions that stand in for the calls in PyTorch's pickles."""

from keras_deep.formats.pytorch import tensors
from keras_deep.formats.pytorch.pickles import Instance
from keras_deep.formats.pytorch.pickles import Name

# Known calls for values other than weights, which are not needed.
_INERT = {
    "argparse": "Namespace",
    "builtins": (
        "bool bytearray complex float int list object range slice str "
        "tuple xrange"
    ),
    "collections": "deque",
    "datetime": "date datetime time timedelta timezone",
    "decimal": "Decimal",
    "fractions": "Fraction",
    "functools": "partial",
    "numpy._core.multiarray": "scalar",
    "numpy.random": "__RandomState_ctor",
    "numpy.random._pickle": (
        "__bit_generator_ctor __generator_ctor __randomstate_ctor"
    ),
    "numpy.random.bit_generator": "__pyx_unpickle_SeedSequence",
    "operator": "attrgetter getitem itemgetter methodcaller",
    "pathlib": "Path PosixPath PurePath PurePosixPath WindowsPath",
    "pathlib._local": "PosixPath WindowsPath",
    "torch": "device",
    "torch.nn.backends.thnn": "_get_thnn_function_backend",
    "torch._utils": (
        "_rebuild_meta_tensor_no_storage _rebuild_nested_tensor "
        "_rebuild_qtensor _rebuild_sparse_csr_tensor _rebuild_sparse_tensor"
    ),
    "torch.serialization": "_get_layout",
    "types": "SimpleNamespace",
    "uuid": "UUID",
}


def _inert(kind):
    return lambda *_: Instance(kind)


def _dict(*arguments):
    """Returns a dict of a dict or of pairs; a factory may come first."""
    for items in arguments:
        if type(items) is dict:
            return dict(items)
        if type(items) in (list, tuple):
            return {k: value for k, value in items if type(k) is str}
    return {}


def _set(items=()):
    return {item: None for item in items if type(item) is str}


def _size(items):
    if type(items) not in (list, tuple):
        raise TypeError("no list")
    return tuple(items)


def _encoded(text, codec):
    if codec not in ("latin1", "utf-8", "ascii"):
        raise ValueError("an unusual codec")
    return text.encode(codec)


def _object(kind, *_):
    if type(kind) is not Name:
        raise TypeError("no name")
    return Instance(kind)


def _numpy_array(*_):
    return tensors.NumpyArray()


def _numpy_array_of_bytes(content, kind, shape, order):
    return tensors.NumpyArray(
        shape, kind, "F" if order == "F" else "C", content
    )


def _itself(data, *_):
    return data


def _of_type(make, kind, arguments, *_):
    """Returns the tensor of an instance of a tensor subclass."""
    if type(make) is not Name:
        raise TypeError("no name")
    return _REBUILT[make](*arguments)


_REBUILT = {
    Name("torch._utils", "_rebuild_parameter"): _itself,
    Name("torch._utils", "_rebuild_parameter_with_state"): _itself,
    Name("torch._utils", "_rebuild_tensor"): tensors.tensor,
    Name("torch._utils", "_rebuild_tensor_v2"): tensors.tensor,
    Name("torch._utils", "_rebuild_tensor_v3"): tensors.typed_tensor,
    Name("torch._utils", "_rebuild_device_tensor_from_numpy"): _itself,
    Name("torch._utils", "_rebuild_xla_tensor"): _itself,
    Name("torch.autograd.variable", "Variable"): _itself,
    Name("torch.nn.parameter", "Buffer"): _itself,
    Name("torch.nn.parameter", "Parameter"): _itself,
}

CALLS = {
    **{
        Name(module, name): _inert(Name(module, name))
        for module, names in _INERT.items()
        for name in names.split()
    },
    **_REBUILT,
    Name("_codecs", "encode"): _encoded,
    Name("builtins", "bytes"): lambda: b"",
    Name("builtins", "dict"): _dict,
    Name("builtins", "frozenset"): _set,
    Name("builtins", "set"): _set,
    Name("collections", "Counter"): _dict,
    Name("collections", "OrderedDict"): _dict,
    Name("collections", "defaultdict"): _dict,
    Name("copyreg", "__newobj__"): _object,
    Name("copyreg", "_reconstructor"): _object,
    Name("numpy", "dtype"): tensors.NumpyType,
    Name("numpy._core.multiarray", "_reconstruct"): _numpy_array,
    Name("numpy._core.numeric", "_frombuffer"): _numpy_array_of_bytes,
    Name("torch", "Size"): _size,
    Name("torch._tensor", "_rebuild_from_type"): _of_type,
    Name("torch._tensor", "_rebuild_from_type_v2"): _of_type,
}
