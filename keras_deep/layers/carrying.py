"""Layers whose configuration can carry a record of the model they are in."""

# Beside the entries of a data type policy, of which Keras reads those that it
# knows: a layer of Keras takes the config too, and leaves the record behind.
CARD_KEY = "keras_deep_card"


class Carried:
    """A box around a record: Keras tracks what a layer has, but not in it.

    Args:
        value: the record, a dict as a file has it or an object with `to_dict`.
    """

    def __init__(self, value):
        self.value = value


class Carrying:
    """Mixin of a layer that keeps a record wherever its config goes.

    Into files, copies and `clone_model`. `carried` is a `Carried` or `None`.
    """

    carried = None

    def get_config(self):
        config = super().get_config()
        if self.carried is not None:
            record = self.carried.value
            record = record if isinstance(record, dict) else record.to_dict()
            config["dtype"] = {**config["dtype"], CARD_KEY: record}
        return config

    @classmethod
    def from_config(cls, config):
        dtype = config.get("dtype")
        if not isinstance(dtype, dict) or CARD_KEY not in dtype:
            return super().from_config(config)
        policy = {key: dtype[key] for key in dtype if key != CARD_KEY}
        layer = super().from_config({**config, "dtype": policy})
        layer.carried = Carried(dtype[CARD_KEY])
        return layer
