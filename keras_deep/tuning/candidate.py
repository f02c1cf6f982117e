"""What a point of a search space means for a training."""

import dataclasses

from keras_deep.models.registry import signature_of
from keras_deep.training.config import Config
from keras_deep.utils.errors import did_you_mean
from keras_deep.utils.settings import FIELDS
from keras_deep.utils.settings import READ_BY

MODEL, CONFIG, DATA = ROOMS = ("model", "config", "data")
# The data decide of them, or they are no matter of a search.
_OF_A_NETWORK = ("name", "weights", "input_shape", "classes", "include_top")
# Where and as what a run is done, which no search decides.
_OF_A_RUN = ("seed", "strategy", "checkpoint_steps", "checkpoint_minutes")
# Other arguments of `load` change the images that candidates are compared on.
_OF_DATA = ("batch_size", "augment")


@dataclasses.dataclass(frozen=True)
class Candidate:
    """One point of a space, in the words of `training.fit`.

    `training.fit((c.name, c.arguments), {**data, **c.data}, c.config())`
    trains it.

    Args:
        name: string, a registered network.
        arguments: dict of arguments of its builder.
        settings: dict of fields of `training.Config`.
        data: dict of arguments of `keras_deep.data.load`.
    """

    name: str
    arguments: dict
    settings: dict
    data: dict

    def config(self, base=None):
        """Returns the configuration of the training.

        Args:
            base: `Config` with the settings that are not searched, or `None`
                for the defaults. One that the searched values leave unread,
                such as the momentum of another optimizer, is left out.

        Raises:
            ValueError: if the settings do not fit together.
        """
        settings = dataclasses.asdict(base or Config()) | self.settings
        for name, (other, readers) in READ_BY.items():
            if name not in self.settings and settings[other] not in readers:
                settings[name] = FIELDS[name]
        return Config(**settings)


def candidate_of(name, arguments, values):
    """Returns the `Candidate` of a point of a search space.

    Args:
        name: string, a registered network.
        arguments: dict of arguments of its builder that are not searched.
        values: dict of names to values, see `place_of`.

    Raises:
        ValueError: if a name is unknown, or stands for several things.
    """
    parts = {MODEL: dict(arguments), CONFIG: {}, DATA: {}}
    for key, value in values.items():
        room, plain = place_of(name, key)
        parts[room][plain] = value
    return Candidate(name, parts[MODEL], parts[CONFIG], parts[DATA])


def place_of(name, key):
    """Returns what a name in a search space belongs to.

    A builder's argument, a field of `training.Config` and an argument of
    `keras_deep.data.load` go by their names. Where a name stands for two,
    `"model."`, `"config."` or `"data."` in front says which.

    Args:
        name: string, a registered network.
        key: string.

    Returns:
        Pair of `"model"`, `"config"` or `"data"` and the plain name.

    Raises:
        ValueError: if the name is unknown, or stands for several things.
    """
    known = _known(name)
    room, dot, plain = key.partition(".")
    if dot and plain in known.get(room, ()):
        return room, plain
    found = [room for room in ROOMS if key in known[room]]
    if len(found) == 1:
        return found[0], key
    if found:
        names = " or ".join(repr(f"{room}.{key}") for room in found)
        raise ValueError(
            f"Expected {names}, as {key!r} stands for both. Received: {key!r}"
        )
    names = [plain for room in ROOMS for plain in known[room]]
    raise ValueError(
        f"Expected what is searched to be an argument of {name}, a field of "
        "`training.Config` or one of the arguments of `data.load` "
        f"{list(_OF_DATA)}. Received: {key!r}.{did_you_mean(key, names)}"
    )


def key_of(name, room, plain):
    """Returns the shortest name of what belongs to a room.

    Args:
        name: string, a registered network.
        room: `"model"`, `"config"` or `"data"`.
        plain: string, the name there.
    """
    found = sum(plain in names for names in _known(name).values())
    return plain if found < 2 else f"{room}.{plain}"


def _known(name):
    arguments = signature_of(name).parameters
    return {
        MODEL: [key for key in arguments if key not in _OF_A_NETWORK],
        CONFIG: [key for key in FIELDS if key not in _OF_A_RUN],
        DATA: list(_OF_DATA),
    }
