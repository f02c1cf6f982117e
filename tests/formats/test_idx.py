"""The header of an idx file must fit what follows it."""

import struct

import numpy as np
import pytest

from keras_deep.formats.idx import parse_idx

VALUES = np.arange(12, dtype="u1").reshape(2, 3, 2)
WHOLE = bytes((0, 0, 8, 3)) + struct.pack(">3i", 2, 3, 2) + VALUES.tobytes()


def test_values_and_shape():
    found = parse_idx(WHOLE, "a", 3)
    assert found.dtype == "uint8"
    np.testing.assert_array_equal(found, VALUES)


@pytest.mark.parametrize(
    "content, axes, message",
    [
        (b"", 3, "'a' to be an idx file"),
        (WHOLE, 1, "1 axes.*00000801. Received: 00000803"),
        (WHOLE[:15], 3, "to be an idx file"),
        (WHOLE[:-1], 3, r"\[2, 3, 2\] values, as it says. Received: 11"),
        (WHOLE + b"x", 3, "Received: 13 values"),
        (
            WHOLE[:4] + struct.pack(">3i", -2, -3, 2) + WHOLE[16:],
            3,
            r"\[-2, -3, 2\] values",
        ),
    ],
)
def test_what_does_not_fit_is_refused(content, axes, message):
    with pytest.raises(ValueError, match=message):
        parse_idx(content, "a", axes)
