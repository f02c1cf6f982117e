"""Operations of a `Machine` that push values and containers."""

import struct

from keras_deep.formats.pytorch.pickles import Instance

_LONGEST_INT = 1024


def protocol(machine):
    """Reads the number of the protocol."""
    number = machine.take(1)[0]
    if number > 5:
        machine.fail(f"protocol {number}")


def constant(value):
    """Returns the operation that pushes `value`."""
    return lambda machine: machine.push(value)


def empty(make):
    """Returns the operation that pushes a new container."""

    def operation(machine):
        machine.spend(200)
        machine.push(make())

    return operation


def number(layout):
    """Returns the operation that reads a number in a layout of `struct`."""
    layout = struct.Struct(layout)

    def operation(machine):
        machine.push(layout.unpack(machine.take(layout.size))[0])

    return operation


def sized(layout, convert):
    """Returns the operation that reads a length and that many bytes."""
    layout = struct.Struct(layout)

    def operation(machine):
        content = machine.take(layout.unpack(machine.take(layout.size))[0])
        machine.spend(len(content))
        machine.push(convert(machine, content))

    return operation


def as_bytes(machine, content):
    """Returns the content unchanged."""
    return content


def as_text(machine, content):
    """Decodes the content as a string of Python 3."""
    try:
        return content.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return machine.fail("a text that is not UTF-8")


def as_old_text(machine, content):
    """Decodes a `str` of Python 2, or returns its bytes if not UTF-8."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content


def as_int(machine, content):
    """Decodes the content as an integer."""
    if len(content) > _LONGEST_INT:
        machine.fail(f"an integer of {len(content)} bytes")
    return int.from_bytes(content, "little", signed=True)


def decimal(machine):
    """Reads an integer in decimal digits, or a boolean."""
    line = machine.line()
    if line in (b"00", b"01"):
        machine.push(line == b"01")
        return
    try:
        machine.push(int(line.rstrip(b"L")[:_LONGEST_INT]))
    except ValueError:
        machine.fail("an integer without digits")


def tuple_of(count):
    """Returns the operation that pops values and pushes a tuple of them."""

    def operation(machine):
        machine.spend(40)
        items = [machine.pop() for _ in range(count)]
        machine.push(tuple(reversed(items)))

    return operation


def mark(machine):
    """Marks the start of a container's items."""
    machine.spend(100)
    machine.mark()


def marked_tuple(machine):
    """Makes a tuple of the marked items."""
    machine.push(tuple(machine.pop_mark()))


def marked_list(machine):
    """Makes a list of the marked items."""
    machine.push(machine.pop_mark())


def marked_dict(machine):
    """Makes a dict of the marked keys and values."""
    items = machine.pop_mark()
    machine.push({})
    _set_items(machine, items)


def marked_set(machine):
    """Makes a set of the marked items."""
    items = machine.pop_mark()
    machine.push({})
    _add(machine, items)


def append(machine):
    """Appends the last value to a list."""
    _extend(machine, [machine.pop()])


def extend(machine):
    """Appends the marked items to a list."""
    _extend(machine, machine.pop_mark())


def set_item(machine):
    """Adds the last two values, a key and a value, to a dict."""
    value = machine.pop()
    _set_items(machine, [machine.pop(), value])


def set_items(machine):
    """Adds the marked keys and values to a dict."""
    _set_items(machine, machine.pop_mark())


def add(machine):
    """Adds the marked items to a set."""
    _add(machine, machine.pop_mark())


def _extend(machine, items):
    machine.spend(16 * len(items))
    target = machine.top()
    if type(target) is list:
        target.extend(items)
    elif type(target) is not Instance:
        machine.fail("items of something that is no list")


def _set_items(machine, items):
    """Adds items with string keys; others are not needed and slow to hash."""
    machine.spend(60 * len(items))
    target = machine.top()
    if type(target) is Instance:
        target = target.items
    if type(target) is not dict or len(items) % 2:
        machine.fail("items of something that is no dict")
    for key, value in zip(items[::2], items[1::2]):
        if type(key) is str:
            target[key] = value


def _add(machine, items):
    _set_items(machine, [part for item in items for part in (item, None)])
