"""The hypermodel of a registered network. This module needs keras-tuner."""

import dataclasses

import keras
import keras_tuner

from keras_deep.models.registry import signature_of
from keras_deep.training.loss import loss_and_metrics
from keras_deep.training.optimizers import check_optimizer
from keras_deep.training.optimizers import with_scaled_loss
from keras_deep.tuning.asking import declare
from keras_deep.tuning.asking import from_keras_tuner
from keras_deep.tuning.candidate import place_of
from keras_deep.utils.settings import FIELDS
from keras_deep.utils.settings import READ_BY

_SCHEDULE = [name for name, (by, _) in READ_BY.items() if by == "schedule"]
# What only `training.fit` knows.
_OURS = (
    *("augment", "epochs", "iterations", "accumulate_steps", "batch_norm"),
)


class DeepHyperModel(keras_tuner.HyperModel):
    """Builds, compiles and fits the candidates of a search.

    Args:
        candidates: `Candidates`.
        steps: int, updates of the weights in a training, or `None` for a
            constant learning rate.
    """

    def __init__(self, candidates, steps=None):
        super().__init__(name=candidates.name)
        self.candidates = candidates
        self.steps = steps

    @property
    def space(self):
        """The `Space`."""
        return self.candidates.space

    @property
    def limits(self):
        """The `Limits`."""
        return self.candidates.limits

    def values(self, hp):
        """Returns the point of the space of a trial, a dict.

        Args:
            hp: `keras_tuner.HyperParameters`.
        """
        return from_keras_tuner(self.space, hp)

    def candidate(self, values):
        """Returns the `Candidate` of a point of the space."""
        return self.candidates.candidate(values)

    def declare_hyperparameters(self, hp):
        """Adds all entries, so that tuners need not build to find them."""
        declare(self.space, hp)

    def build(self, hp):
        """Builds and compiles the network of a trial.

        Args:
            hp: `keras_tuner.HyperParameters`.

        Raises:
            keras_tuner.errors.FailedTrialError: if it is over a limit.
        """
        candidate = self.candidate(self.values(hp))
        reason = self.candidates.reason(candidate)
        if reason is not None:
            raise keras_tuner.errors.FailedTrialError(f"Rejected: {reason}.")
        model = self.candidates.build(candidate)
        config = candidate.config(self.candidates.config)
        if self.steps is None:
            constant = {name: FIELDS[name] for name in _SCHEDULE}
            config = dataclasses.replace(
                config, schedule="constant", **constant
            )
        optimizer = config.make_optimizer(self.steps or 1, model)
        check_optimizer(model, optimizer)
        loss, metrics = self._loss(model, config.label_smoothing)
        model.compile(
            with_scaled_loss(model, optimizer),
            loss,
            metrics=metrics,
            jit_compile=config.jit_compile,
            steps_per_execution=config.steps_per_execution,
        )
        # Else TensorFlow traces the training step twice.
        model.optimizer.build(model.trainable_variables)
        return model

    def fit(self, hp, model, *args, **kwargs):
        """Trains the network of a trial, in batches of its size.

        Args:
            hp: `keras_tuner.HyperParameters`.
            model: `keras.Model`.
            *args: arguments of the tuner's `search`.
            **kwargs: arguments of the tuner's `search`.

        Returns:
            `keras.callbacks.History`.

        Raises:
            keras_tuner.errors.FatalValueError: if something is searched that
                has no effect here.
        """
        candidate = self.candidate(self.values(hp))
        self._check_effects(candidate, args, kwargs)
        if "batch_size" in candidate.data:
            kwargs["batch_size"] = candidate.data["batch_size"]
        config = candidate.config(self.candidates.config)
        if config.schedule == "plateau":
            callbacks = kwargs.get("callbacks", ())
            kwargs["callbacks"] = [*config.callbacks(True), *callbacks]
        return model.fit(*args, **kwargs)

    def _loss(self, model, label_smoothing):
        if "classes" in signature_of(self.candidates.name).parameters:
            return loss_and_metrics(model, label_smoothing)
        return keras.losses.MeanSquaredError(), []

    def _check_effects(self, candidate, args, kwargs):
        """Refuses a search of what the stock training does not read."""
        if "batch_size" in candidate.data:
            x = keras.tree.flatten(args[:1] or kwargs.get("x"))[:1]
            arrays = all(hasattr(part, "shape") for part in x)
            if not arrays or len(args) > 2 or "batch_size" in kwargs:
                raise keras_tuner.errors.FatalValueError(
                    "Expected arrays, and no other `batch_size`, as it is "
                    "searched. Received: data in batches, or `batch_size` "
                    "among the arguments of `search`."
                )
        unread = _OURS if self.steps else (*_OURS, "schedule", *_SCHEDULE)
        for key in (*self.space, *self.candidates.fixed):
            plain = place_of(candidate.name, key)[1]
            if key.startswith("model.") or plain not in unread:
                continue
            advice = "`tuning.search` trains with all settings."
            if plain not in _OURS:
                advice = "Give `hypermodel` the `steps` of a training."
            raise keras_tuner.errors.FatalValueError(
                f"Expected no search of {key!r} with keras-tuner's own "
                f"training, which does not read it. {advice}"
            )
