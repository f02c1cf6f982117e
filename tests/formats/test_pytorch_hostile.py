"""Pickles that would run something, or that are made to do harm."""

import pytest

from keras_deep.formats.pytorch.reader import read_pytorch

_SYSTEM = b"cposix\nsystem\n"
_COMMAND = b"U\x0atouch /x/y"
HOSTILE = {
    "reduce": (_SYSTEM + _COMMAND + b"\x85R.", "call of `posix.system`"),
    "stack": (
        b"\x8c\x05posix\x8c\x06system\x93" + _COMMAND + b"\x85R.",
        "call of `posix.system`",
    ),
    "obj": (b"(" + _SYSTEM + _COMMAND + b"o.", "call of `posix.system`"),
    "inst": (b"(" + _COMMAND + b"iposix\nsystem\n.", "the opcode 105"),
    "extension": (b"\x82\x01.", "the opcode 130"),
    "result": (
        b"cfunctools\npartial\n" + _SYSTEM + b"\x85R)R.",
        "call of something that has no name",
    ),
    "inner": (
        b"ctorch._tensor\n_rebuild_from_type_v2\n("
        + _SYSTEM
        + b"N("
        + _COMMAND
        + b"ttR.",
        "odd arguments",
    ),
    "new": (b"K\x01)\x81.", "an object whose class has no name"),
    "name": (b"K\x01K\x02\x93.", "a name that is no text"),
    "codec": (
        b"c_codecs\nencode\nU\x01xU\x03rotR.",
        "call of something that has no",
    ),
    "bad codec": (
        b"c_codecs\nencode\nX\1\0\0\0xX\5\0\0\0rot13\x86R.",
        "odd arguments",
    ),
    "buffer": (b"\x97.", "the opcode 151"),
    "protocol": (b"\x80\x06N.", "protocol 6"),
    "empty": (b".", "an empty stack"),
    "no end": (b"N", "no end of the pickle"),
    "no mark": (b"t.", "no mark"),
    "memo": (b"h\x07.", "object 7 before it is made"),
    "long memo": (b"j\xff\xff\xff\xff.", "object 4294967295 before"),
    "text": (b"X\x02\0\0\0\xff\xff.", "a text that is not UTF-8"),
    "negative": (b"\x8b\xff\xff\xff\xff.", "a claim of -1 bytes"),
    "integer": (b"\x8b\0\x10\0\0" + bytes(4096) + b".", "of 4096 bytes"),
    "digits": (b"Lx\n.", "an integer without digits"),
    "line": (b"c" + b"x" * 20_000 + b"\n\n.", "a line without end"),
    "odd items": (b"}(K\x01u.", "items of something that is no dict"),
    "no dict": (b"](K\x01K\x02u.", "items of something that is no dict"),
    "no list": (b"}(K\x01e.", "items of something that is no list"),
    "state": (b"cnumpy\ndtype\nX\2\0\0\0f8\x85R)b.", "an odd state"),
    "id": (b"K\x01Q.", "an id that is no storage's"),
    "no class": (b"(o.", "an object without a class"),
}


@pytest.fixture
def read(tmp_path):
    """Returns a function of a pickle's opcodes that reads them as a file."""
    path = tmp_path / "weights.pth"

    def read(content):
        path.write_bytes(b"\x80\x04" + content)
        return read_pytorch(path)

    return read


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pickles_are_refused_with_their_place(name, read):
    content, pattern = HOSTILE[name]
    with pytest.raises(
        ValueError, match=rf"weights.pth.*Received: .*{pattern}.*at byte \d+"
    ):
        read(content)


GROWTHS = {
    "lists": b"]" * 3_000_000,
    "sets": b"\x8f" * 3_000_000,
    "marks": b"(" * 3_000_000,
    "memo": b"N" + b"\x94" * 3_000_000,
    "nothing": b"N0" * 3_000_000,
    "copies": b"}q\0" + b"ccollections\nOrderedDict\nh\0\x85R" * 500_000,
}


@pytest.mark.parametrize("name", GROWTHS)
def test_pickles_fill_neither_memory_nor_time(name, read):
    with pytest.raises(ValueError, match="Received: more objects than"):
        read(GROWTHS[name])


@pytest.mark.parametrize(
    "key", (b")" + b"\x85" * 100_000, b")" + b"2\x86" * 60)
)
def test_keys_are_not_hashed(key, read):
    """The hash of nested tuples overflows C's stack, or takes for ever."""
    with pytest.raises(ValueError, match="Received: a dict with the keys ''"):
        read(b"}" + key + b"K\x01s.")


def _module(children):
    """Opcodes of a module whose children are further opcodes."""
    name = b"\x8c\x08_modules"
    return b"ca\nB\n)\x81}" + name + children + b"sb"


def test_modules_without_end(read):
    itself = b"ca\nB\n)\x81q\0}\x8c\x08_modules}\x8c\1xh\0ssb."
    with pytest.raises(ValueError, match="modules without end, at 'x.x.x"):
        read(itself)
    children = b"}(" + b"\x8c\1ah\0" + b"\x8c\1bh\0" + b"u"
    doubled = _module(b"}") + b"q\0" + (_module(children) + b"q\0") * 40
    with pytest.raises(ValueError, match="modules without end"):
        read(doubled + b".")
