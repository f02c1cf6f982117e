"""The data of trials, without the test images."""

import dataclasses

from keras_deep.models.registry import signature_of
from keras_deep.training.build import image_shape
from keras_deep.tuning.candidate import DATA
from keras_deep.tuning.candidate import place_of
from keras_deep.tuning.candidates import BATCH_SIZE


class TrialData:
    """Loads data in the way that a candidate wants them.

    Args:
        given: dict of arguments of `keras_deep.data.load`, or `Data`.
        loaded: `Data`, what they are for the default configuration.
    """

    def __init__(self, given, loaded):
        self.given = given
        self.loaded = loaded.without_test()

    def arguments(self, name):
        """Returns the shape and classes as arguments of a builder."""
        known = signature_of(name).parameters
        facts = {
            "input_shape": image_shape(self.loaded),
            "classes": self.loaded.classes,
        }
        return {key: facts[key] for key in facts if key in known}

    @property
    def batch_size(self):
        """Images of a batch, where that is not searched."""
        return self.loaded.arguments.get("batch_size", BATCH_SIZE)

    def check(self, candidates):
        """Refuses a search of what ready data have already.

        Args:
            candidates: `Candidates`.

        Raises:
            ValueError: if the data came ready.
        """
        if isinstance(self.given, dict):
            return
        for key in (*candidates.space, *candidates.fixed):
            if place_of(candidates.name, key)[0] == DATA:
                raise ValueError(
                    "Expected `data` to be a dict of arguments of `data.load`, "
                    f"as {key!r} is searched. Received: data that are loaded."
                )

    def of(self, candidate):
        """Returns the `Data` of a `Candidate`, from their first epoch on.

        They have no test images, so that no choice depends on them.
        """
        if not candidate.data:
            found = self.loaded
            return dataclasses.replace(found, train=found.train_from(0))
        from keras_deep.data import load

        # The seed, too, that was drawn.
        arguments = {**self.loaded.arguments, **candidate.data}
        return load(**arguments).without_test()
