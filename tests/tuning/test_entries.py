"""Entries of a search space, and what they refuse."""

import pytest

from keras_deep.tuning import Choice
from keras_deep.tuning import Floats
from keras_deep.tuning import Integers
from keras_deep.tuning import Space


def test_defaults():
    assert Choice(["a", "b"]).default == "a"
    assert Choice(["a", None]).default is None
    assert Choice(["a", None], default="a").default == "a"
    assert Choice([[1, 2], [3]]).values == ((1, 2), (3,))
    assert Integers(2, 8, step=2).default in (4, 6)
    assert Integers(1, 100, log=True).default == 10
    assert Floats(0, 1).default == 0.5
    assert Floats(1e-4, 1e-2, log=True).default == pytest.approx(1e-3)
    # Decimal numbers: 3 * 0.1 is none.
    assert Floats(0, 0.5, step=0.1).grid == (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
    assert Floats(0, 0.5, step=0.1, default=3 * 0.1).default == 0.3


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: Choice([]), "one value or more. Received: values=\\[\\]"),
        (lambda: Choice("sgd"), "sequence.*Received: values='sgd'"),
        (lambda: Choice([1, 2, 1]), "each of `values` once. Received: 1 twice"),
        (lambda: Choice([1, 2], default=3), "one of .*Received: default=3"),
        (lambda: Choice([1, 2], default=1.0), "one of .*default=1.0"),
        (lambda: Choice([len]), "JSON has a form for.*built-in"),
        (lambda: Choice([float("nan")]), "JSON has a form for.*nan"),
        (lambda: Choice([1], when={"a": 1}), "`when` to be a dict"),
        (lambda: Choice([1], when=("a",)), "`when` to be a dict"),
        (lambda: Integers(5, 3), "at most `high`. Received: low=5, high=3"),
        (lambda: Integers(1, 2.5), "each int. Received: low=1, high=2.5"),
        (lambda: Integers(True, 2), "each int. Received: low=True"),
        (lambda: Integers(1, 8, step=2), "a number of steps.*step=2"),
        (lambda: Integers(1, 8, step=0), "`step` to be a positive int"),
        (lambda: Integers(1, 8, default=9), r"in \[1, 8\].*default=9"),
        (lambda: Integers(0, 8, log=True), "positive `low`.*low=0"),
        (lambda: Integers(2, 8, step=2, log=True), "no `step`.*step=2"),
        (lambda: Floats(0.1, float("inf")), "finite numbers, each float"),
        (lambda: Floats(0, 1, step=0.3), "a number of steps.*step=0.3"),
        (lambda: Floats(0, 1, step=0.5, default=0.3), "in steps of 0.5"),
        (lambda: Floats(0, 1, log=True), "positive `low`"),
    ],
)
def test_refused(make, message):
    with pytest.raises(ValueError, match=f"Expected .*{message}"):
        make()


OPTIMIZER = Choice(["sgd", "adam", "lars"])
MOMENTUM = Choice([0.8, 0.9], when={"optimizer": ["sgd", "lars"]})
NESTEROV = Choice([True, False], when={"momentum": [0.9]})


def space():
    return Space(
        {"optimizer": OPTIMIZER, "momentum": MOMENTUM, "nesterov": NESTEROV}
    )


def test_inactive_entries_are_not_asked_for():
    asked = []

    def ask(values):
        def answer(name, entry):
            asked.append(name)
            assert entry is found[name]
            return values[name]

        return answer

    found = space()
    assert found.sample(ask({"optimizer": "adam"})) == {"optimizer": "adam"}
    assert asked == ["optimizer"]
    values = {"optimizer": "lars", "momentum": 0.8}
    assert found.sample(ask(values)) == values
    assert found.defaults() == {"optimizer": "sgd", "momentum": 0.8}
    assert list(found) == ["optimizer", "momentum", "nesterov"]
    assert len(found) == 3 and "momentum" in found
    assert found == space() and found != Space({"optimizer": OPTIMIZER})


def test_conditions_of_conditions_count():
    assert space()["nesterov"].when == (
        ("optimizer", ("sgd", "lars")),
        ("momentum", (0.9,)),
    )


def test_size():
    # adam; two of sgd and of lars with 0.8 and with 0.9, this twice.
    assert space().size() == 1 + 2 * (1 + 2)
    both = Space({"a": Integers(1, 9, step=2), "b": Floats(0, 1, step=0.25)})
    assert both.size() == 5 * 5
    assert Space({"a": Integers(1, 2), "b": Floats(0, 1)}).size() is None
    assert Space({}).size() == 1 and Space({}).defaults() == {}


@pytest.mark.parametrize(
    "entries, message",
    [
        ({"a": [1, 2]}, r"Received: 'a': \[1, 2\]"),
        ({1: OPTIMIZER}, "Received: 1:"),
        (
            {"optimiser": OPTIMIZER, "momentum": MOMENTUM},
            "earlier entry.*'optimizer'.*Did you mean 'optimiser'",
        ),
        ({"momentum": MOMENTUM, "optimizer": OPTIMIZER}, "earlier entry"),
        (
            {"optimizer": Choice(["sgd", "adam"]), "momentum": MOMENTUM},
            "values that 'optimizer' can have.*Received: 'lars'",
        ),
        (
            {"x": Floats(0, 1), "y": Choice([1], when={"x": [0.5]})},
            "values can be listed. Received: 'x'",
        ),
        ({"x": OPTIMIZER, "y": Choice([1], when={"x": []})}, "none"),
        (
            {
                "a": Choice([1, 2]),
                "b": Choice([1, 2]),
                "c": Choice([1], when={"a": [1], "b": [1]}),
            },
            "'c' to depend on one entry",
        ),
    ],
)
def test_refused_spaces(entries, message):
    with pytest.raises(ValueError, match=f"Expected .*{message}"):
        Space(entries)
