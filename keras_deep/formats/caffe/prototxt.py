"""Parses Caffe's network definitions, protobuf's text format, schema-free."""

import re
from typing import NamedTuple

from keras_deep.formats.caffe.prototxt_message import Field
from keras_deep.formats.caffe.prototxt_message import Message

# Caffe's own definitions are five messages deep.
_DEEPEST = 32
_CLOSING = {"{": "}", "<": ">"}
_TOKEN = re.compile(
    r"""
      (?P<space> \s+ | \#[^\n]* )
    | (?P<string> "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' )
    | (?P<mark> [{}<>\[\]:,;] )
    | (?P<word> [A-Za-z0-9_.+-]+ )
    | (?P<other> . )
    """,
    re.VERBOSE,
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|[xX][0-9a-fA-F]{1,2}|.)", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"t": b"\t", b"r": b"\r"}


class _Token(NamedTuple):
    kind: str  # "string", "mark", "word" or "end"
    text: str
    line: int


def parse_prototxt(text, source):
    """Parses protobuf's text format with any field names.

    Args:
        text: string.
        source: string, the source of the text, for messages.

    Returns:
        `Message` of the whole text.

    Raises:
        ValueError: if the syntax is wrong or the nesting deeper than any
            network's; names `source` and the line.
    """
    tokens = _Tokens(text, source)
    message = Message(source, 1)
    outer = []  # Pairs of an enclosing message and its closing mark.
    closing = ""
    while True:
        token = tokens.take()
        if token.kind == "mark" and token.text in ",;":
            continue
        if token.kind == "end" or token.text == closing:
            if token.text != closing:
                raise tokens.error(
                    token,
                    f"{closing!r} to close the one opened in line "
                    f"{message.line}",
                )
            if not outer:
                return message
            message, closing = outer.pop()
            continue
        opening = _read_field(tokens, token, message)
        if opening is None:
            continue
        if len(outer) == _DEEPEST:
            raise tokens.error(opening, f"at most {_DEEPEST} nested messages")
        inner = Message(source, token.line)
        message.add(token.text, Field(inner, False, token.line))
        outer.append((message, closing))
        message, closing = inner, _CLOSING[opening.text]


def _read_field(tokens, name, message):
    """Adds the field `name`, or returns the token that opens a message."""
    if name.kind != "word" or not _NAME.fullmatch(name.text):
        raise tokens.error(name, "the name of a field")
    token = tokens.take()
    colon = token.text == ":" and token.kind == "mark"
    if colon:
        token = tokens.take()
    if token.kind == "mark" and token.text in _CLOSING:
        return token
    if not colon:
        raise tokens.error(token, f"':' or '{{' after {name.text!r}")
    if token.kind == "mark" and token.text == "[":
        _read_list(tokens, name, message)
    else:
        message.add(name.text, _value(tokens, token))
    return None


def _read_list(tokens, name, message):
    token = tokens.take()
    while token.text != "]" or token.kind != "mark":
        message.add(name.text, _value(tokens, token))
        token = tokens.take()
        if token.kind == "mark" and token.text == ",":
            token = tokens.take()


def _value(tokens, token):
    if token.kind == "word":
        return Field(token.text, False, token.line)
    if token.kind != "string":
        raise tokens.error(token, "a value")
    parts = [_unquoted(token.text)]
    while tokens.next.kind == "string":  # Adjacent strings are joined.
        parts.append(_unquoted(tokens.take().text))
    return Field("".join(parts), True, token.line)


def _unquoted(text):
    """Removes quotes and escapes, which are bytes of UTF-8."""
    content = text[1:-1].encode(errors="replace")
    return _ESCAPE.sub(_unescaped, content).decode(errors="replace")


def _unescaped(match):
    code = match[1]
    if code[:1].isdigit() and code[:1] < b"8":
        return bytes([int(code, 8) % 256])
    if code[:1] in b"xX" and len(code) > 1:
        return bytes([int(code[1:], 16)])
    return _ESCAPED.get(code, code)


class _Tokens:
    """The tokens of a text, one at a time; `next` is the next one."""

    def __init__(self, text, source):
        self._source = source
        self._iterator = self._iterate(text)
        self.next = next(self._iterator)

    def take(self):
        token = self.next
        self.next = next(self._iterator, token)
        return token

    def error(self, token, expected):
        found = "the end of the text" if token.kind == "end" else token.text
        return ValueError(
            f"Expected {expected}. Received: {found[:40]!r} in "
            f"{self._source!r}, line {token.line}"
        )

    def _iterate(self, text):
        line = 1
        for match in _TOKEN.finditer(text):
            kind, found = match.lastgroup, match[0]
            if kind == "other":
                what = "a closing quote" if found in "\"'" else "text format"
                raise self.error(_Token(kind, found, line), what)
            if kind != "space":
                yield _Token(kind, found, line)
            line += found.count("\n")
        yield _Token("end", "", line)
