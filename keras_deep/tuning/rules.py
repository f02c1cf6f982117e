"""What an argument of a builder may be in a search, mostly by its name."""

import dataclasses

from keras_deep.tuning.entries import Choice
from keras_deep.tuning.entries import Floats

# Depths that are worth a search, of each builder that has other ones than all.
DEPTHS = {
    "AllConvResNet": (13, 25, 37, 55),
    "CifarPlainNet": (20, 32, 44, 56),
    "CifarResNeXt": (20, 29, 38, 56),
    "CifarResNet": (20, 32, 44, 56, 110),
    "CifarResidualAttentionNet": (56, 92, 128, 164),
    "CifarSEResNet": (20, 32, 44, 56, 110),
    "DenseNet": (22, 40, 64, 100),
    "DenseNetBC": (40, 64, 76, 100, 124),
    "HighwayMLP": (10, 20, 50, 100),
    "HighwayNet": (19, 32),
    "LinearResNet": (2, 5, 10, 20),
    "LooksLinearNet": (14, 30, 54, 102),
    "PlainNet": (18, 34),
    "PreRoR": (20, 56, 110, 164),
    "ResNeXt": (50, 101, 152),
    "ResNet": (18, 34, 50, 101, 152),
    "ResidualAttentionNet": (56, 92),
    "RoR": (20, 56, 110, 164),
    "SEResNeXt": (50, 101, 152),
    "SEResNet": (50, 101, 152),
    "SharedResNet": (20, 32, 56, 110),
    "StochasticDepthResNet": (20, 56, 110, 164),
    "SwapoutResNet": (20, 32, 44, 56),
    "VGG": (16, 19),
    "WideResNet": (16, 22, 28, 40),
    "WideRoR": (16, 28, 40, 58),
}
# Of builders with blocks of two kinds: depths of bottlenecks, and of both.
_TWO_BLOCKS = ("CifarResNet", "CifarSEResNet")
_BOTTLENECKS = (29, 56, 83, 110, 164)
_BOTH = (20, 38, 56, 74, 92, 110, 164)
_DENSENETS = ((6, 12, 24, 16), (6, 12, 32, 32), (6, 12, 48, 32))


@dataclasses.dataclass(frozen=True)
class Start:
    """The network that a space is around.

    Args:
        builder: string.
        values: dict of all arguments.
        fixed: set of the names of those that are not searched.
    """

    builder: str
    values: dict
    fixed: frozenset

    @property
    def large(self):
        return self.values.get("stem") == "imagenet"


def rule_of(key, default):
    """Returns a function of a name and a `Start` to an entry, or `None`.

    Args:
        key: string, the name of an argument.
        default: its default.
    """
    if key not in _RULES and key.endswith("_rate"):
        return _near(*_RATES) if isinstance(default, float) else None
    return _RULES.get(key)


def _near(*values):
    """Returns a rule: these values, and the default."""

    def rule(key, start):
        default = start.values[key]
        if default is None:  # The builder decides.
            return Choice((None, *values))
        if isinstance(default, str):
            others = [value for value in values if value != default]
            return Choice((default, *others))
        return Choice(tuple(sorted({*values, default})), default)

    return rule


def _depth(key, start):
    """Depths of the builder; blocks that are given leave them unread."""
    if start.values.get("blocks") is not None:
        return None
    depths = DEPTHS.get(start.builder)
    if start.builder in _TWO_BLOCKS:
        if _block("block", start) is not None:
            depths = _BOTH
        elif start.values["block"] == "bottleneck":
            depths = _BOTTLENECKS
    if start.builder == "WideResNet" and start.large:
        depths = (50, 101)
    return depths and _near(*depths)(key, start)


def _blocks(key, start):
    """Fewer and more blocks than by default, if that is no depth."""
    default = start.values[key]
    if default is None:
        return None
    if isinstance(default, int):
        return Choice((max(1, default // 2), default, 2 * default), default)
    if start.builder == "DenseNetBC" and start.large:
        return Choice(tuple(sorted({*_DENSENETS, tuple(default)})), default)
    fewer, more = (
        tuple(max(1, round(count * factor)) for count in default)
        for factor in (0.5, 1.5)
    )
    return Choice(tuple(dict.fromkeys((fewer, tuple(default), more))), default)


def _block(key, start):
    """Both kinds of blocks where the depths are those of both."""
    if start.builder == "ResidualAttentionNet":
        return _near("bottleneck", "resnext")(key, start)
    if start.builder not in _TWO_BLOCKS or key in start.fixed:
        return None
    fits = start.values["blocks"] or start.values["depth"] % 18 == 2
    return _near("basic", "bottleneck")(key, start) if fits else None


def _dropout(key, start):
    # The wide networks for ImageNet have none.
    none = start.builder == "WideResNet" and start.large
    return None if none else _near(*_RATES)(key, start)


def _width(key, start):
    if isinstance(start.values[key], float):
        return _near(0.25, 0.5, 1.0)(key, start)
    return _near(*((1, 2, 3) if start.large else (1, 2, 4, 8)))(key, start)


def _base_width(key, start):
    few = start.values[key] <= 8
    return _near(*((4, 8) if few else (16, 32, 64)))(key, start)


def _around(key, start):
    """Half, all and twice of a number, unless the data decide it."""
    if start.builder == "LinearResNet":
        return None
    default = start.values[key]
    return Choice((max(1, default // 2), default, 2 * default), default)


_RATES = (0.0, 0.1, 0.2, 0.3, 0.5)
_RULES = {
    "base_width": _base_width,
    "block": _block,
    "blocks": _blocks,
    "cardinality": _near(4, 8, 16),
    "compression": _near(0.3, 0.5, 0.7, 1.0),
    "depth": _depth,
    "dropout_rate": _dropout,
    "dropout_rates": lambda key, start: Choice(((0.0, 0.0), (0.3, 0.5))),
    "filters": _around,
    "final_rate": _near(0.0, 0.2, 0.5),
    "growth_rate": _near(12, 16, 24, 32),
    "initial_stddev": _near(0.0, 0.01, 0.1),
    "initializer": _near("looks_linear", "looks_linear_patches", "he"),
    "input_stddev": lambda key, start: Floats(
        1e-4, 1e-1, log=True, default=start.values[key]
    ),
    "kernel_size": _near(3, 5),
    "levels": _near(1, 2, 3),
    "reduction": _near(4, 8, 16, 32),
    "scale": _near(0.01, 0.1, 1.0),
    "schedule": _near("linear", "rising", "constant"),
    "transform_bias": _near(-1.0, -2.0, -3.0, -4.0),
    "units": _around,
    "variant": _near("A", "A1", "A2"),
    "version": _near(1, 2),
    "width": _width,
}
