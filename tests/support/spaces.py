"""Random points of search spaces."""

import random

from keras_deep.tuning import Floats
from keras_deep.tuning.space import values_of


def random_points(space, count, seed=0):
    """Returns a list of random points of a `Space`."""
    rng = random.Random(seed)

    def ask(name, entry):
        del name
        if isinstance(entry, Floats):
            return rng.uniform(entry.low, entry.high)
        return rng.choice(values_of(entry))

    return [space.sample(ask) for _ in range(count)]
