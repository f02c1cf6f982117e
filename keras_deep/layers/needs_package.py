"""Layers that Keras has none of: their files need this package."""

_WAY_OUT = (
    "This layer needs the package keras_deep: `pip install keras_deep`, and "
    "`import keras_deep` before the file is loaded."
)


class NeedsPackage:
    """Mixin of a layer whose files say what they need to be opened.

    Keras's error about a class that it does not know ends with what the file
    holds of the layer, so the advice is a part of that.
    """

    way_out = _WAY_OUT

    def get_build_config(self):
        config = super().get_build_config()
        # Keras takes a layer with such a config for built.
        return config and {**config, "needs": self.way_out}
