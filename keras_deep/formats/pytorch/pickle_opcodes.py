"""The opcodes of pickles as operations of a `Machine`.

Opcodes of protocol 0 only are missing: PyTorch has never been able to write
that protocol.
"""

import pickle
import struct

from keras_deep.formats.pytorch import pickle_values as values
from keras_deep.formats.pytorch.pickles import Instance
from keras_deep.formats.pytorch.pickles import Machine
from keras_deep.formats.pytorch.pickles import Name
from keras_deep.formats.pytorch.tensors import NumpyArray
from keras_deep.formats.pytorch.tensors import NumpyType


def unpickle(buffer, start, place, calls, persistent):
    """Reads a pickle.

    Args:
        buffer, start, place, calls, persistent: as `Machine` takes them.

    Returns:
        The data, and the offset after the pickle. Dicts keep only items with
        string keys, a set is a dict of its strings, and an object of any class
        is an `Instance`.

    Raises:
        ValueError: if it is no pickle, or calls a name that is not in `calls`.
    """
    machine = Machine(buffer, start, place, calls, persistent)
    return machine.run(_OPERATIONS, pickle.STOP[0]), machine.position


def _global(machine):
    module = values.as_old_text(machine, machine.line())
    name = values.as_old_text(machine, machine.line())
    machine.push(machine.name(module, name))


def _stack_global(machine):
    name = machine.pop()
    machine.push(machine.name(machine.pop(), name))


def _reduce(machine):
    machine.spend(300)
    arguments = machine.pop()
    machine.push(machine.reduce(machine.pop(), arguments))


def _object(machine):
    machine.spend(300)
    items = machine.pop_mark()
    if not items:
        machine.fail("an object without a class")
    machine.push(machine.reduce(items[0], tuple(items[1:])))


def _new_object(machine):
    machine.spend(300)
    machine.pop()
    kind = machine.pop()
    if type(kind) is not Name:
        machine.fail("an object whose class has no name")
    machine.push(Instance(kind))


def _new_object_with_keywords(machine):
    machine.pop()
    _new_object(machine)


def _build(machine):
    machine.spend(100)
    state = machine.pop()
    target = machine.top()
    if type(target) in (Instance, NumpyArray, NumpyType):
        try:
            target.set_state(state)
        except (LookupError, TypeError, ValueError):
            machine.fail("an odd state of an object")


def _get(layout):
    layout = struct.Struct(layout)

    def operation(machine):
        (index,) = layout.unpack(machine.take(layout.size))
        if index not in machine.memo:
            machine.fail(f"object {index} before it is made")
        machine.push(machine.memo[index])

    return operation


def _put(layout):
    layout = struct.Struct(layout)

    def operation(machine):
        machine.spend(100)
        (index,) = layout.unpack(machine.take(layout.size))
        machine.memo[index] = machine.top()

    return operation


def _memoize(machine):
    machine.spend(100)
    machine.memo[len(machine.memo)] = machine.top()


def _persistent(machine):
    machine.spend(300)
    machine.push(machine.storage(machine.pop()))


_BY_OPCODE = {
    pickle.PROTO: values.protocol,
    pickle.FRAME: lambda machine: machine.take(8),
    pickle.NONE: values.constant(None),
    pickle.NEWTRUE: values.constant(True),
    pickle.NEWFALSE: values.constant(False),
    pickle.EMPTY_TUPLE: values.constant(()),
    pickle.BININT: values.number("<i"),
    pickle.BININT1: values.number("B"),
    pickle.BININT2: values.number("<H"),
    pickle.BINFLOAT: values.number(">d"),
    pickle.INT: values.decimal,
    pickle.LONG: values.decimal,
    pickle.LONG1: values.sized("B", values.as_int),
    pickle.LONG4: values.sized("<i", values.as_int),
    pickle.SHORT_BINUNICODE: values.sized("B", values.as_text),
    pickle.BINUNICODE: values.sized("<I", values.as_text),
    pickle.BINUNICODE8: values.sized("<Q", values.as_text),
    pickle.SHORT_BINSTRING: values.sized("B", values.as_old_text),
    pickle.BINSTRING: values.sized("<i", values.as_old_text),
    pickle.SHORT_BINBYTES: values.sized("B", values.as_bytes),
    pickle.BINBYTES: values.sized("<I", values.as_bytes),
    pickle.BINBYTES8: values.sized("<Q", values.as_bytes),
    pickle.BYTEARRAY8: values.sized("<Q", values.as_bytes),
    pickle.MARK: values.mark,
    pickle.POP: lambda machine: machine.pop(),
    pickle.POP_MARK: lambda machine: machine.pop_mark(),
    pickle.DUP: lambda machine: machine.push(machine.top()),
    pickle.TUPLE1: values.tuple_of(1),
    pickle.TUPLE2: values.tuple_of(2),
    pickle.TUPLE3: values.tuple_of(3),
    pickle.TUPLE: values.marked_tuple,
    pickle.EMPTY_LIST: values.empty(list),
    pickle.LIST: values.marked_list,
    pickle.APPEND: values.append,
    pickle.APPENDS: values.extend,
    pickle.EMPTY_DICT: values.empty(dict),
    pickle.DICT: values.marked_dict,
    pickle.SETITEM: values.set_item,
    pickle.SETITEMS: values.set_items,
    pickle.EMPTY_SET: values.empty(dict),
    pickle.ADDITEMS: values.add,
    pickle.FROZENSET: values.marked_set,
    pickle.GLOBAL: _global,
    pickle.STACK_GLOBAL: _stack_global,
    pickle.REDUCE: _reduce,
    pickle.OBJ: _object,
    pickle.NEWOBJ: _new_object,
    pickle.NEWOBJ_EX: _new_object_with_keywords,
    pickle.BUILD: _build,
    pickle.BINGET: _get("B"),
    pickle.LONG_BINGET: _get("<I"),
    pickle.BINPUT: _put("B"),
    pickle.LONG_BINPUT: _put("<I"),
    pickle.MEMOIZE: _memoize,
    pickle.BINPERSID: _persistent,
}
_OPERATIONS = [_BY_OPCODE.get(bytes([code])) for code in range(256)]
