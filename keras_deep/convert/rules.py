"""Rules that map the layer names of other implementations to ours."""

import dataclasses
import re
from typing import Any

from keras_deep.utils.preprocessing import Preprocessing

# A number, a letter that counts from a, or any text: {b}, {@b}, {=rest}.
# Our names may add to a number: {b+1}.
_FIELD = re.compile(r"\{([@=]?)(\w+?)([+-]\d+)?\}")
_PATTERNS = {"": r"\d+", "@": "[a-z]", "=": ".+"}


@dataclasses.dataclass(frozen=True, eq=False)
class Origin:
    """An implementation whose weights load into our models.

    A row of `layers` maps the name of one of its layers to ours:
    `"layer{s}.{b}.conv{k}": "conv{s+1}_block{b+1}_{k}_conv"`. `{s}` matches a
    number, `{@b}` a letter that counts from a, `{=x}` any text. The first row
    that matches is used.

    Args:
        name: string, for messages.
        format: `"pytorch"`, `"caffe"` or `"keras"`.
        networks: dict of our builders' names to the arguments that make the
            same network, such as `{"ResNet": {"version": 1}}`.
        conventions: tuple. The weights have one of these conventions of the
            family; the names of tensors do not distinguish them.
        layers: dict of templates.
        needs: string, the name of an array that weights of this origin have.
        numbered: dict for an implementation that numbers its layers:
            `{"Convolution": "conv"}` maps its n-th layer of that name to our
            n-th layer with that suffix.
        order: function of our layer names, the sort key for `numbered`.
        preprocessing: dict, the preprocessing for the published weights.
        choose: function of the file's name and its layer names that returns
            the convention, or `None` if they do not determine it.
        reference: function of a `Card` that returns a list of pairs of a
            library (`"torchvision"`, `"timm"`, `"pytorchcv"`) and the name of
            the same network there, in the order to try.
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
        """Returns whether a call of a builder makes one of the networks."""
        needed = self.networks.get(builder)
        return needed is not None and all(
            arguments[key] == value for key, value in needed.items()
        )

    def told(self):
        """Returns the builder calls of its networks, for messages."""
        calls = (
            ", ".join([name, *(f"{k}={v!r}" for k, v in needed.items())])
            for name, needed in self.networks.items()
        )
        return " or ".join(calls)

    def references_of(self, card):
        """Returns pairs of library and name for the network of a card."""
        return self.reference(card) if self.reference else []

    def match(self, names, ours=()):
        """Maps the layer names of a file to ours.

        Args:
            names: iterable of the file's layer names.
            ours: names of our model's layers. Without them the layers of a
                `numbered` origin map to `None`.

        Returns:
            Dict of their names to ours, without those that match no rule.
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
    """Published weights that load into one of our models.

    Args:
        model: string, a registered model.
        weights: string, the argument `weights=`: a name on a hub, a URL, or
            the name of a file to download elsewhere.
        origin: string, the name of the `Origin`.
        convention: string, of the model that they load into.
        dataset: string, the data set whose classes they predict.
        error: float, the top-1 error in %: as published for one crop of
            ImageNet's validation images, or on CIFAR-10's test images. `None`
            is unknown.
        licence: string, or `None` if none is stated or known.
        arguments: dict of other arguments of the model.
        preprocessing: `Preprocessing`, or `None` if it comes with the weights
            or is unknown.
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
    """Makes records of weights that share most fields.

    Args:
        origin: see `PublishedWeights`.
        convention: see `PublishedWeights`.
        rows: tuples of model, weights, error and optionally arguments.
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
    """Returns a template's pattern, and a function of fields to our name."""
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
