"""Conventions of registered builders, put in force by tests."""

from keras_deep.layers.conventions import convention_scope
from keras_deep.models.registry import entry_of


def in_force(builder, name, **arguments):
    """Returns the scope of a convention that a builder knows."""
    return convention_scope(entry_of(builder).conventions_of(arguments)[name])
