import numpy as np
import pytest

from keras_deep.data.sources import Images
from keras_deep.data.sources import images_of


def numbered(labels):
    """Makes images whose first pixel is their place."""
    x = np.zeros((len(labels), 1, 1, 1), "uint8")
    x[:, 0, 0, 0] = np.arange(len(labels))
    return Images(x, np.array(labels, "int32"))


@pytest.mark.parametrize("fraction", [0.1, 0.2, 0.5])
def test_divide_takes_the_fraction_of_each_class(fraction):
    images = numbered([0] * 100 + [2] * 50 + [1] * 70)
    rest, part = images.divide(fraction)
    counts = [round(fraction * n) for n in (100, 70, 50)]
    assert np.bincount(part.y).tolist() == counts
    places = np.concatenate([rest.x, part.x]).ravel()
    assert sorted(places) == list(range(220))
    for side in (rest, part):
        np.testing.assert_array_equal(side.y, images.y[side.x.ravel()])


def test_divide_is_always_the_same_and_mixed():
    images = numbered([0, 1] * 100)
    _, part = images.divide(0.1)
    np.testing.assert_array_equal(part.x, images.divide(0.1)[1].x)
    # Written down: a later change would move images between the sets.
    assert part.x.ravel().tolist() == FIXED


FIXED = [
    4,
    11,
    25,
    31,
    32,
    35,
    37,
    52,
    59,
    108,
    110,
    129,
    145,
    146,
    150,
    172,
    175,
    185,
    186,
    190,
]


def test_divide_keeps_an_image_of_each_class_on_both_sides():
    rest, part = numbered([0, 0, 1, 1, 1, 2]).divide(0.01)
    assert part.y.tolist() == [0, 1]
    rest, part = numbered([0, 0, 1, 1, 1, 2]).divide(0.99)
    assert rest.y.tolist() == [0, 1, 2]


def test_examples_are_spread():
    images = numbered(range(100))
    assert images.examples(4).ravel().tolist() == [0, 33, 66, 99]
    assert len(images.examples(1000)) == 100


def test_arrays_are_brought_into_one_form(rng):
    x = rng.integers(0, 256, (3, 4, 5), "uint8")
    images = images_of(x, np.array([[0], [1], [1]], "uint8"), "'file'")
    assert images.x.shape == (3, 4, 5, 1)
    assert images.y.dtype == "int32" and images.y.tolist() == [0, 1, 1]
    assert images.measure() == ({(4, 5)}, 1)


GOOD = np.zeros((3, 4, 4, 3), "uint8")


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (GOOD.astype("float32"), [0, 1, 2], "uint8, from 0 to 255.*float32"),
        (GOOD[..., :2], [0, 1, 2], r"1 or 3\].*\(3, 4, 4, 2\)"),
        (GOOD[0, 0], [0, 1, 2], r"Received: uint8 of shape \(4, 3\)"),
        (GOOD, [0, 1], r"each of the 3 images.*\(2,\)"),
        (GOOD, [0.0, 1.0, 2.0], "Received: float64"),
        (GOOD, np.eye(3, dtype=int), r"Received: int64 of shape \(3, 3\)"),
        (GOOD[:0], np.zeros(0, int), "each of the 0 images"),
        (GOOD, [0, -1, 2], "0 or more. Received: -1"),
    ],
)
def test_wrong_arrays_are_named(x, y, message):
    with pytest.raises(ValueError, match=f"'file'.*{message}"):
        images_of(x, np.asarray(y), "'file'")
