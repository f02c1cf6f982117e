"""Layers that files call by the name of the layer of Keras they stand for."""


class StockNamed:
    """Mixin of a layer that computes what a layer of Keras computes.

    A file names a class twice: by the module and the name that it has in
    Python, and by the name it is registered under. Keras looks for the
    registered name first. So a class with the module and the name of its
    parent opens as this class where this package is imported, and as the
    parent where only Keras is installed, whoever wrote the file. Files of
    the parent itself have no registered name and stay what they are.

    A class states the parent in `portable_class`, takes its arguments, has
    its weights and its config, and is registered with Keras. Its own
    subclasses are ordinary ones.
    """

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        stock = vars(cls).get("portable_class")
        if stock is not None:
            # The module too: Keras imports none but its own.
            cls.__module__ = stock.__module__
            # Weights files number layers by the name of their class.
            cls.__name__ = cls.__qualname__ = stock.__name__

    def __reduce__(self):
        """Pickles, as Keras does, what a file would hold."""
        restore, arguments = super().__reduce__()
        stock = vars(type(self)).get("portable_class")
        if stock is not None:  # Pickle finds no class under its name but that.
            restore = getattr(stock, restore.__name__)
        return restore, arguments


def stock_class(layer):
    """Returns the class of Keras that a layer stands for, or its own."""
    return vars(type(layer)).get("portable_class") or type(layer)
