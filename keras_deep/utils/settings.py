"""The settings of a training, as data: what `training.Config` builds on."""

import dataclasses
import math

from keras_deep.utils.errors import did_you_mean
from keras_deep.utils.recipe import SCHEDULES
from keras_deep.utils.recipe import check_recipe


@dataclasses.dataclass(frozen=True)
class Settings:
    """The fields of `keras_deep.training.Config`, which describes them.

    They are a class of their own so that the command line checks them before
    Keras is imported.

    Raises:
        TypeError: if there is no field of such a name.
        ValueError: if a field is out of its range, or the others leave it
            without an effect.
    """

    epochs: int = 30
    learning_rate: float = 0.1
    schedule: str = "step"
    momentum: float = 0.9
    weight_decay: float = 1e-3
    precision: str | None = None
    seed: int | None = None
    ema: float | None = None
    optimizer: str = "sgd"
    nesterov: bool = True
    decay: str = "all"
    warmup: int | float | None = None
    warmup_rate: float | None = None
    boundaries: tuple | None = None
    factor: float = 0.1
    power: float = 1.0
    patience: int = 10
    iterations: int | None = None
    accumulate_steps: int = 1
    clipnorm: float | None = None
    global_clipnorm: float | None = None
    clipvalue: float | None = None
    label_smoothing: float = 0.0
    class_weight: str | None = None
    steps_per_execution: int = 1
    jit_compile: bool | str = "auto"
    strategy: str | None = None
    batch_norm: str = "replica"
    checkpoint_steps: int | None = None
    checkpoint_minutes: float = 10.0

    def __new__(cls, *args, **fields):
        # Python's own message has no near misses.
        for name in fields:
            if name not in FIELDS:
                raise TypeError(
                    "Expected the fields of `Config` to be among "
                    f"{list(FIELDS)}. Received: {name}={fields[name]!r}."
                    f"{did_you_mean(name, FIELDS)}"
                )
        return super().__new__(cls)

    def __post_init__(self):
        check_recipe(vars(self))
        if self.boundaries is not None:  # JSON has lists.
            object.__setattr__(self, "boundaries", tuple(self.boundaries))
        _check_effects(self)
        _check_together(self)

    def steps(self, batches):
        """Returns how often a run updates the weights.

        Args:
            batches: int, those of an epoch.
        """
        if self.iterations is not None:
            return self.iterations
        return self.epochs * self._updates(batches)

    def with_epochs(self, batches):
        """Returns a copy that has the epochs which `iterations` take.

        Args:
            batches: int, those of an epoch. The last epoch of `iterations`
                may be shorter.

        Raises:
            ValueError: if other `epochs` are given beside `iterations`.
        """
        if self.iterations is None:
            return self
        epochs = math.ceil(self.iterations / self._updates(batches))
        if self.epochs not in (FIELDS["epochs"], epochs):
            raise ValueError(
                "Expected `epochs` or `iterations`, as one follows from the "
                f"other. Received: epochs={self.epochs} with iterations="
                f"{self.iterations}, which are {epochs} epochs. Leave one out."
            )
        return dataclasses.replace(self, epochs=epochs)

    def _updates(self, batches):
        return math.ceil(batches / self.accumulate_steps)


# Names of all fields, in order, to their defaults.
FIELDS = {field.name: field.default for field in dataclasses.fields(Settings)}

_WARMED = tuple(name for name in SCHEDULES if name != "plateau")
_WITH_MOMENTUM = ("sgd", "lars")
# A field, and of which other field which values read it.
READ_BY = {
    "boundaries": ("schedule", ("step",)),
    "factor": ("schedule", ("step", "plateau")),
    "power": ("schedule", ("polynomial",)),
    "patience": ("schedule", ("plateau",)),
    # A plateau sets the rate, which nothing that rises lets it do.
    "warmup": ("schedule", _WARMED),
    "warmup_rate": ("schedule", ("step", "constant")),
    "momentum": ("optimizer", _WITH_MOMENTUM),
    "nesterov": ("optimizer", _WITH_MOMENTUM),
}
_CLIPS = ("clipnorm", "global_clipnorm", "clipvalue")


def _check_effects(settings):
    """Refuses a field that is set while another one leaves it unread."""
    for name, (other, readers) in READ_BY.items():
        value, by = getattr(settings, name), getattr(settings, other)
        if value != FIELDS[name] and by not in readers:
            among = " or ".join(repr(reader) for reader in readers)
            raise ValueError(
                f"Expected `{name}` with `{other}` {among} only. Received: "
                f"{name}={value!r} with {other}={by!r}, which does not read "
                f"it. Leave it at {FIELDS[name]!r}."
            )
    if settings.decay != "all" and not settings.weight_decay:
        raise ValueError(
            f"Expected a `weight_decay` with decay={settings.decay!r}. "
            f"Received: weight_decay={settings.weight_decay!r}"
        )
    if settings.warmup_rate is not None and not settings.warmup:
        raise ValueError(
            "Expected `warmup`, the steps that `warmup_rate` is for. "
            f"Received: warmup={settings.warmup!r} with "
            f"warmup_rate={settings.warmup_rate!r}"
        )
    if settings.batch_norm != "replica" and settings.strategy == "one_device":
        raise ValueError(
            "Expected a `strategy` of several replicas with batch_norm="
            f"{settings.batch_norm!r}. Received: strategy='one_device'"
        )


def _check_together(settings):
    """Refuses fields that exclude each other."""
    clips = {name: getattr(settings, name) for name in _CLIPS}
    clips = {name: value for name, value in clips.items() if value is not None}
    if len(clips) > 1:
        given = ", ".join(f"{name}={value!r}" for name, value in clips.items())
        raise ValueError(
            "Expected at most one of `clipnorm`, `global_clipnorm` and "
            f"`clipvalue`. Received: {given}"
        )
    if settings.schedule == "one_cycle" and settings.warmup == 0:
        raise ValueError(
            "Expected `warmup` to be more than 0 with schedule='one_cycle', "
            'whose rise it is. Received: warmup=0. `schedule="cosine"` only '
            "falls."
        )
    if settings.iterations is not None:
        check_within(settings, settings.iterations)


def check_within(settings, steps):
    """Refuses a warm-up or boundaries that a run does not reach.

    Args:
        settings: `Settings`.
        steps: int, updates of the weights in the run.

    Raises:
        ValueError: if there is one.
    """
    last = {
        "warmup": settings.warmup,
        "boundaries": settings.boundaries and settings.boundaries[-1],
    }
    for name, step in last.items():
        if isinstance(step, int) and step >= steps:
            raise ValueError(
                f"Expected `{name}` within the {steps} steps of the run. "
                f"Received: {name}={getattr(settings, name)!r}. Fractions of "
                "the run, such as 0.5, fit a run of any length."
            )
