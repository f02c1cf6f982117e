"""A virtual machine that unpickles plain data and never runs code.

The standard library's unpickler can be kept from importing, but not from
trusting lengths in the file, hashing endlessly nested keys or filling the
memory from a few bytes. This machine calls nothing and limits the memory; it
takes 30 ms for the 34,000 opcodes of a ResNet-152's checkpoint, a tenth of the
time for reading the arrays.
"""

from typing import NamedTuple

from keras_deep.formats.messages import shown

# Memory limit in bytes; the pickle of a thousand tensors takes about 4 MB.
_ALLOWANCE = 128 * 2**20
_LONGEST_LINE = 10_000

_MOVED = {"__builtin__": "builtins", "copy_reg": "copyreg"}


class Name(NamedTuple):
    """A class or function that a pickle names. It is never imported."""

    module: str
    name: str

    def __str__(self):
        return f"{self.module}.{self.name}"


class Instance:
    """The data of an object whose class is never imported.

    Args:
        kind: `Name` of the class.
    """

    __slots__ = ("items", "kind", "state")

    def __init__(self, kind):
        self.kind = kind
        self.items = {}
        self.state = {}

    def set_state(self, state):
        """Sets the attributes, from a dict or a tuple that begins with one."""
        if type(state) is tuple and state:
            state = state[0]
        if type(state) is dict:
            self.state = state


class Machine:
    """The input, the stack and the memo of one pickle.

    Args:
        buffer: bytes, or an object whose slices are bytes, such as a mmap.
        start: int, offset of the pickle.
        place: string, the file and the part of it, for messages.
        calls: dict of `Name` to the function that replaces it, from data to
            data. No other name can be called.
        persistent: function of a persistent id, from data to data.
    """

    def __init__(self, buffer, start, place, calls, persistent):
        self.buffer = buffer
        self.end = len(buffer)
        self.position = start
        self.place = place
        self.stack = []
        self.memo = {}
        self._calls = calls
        self._persistent = persistent
        self._marked = []
        self._left = _ALLOWANCE + 2 * (self.end - start)

    def run(self, operations, stop):
        """Executes opcodes and returns the data.

        Args:
            operations: list of 256 functions of a machine, `None` for unknown
                opcodes.
            stop: int, the opcode that ends the pickle.
        """
        buffer = self.buffer
        while self.position < self.end:
            code = buffer[self.position]
            self.position += 1
            if code == stop:
                return self.pop()
            operation = operations[code]
            if operation is None:
                self.fail(f"the opcode {code}")
            self.spend(40)
            operation(self)
        return self.fail("no end of the pickle")

    def fail(self, received, way_out=""):
        """Raises a `ValueError` with the place and the position."""
        raise ValueError(
            f"Expected a pickle written by PyTorch in {self.place}. "
            f"Received: {received}, at byte {self.position}.{way_out}"
        )

    def spend(self, cost):
        """Counts the approximate memory of new data, in bytes."""
        self._left -= cost
        if self._left < 0:
            self.fail("more objects than a checkpoint has")

    def take(self, count):
        """Reads the next `count` bytes."""
        position = self.position
        if not 0 <= count <= self.end - position:
            self.fail(f"a claim of {count} bytes where fewer are left")
        self.position = position + count
        return self.buffer[position : position + count]

    def line(self):
        """Reads a line, without its newline."""
        start = self.position
        stop = self.buffer.find(b"\n", start, start + _LONGEST_LINE)
        if stop < 0:
            self.fail("a line without end")
        self.position = stop + 1
        return self.buffer[start:stop]

    def push(self, value):
        self.stack.append(value)

    def pop(self):
        if not self.stack:
            self.fail("an empty stack")
        return self.stack.pop()

    def top(self):
        if not self.stack:
            self.fail("an empty stack")
        return self.stack[-1]

    def mark(self):
        self._marked.append(self.stack)
        self.stack = []

    def pop_mark(self):
        """Pops the list of items above the last mark."""
        if not self._marked:
            self.fail("no mark")
        items = self.stack
        self.stack = self._marked.pop()
        return items

    def name(self, module, name):
        """Returns a `Name`, with the module names of Python 3 and NumPy 2."""
        if type(module) is not str or type(name) is not str:
            self.fail("a name that is no text")
        module = _MOVED.get(module, module)
        return Name(module.replace("numpy.core.", "numpy._core.", 1), name)

    def reduce(self, name, arguments):
        """Returns the data of a call, which must be in the table of calls."""
        if type(name) is not Name or type(arguments) is not tuple:
            self.fail("a call of something that has no name")
        for argument in arguments:
            if type(argument) in (list, tuple, dict):
                self.spend(60 * len(argument))
        if name not in self._calls:
            self.fail(
                f"a call of `{shown(str(name))}`, which is not run",
                " If you trust the file, load it with PyTorch and save the "
                "model's state_dict() alone.",
            )
        try:
            return self._calls[name](*arguments)
        except (AttributeError, LookupError, TypeError, ValueError):
            return self.fail(f"`{shown(str(name))}` with odd arguments")

    def storage(self, key):
        """Returns the data of a persistent id, a tuple."""
        try:
            return self._persistent(key)
        except (AttributeError, LookupError, TypeError, ValueError):
            return self.fail("an id that is no storage's")
