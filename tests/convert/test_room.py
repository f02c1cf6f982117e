"""The public functions of the room, each in a module of its own."""

import pytest

from keras_deep import convert


def test_every_public_name_is_a_function():
    for name in convert._FUNCTIONS:
        assert callable(getattr(convert, name)), name
    with pytest.raises(AttributeError, match="no attribute 'read_torch'"):
        _ = convert.read_torch
