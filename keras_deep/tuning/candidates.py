"""All candidates of a search: the space, what is fixed, and the limits."""

import dataclasses
import functools

from keras_deep.models.registry import create_model
from keras_deep.models.registry import entry_of
from keras_deep.models.registry import signature_of
from keras_deep.training.build import in_precision
from keras_deep.training.config import Config
from keras_deep.tuning.candidate import candidate_of
from keras_deep.tuning.entry_checks import text_of
from keras_deep.tuning.limits import Limits
from keras_deep.tuning.limits import profile_of
from keras_deep.tuning.searched import searched
from keras_deep.tuning.space import Space
from keras_deep.utils.errors import did_you_mean

BATCH_SIZE = 128  # of `data.load`


@dataclasses.dataclass(frozen=True)
class Candidates:
    """What a search chooses from.

    Args:
        name: string, a registered network.
        arguments: dict of arguments of its builder that are not searched.
        space: `Space`.
        fixed: dict of names as in the space to values that are not searched.
        limits: `Limits`.
        config: `Config` with the other settings of the training.
        batch_size: int, where it is not searched.
    """

    name: str
    arguments: dict
    space: Space
    fixed: dict
    limits: Limits
    config: Config
    batch_size: int = BATCH_SIZE
    _reasons: dict = dataclasses.field(default_factory=dict, repr=False)

    def candidate(self, values):
        """Returns the `Candidate` of a point of the space.

        Args:
            values: dict of names of the space to values.
        """
        return candidate_of(self.name, self.arguments, self.fixed | values)

    def build(self, candidate):
        """Returns the network of a `Candidate`, a `keras.Model`.

        Raises:
            ValueError: if there is no such network, or its settings do not
                fit together.
        """
        with in_precision(candidate.config(self.config).precision):
            return create_model(candidate.name, **candidate.arguments)

    def reason(self, candidate):
        """Returns why a `Candidate` is not to be trained, or `None`.

        It is found once for all candidates of the same network.

        Raises:
            ValueError: see `build`.
        """
        batch = candidate.data.get("batch_size", self.batch_size)
        precision = candidate.config(self.config).precision
        key = text_of([sorted(candidate.arguments.items()), batch, precision])
        if key not in self._reasons:
            build = functools.partial(self.build, candidate)
            if self.limits == Limits():  # Else it is built to be counted.
                profile_of(build, batch)
            self._reasons[key] = self.limits.reason(build, batch)
        return self._reasons[key]


def candidates(
    name,
    arguments,
    search=None,
    recipe=False,
    config=None,
    limits=None,
    batch_size=BATCH_SIZE,
):
    """Returns the `Candidates` of a search, after a check of the default.

    Args:
        name: string, a registered network.
        arguments: dict of arguments of its builder that are not searched.
            Those that are `None` count as not given.
        search: see `hypermodel`.
        recipe: see `hypermodel`.
        config: see `hypermodel`.
        limits: `Limits`, or `None` for none.
        batch_size: int, where it is not searched.

    Raises:
        TypeError: if the builder has no such argument.
        ValueError: if what is searched is invalid, or the default
            configuration cannot be built or is over a limit.
    """
    arguments = {k: v for k, v in arguments.items() if v is not None}
    _check_arguments(name, arguments)
    space, fixed, arguments = searched(name, arguments, search, recipe, config)
    found = Candidates(
        *(name, arguments, space, fixed),
        *(limits or Limits(), config or Config(), batch_size),
    )
    _check_default(found)
    return found


def _check_arguments(name, arguments):
    known = signature_of(name).parameters
    for key, value in arguments.items():
        if key not in known:
            raise TypeError(
                f"Expected the arguments of `{entry_of(name).builder}` to be "
                f"among {list(known)}. Received: {key}={value!r}."
                f"{did_you_mean(key, known)}"
            )


def _check_default(found):
    defaults = found.space.defaults()
    default = found.candidate(defaults)
    reason = found.reason(default)
    if reason is not None:
        raise ValueError(
            "Expected the default configuration, with which a search starts, "
            f"to be within its limits. Received: {found.name} with {defaults}: "
            f"{reason}. Give a smaller default, such as the first value in "
            '`search={"depth": [...]}` or `Integers(..., default=...)`, or a '
            "higher limit."
        )
