"""Writes checkpoints as PyTorch's two serialization formats define them."""

import io
import pickle
import struct
import zipfile
from typing import NamedTuple

import numpy as np

STORAGES = {
    "bool": "BoolStorage",
    "uint8": "ByteStorage",
    "int8": "CharStorage",
    "int16": "ShortStorage",
    "int32": "IntStorage",
    "int64": "LongStorage",
    "float16": "HalfStorage",
    "bfloat16": "BFloat16Storage",
    "float32": "FloatStorage",
    "float64": "DoubleStorage",
    "complex64": "ComplexFloatStorage",
}
MAGIC = 0x1950A86A20F9469CFC6C


class Named(NamedTuple):
    """A class or function that need not exist."""

    module: str
    name: str

    def __call__(self):
        raise AssertionError("A pickle never calls what it names.")


class Tensor:
    """A view of an array: offset and strides in elements."""

    def __init__(self, array, offset=0, shape=None, strides=None):
        self.array = array
        self.offset = offset
        self.shape = array.shape if shape is None else shape
        self.strides = strides
        if strides is None:
            self.strides = tuple(n // array.itemsize for n in array.strides)


class Call:
    """The result of calling a named class or function, and its state."""

    def __init__(self, module, name, *arguments, state=None):
        self.named = Named(module, name)
        self.arguments = arguments
        self.state = state


class _Pickler(pickle._Pickler):
    """A pickler that writes `Named` objects without importing them."""

    def __init__(self, file, protocol, storage_id):
        super().__init__(file, protocol)
        self._storage_id = storage_id

    def persistent_id(self, data):
        return self._storage_id(data) if type(data) is np.ndarray else None

    def save(self, data, save_persistent_id=True):
        if type(data) is not Named:
            super().save(data, save_persistent_id)
        elif self.proto >= 4:
            self.save(data.module)
            self.save(data.name)
            self.write(pickle.STACK_GLOBAL)
        else:
            self.write(f"c{data.module}\n{data.name}\n".encode())

    def reducer_override(self, data):
        if type(data) is Tensor:
            make = Named("torch._utils", "_rebuild_tensor_v2")
            hooks = Call("collections", "OrderedDict")
            return make, (
                data.array,
                data.offset,
                data.shape,
                data.strides,
                False,
                hooks,
            )
        if type(data) is Call:
            return data.named, data.arguments, data.state
        return NotImplemented


def pickled(data, protocol=2, storages=None, view=()):
    """Returns the pickle; adds arrays by key to the dict `storages`."""
    keys = {}

    def storage_id(array):
        key = keys.setdefault(id(array), str(len(keys)))
        if storages is not None:
            storages[key] = array
        kind = Named("torch", STORAGES[array.dtype.name])
        return ("storage", kind, key, "cpu", array.size, *view)

    file = io.BytesIO()
    _Pickler(file, protocol, storage_id).dump(data)
    return file.getvalue()


def zip_checkpoint(data, protocol=2, compression=zipfile.ZIP_STORED, **more):
    """Returns the bytes of a checkpoint in the format since PyTorch 1.6."""
    storages = {}
    members = {"data.pkl": pickled(data, protocol, storages)}
    members["byteorder"] = b"little"
    for key, array in storages.items():
        members[f"data/{key}"] = array.tobytes("A")
    members["version"] = b"3\n"
    return zip_of({**members, **more}, compression)


def zip_of(members, compression=zipfile.ZIP_STORED, root="archive/"):
    """Returns the bytes of a zip file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(root + name, content)
    return file.getvalue()


def legacy_checkpoint(data, protocol=2):
    """Returns the bytes of a checkpoint in the format before PyTorch 1.6."""
    storages = {}
    system = {"protocol_version": 1001, "little_endian": True}
    content = b"".join(
        pickle.dumps(part, protocol) for part in (MAGIC, 1001, system)
    )
    content += pickled(data, protocol, storages, view=(None,))
    content += pickle.dumps(sorted(storages), protocol)
    for key in sorted(storages):
        content += struct.pack("<q", storages[key].size)
        content += storages[key].tobytes("A")
    return content
