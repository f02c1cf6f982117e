"""Rules that say which layer of another implementation is which of ours."""

import dataclasses
import re
from typing import Any

from keras_deep.utils.preprocessing import Preprocessing

# A number, a letter that counts from a, or any text: {b}, {@b}, {=rest}.
# Ours may add to a number: {b+1}.
_FIELD = re.compile(r"\{([@=]?)(\w+?)([+-]\d+)?\}")
_PATTERNS = {"": r"\d+", "@": "[a-z]", "=": ".+"}


@dataclasses.dataclass(frozen=True, eq=False)
class Origin:
    """An implementation whose weights load into a family of ours.

    A row of `layers` maps the name of a layer of theirs to that of ours:
    `"layer{s}.{b}.conv{k}": "conv{s+1}_block{b+1}_{k}_conv"`. `{s}` stands for
    a number, `{@b}` for a letter that counts from a, `{=x}` for any text. Of
    two rows that fit, the first counts.

    Args:
        name: string, for messages.
        format: `"pytorch"`, `"caffe"` or `"keras"`.
        networks: dict of the names of our builders that make the same network
            to the arguments that they need for it, such as
            `{"ResNet": {"version": 1}}`.
        conventions: tuple. The weights belong to one of these conventions of
            the family; if there are several, their names do not tell which.
        layers: dict of templates.
        needs: string, the name of an array without which it is another
            origin.
        numbered: dict for an implementation that just counts its layers:
            `{"Convolution": "conv"}` makes its n-th layer of such a name our
            n-th layer with that ending.
        order: function of a name of ours that gives the key to sort by, for
            `numbered`.
        preprocessing: dict, what images need before the published weights.
        choose: function of a file's name and the names of its layers that
            gives the convention they say, or `None`.
        reference: function of a `Card` that gives a list of pairs: a library
            (`"torchvision"`, `"timm"`, `"pytorchcv"`) and the name of the same
            network there, in the order to try.
    """

    name: str
    format: str
    networks: dict
    conventions: tuple
    layers: dict
    needs: str | None = None
    numbered: dict = dataclasses.field(default_factory=dict)
    order: Any = None
    preprocessing: dict | None = None
    choose: Any = None
    reference: Any = None

    def fits(self, builder, arguments):
        """Returns whether it is an origin of what a builder makes."""
        needed = self.networks.get(builder)
        return needed is not None and all(
            arguments[key] == value for key, value in needed.items()
        )

    def told(self):
        """Returns the calls that make its networks, for messages."""
        calls = (
            ", ".join([name, *(f"{k}={v!r}" for k, v in needed.items())])
            for name, needed in self.networks.items()
        )
        return " or ".join(calls)

    def references_of(self, card):
        """Returns pairs of library and name of the network of a card."""
        return self.reference(card) if self.reference else []

    def match(self, names, ours=()):
        """Finds what layers of a file are called in our models.

        Args:
            names: iterable of the file's layer names.
            ours: names of the layers of our model. Without them the layers
                of a `numbered` origin are known, but not which they are.

        Returns:
            Dict of their names to ours, without those that no rule knows.
        """
        rows = [_compile(*row) for row in self.layers.items()]
        found = self._count(names, ours)
        for name in names:
            for pattern, rename in rows:
                fits = pattern.fullmatch(name)
                if fits and name not in found:
                    found[name] = rename(fits.groupdict())
        return found

    def _count(self, names, ours):
        found = {}
        for start, end in self.numbered.items():
            counted = re.compile(rf"{start}_?(\d*)")
            theirs = {n: counted.fullmatch(n) for n in names}
            theirs = sorted(
                (int(fits[1] or 0), name)
                for name, fits in theirs.items()
                if fits
            )
            named = [n for n in ours if n.endswith(f"_{end}")]
            named.sort(key=self.order)
            named += [None] * (len(theirs) - len(named))
            found.update(zip((name for _, name in theirs), named))
        return found


@dataclasses.dataclass(frozen=True)
class PublishedWeights:
    """Weights that somebody published and that load into a model of ours.

    Args:
        model: string, a registered model.
        weights: string, what to pass as `weights=`: a name on a hub, an
            address, or the name of a file that has to be found first.
        origin: string, the name of the `Origin`.
        convention: string, of the model that they load into.
        dataset: string, what they classify.
        error: float, the top-1 error in %: of one crop of ImageNet's images
            for validation, as published, or on CIFAR-10's for tests. `None`
            is unknown.
        licence: string, or `None` if none is stated or known.
        arguments: dict of other arguments that the model needs.
        preprocessing: `Preprocessing`, or `None` where it comes with the
            weights or is not known.
    """

    model: str
    weights: str
    origin: str
    convention: str
    dataset: str
    error: float | None = None
    licence: str | None = None
    arguments: dict = dataclasses.field(default_factory=dict)
    preprocessing: Preprocessing | None = None


def published(origin, convention, rows, dataset="ImageNet-1k", licence=None):
    """Makes records of weights that have all but a few fields in common.

    Args:
        origin: see `PublishedWeights`.
        convention: see `PublishedWeights`.
        rows: tuples of model, weights, error and, if any, arguments.
        dataset: see `PublishedWeights`.
        licence: see `PublishedWeights`.

    Returns:
        Tuple of `PublishedWeights`.
    """
    return tuple(
        PublishedWeights(
            model, weights, origin, convention, dataset, error, licence, *more
        )
        for model, weights, error, *more in rows
    )


def _compile(theirs, ours):
    """Returns a pattern of a template, and a function of its fields."""
    kinds, parts, end = {}, [], 0
    for field in _FIELD.finditer(theirs):
        kind, key, _ = field.groups()
        kinds[key] = kind
        parts += [re.escape(theirs[end : field.start()])]
        parts += [f"(?P<{key}>{_PATTERNS[kind]})"]
        end = field.end()
    pattern = "".join([*parts, re.escape(theirs[end:])])

    def rename(fields):
        def value(field):
            _, key, offset = field.groups()
            text = fields[key]
            if kinds[key] == "=":
                return text
            number = ord(text) - 96 if kinds[key] == "@" else int(text)
            return str(number + int(offset or 0))

        return _FIELD.sub(value, ours)

    return re.compile(pattern), rename
