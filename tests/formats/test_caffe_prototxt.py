"""Protobuf's text format is read as its specification says."""

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from keras_deep.formats.caffe.prototxt import parse_prototxt
from keras_deep.formats.caffe.prototxt_message import Message
from tests.support.caffe_published import PUBLISHED
from tests.support.caffe_published import prototxt
from tests.support.caffe_published import synth


def parse(text):
    return parse_prototxt(text, "net.prototxt")


def plain(message):
    """Returns a message as a dict of name to the values as written."""
    return {
        name: [
            plain(field.value)
            if isinstance(field.value, Message)
            else (field.value, field.quoted)
            for field in message.fields(name)
        ]
        for name in message
    }


def as_written(value, tool):
    """Returns a value of the other parser in the same form."""
    if isinstance(value, dict):
        return {
            name: [as_written(one, tool) for one in values]
            for name, values in value.items()
        }
    if isinstance(value, bool):
        return (str(value).lower(), False)
    return (str(value), isinstance(value, tool.Q))


def numbers_alike(ours, theirs):
    """Returns whether two are equal, numbers however they are written."""
    if isinstance(ours, dict):
        return ours.keys() == theirs.keys() and all(
            len(ours[name]) == len(theirs[name])
            and all(map(numbers_alike, ours[name], theirs[name]))
            for name in ours
        )
    try:
        return float(ours[0]) == float(theirs[0])
    except ValueError:
        return ours == theirs


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_networks_read_as_another_parser_does(shared, name):
    text = prototxt(shared, name)
    tool = synth(shared)
    expected = as_written(tool.parse(text), tool)
    assert numbers_alike(plain(parse(text)), expected)


def test_all_forms_of_the_format():
    message = parse(
        """
        # A comment: with { and "quotes"
        a: 1, b: -2; c: 0x1F d: 017 e: 1.5e-3f f: .5 g: inf_name
        text: "a # b \\" } c" text: 'two ' "parts"  # one
          'of three'
        escapes: "\\n\\t\\\\\\'\\101\\x42\\303\\244"
        list: [1, 2 , 3] empty: []
        m { n: 1 } m: { n: 2 } m < n: 3 >
        yes: true no: False one: 1
        """
    )
    assert message.integer("a") == 1
    assert message.integer("b", low=-5) == -2
    assert message.integer("c") == 31
    assert message.integer("d") == 15
    assert message.number("e") == 0.0015
    assert message.number("f") == 0.5
    assert message.number("a") == 1.0
    assert message.string("g") == "inf_name"
    assert message.strings("text") == ['a # b " } c', "two partsof three"]
    assert message.string("escapes") == "\n\t\\'ABä"
    assert message.integers("list", 1) == [1, 2, 3]
    assert message.integers("empty", 1) == []
    assert [m.integer("n") for m in message.messages("m")] == [1, 2, 3]
    assert [m.line for m in message.messages("m")] == [8, 8, 8]
    assert message.boolean("yes", False) is True
    assert message.boolean("no", True) is False
    assert message.boolean("one", False) is True
    assert message.boolean("none", True) is True
    assert message.choice("g", {"inf_name": 3}, None) == 3
    assert message.message("nothing").integer("n", 7) == 7
    assert "a" in message and "nothing" not in message


NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)
TEXTS = st.text(max_size=8).map(lambda text: (text, True))
NUMBERS = st.one_of(st.integers(), st.floats(allow_nan=False))
WORDS = st.one_of(NAMES, NUMBERS.map(str)).map(lambda text: (text, False))
MESSAGES = st.recursive(
    st.just({}),
    lambda inner: st.dictionaries(
        NAMES,
        st.lists(st.one_of(TEXTS, WORDS, inner), min_size=1, max_size=3),
        max_size=4,
    ),
    max_leaves=12,
)


def dumped(message):
    """Returns the text format of a dict as `plain` gives it."""
    lines = []
    for name, values in message.items():
        for value in values:
            if isinstance(value, dict):
                lines.append(f"{name} {{\n{dumped(value)}}}\n")
                continue
            text, quoted = value
            if quoted:
                escaped = text.replace("\\", "\\\\").replace('"', '\\"')
                text = '"' + escaped.replace("\n", "\\n") + '"'
            lines.append(f"{name}: {text}\n")
    return "".join(lines)


@given(MESSAGES)
@settings(deadline=None)
def test_round_trip(message):
    assert plain(parse(dumped(message))) == message


ERRORS = [
    ("a: 1\nb {\n c: 2\n", "'}' to close the one opened in line 2.*line 4"),
    ("a <\n}", "name of a field. Received: '}' in 'net.prototxt', line 2"),
    ("}", "the name of a field. Received: '}'"),
    ("a: }", "Expected a value. Received: '}'"),
    ("a: :", "Expected a value. Received: ':'"),
    ("a:", "Expected a value. Received: 'the end of the text'"),
    ("a 1", "':' or '{' after 'a'. Received: '1'"),
    ("1: 2", "the name of a field. Received: '1'"),
    ('"a": 2', "the name of a field"),
    ("a: [1, 2", "Expected a value. Received: 'the end of the text'"),
    ("a: [{ b: 1 }]", "Expected a value. Received: '{'"),
    ('\na: "b\n"', "Expected a closing quote. Received: '\"'.*line 2"),
    ("a: @", "Expected text format. Received: '@'"),
    ("a {" * 33, "at most 32 nested messages"),
    ("a {" * 10**5, "at most 32 nested messages"),
]


@pytest.mark.parametrize("text, message", ERRORS, ids=range(len(ERRORS)))
def test_what_is_no_text_format(text, message):
    with pytest.raises(ValueError, match=message) as caught:
        parse(text)
    assert "in 'net.prototxt', line " in str(caught.value)


TYPES = [
    ("a: x", lambda m: m.integer("a"), "whole number from 0 .*: a=x"),
    ("a: 5", lambda m: m.integer("a", high=4), "from 0 to 4. Received: a=5"),
    ("a: " + "9" * 5000, lambda m: m.integer("a"), "whole number"),
    ("a: 1_0", lambda m: m.number("a"), "to be a number. Received: a=1_0"),
    ("a: nan", lambda m: m.number("a"), "to be a number"),
    ("a: 1e999", lambda m: m.number("a"), "to be a number"),
    ("a: 2", lambda m: m.boolean("a", True), "one of true, True, t, 1, false"),
    ("a {}", lambda m: m.boolean("a", True), "a=a message"),
    ("a {}", lambda m: m.number("a"), "a=a message"),
    ("a {}", lambda m: m.string("a"), "to be a string"),
    ("a: 1", lambda m: m.message("a"), "to be a message. Received: a=1"),
    ("b: 1", lambda m: m.string("a"), "Expected `a`. Received: none .* but b"),
    ("", lambda m: m.string("a"), "Expected `a`. Received: none of that name"),
    ("a: 1\na: 2", lambda m: m.integer("a"), "one `a`. Received: 2.*line 2"),
]


@pytest.mark.parametrize("text, read, message", TYPES, ids=range(len(TYPES)))
def test_values_of_another_type(text, read, message):
    with pytest.raises(ValueError, match=message) as caught:
        read(parse(text).of("layer 'x'"))
    assert "in layer 'x', 'net.prototxt', line " in str(caught.value)
