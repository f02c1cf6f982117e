"""Activates conventions of registered builders."""

from keras_deep.layers.conventions import convention_scope
from keras_deep.models.registry import entry_of


def in_force(builder, name, **arguments):
    """Returns the scope of a builder's convention."""
    return convention_scope(entry_of(builder).conventions_of(arguments)[name])
