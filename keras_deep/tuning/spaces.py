"""Search spaces of networks, of the arguments of their builders.

What an argument may be mostly follows from its name, so that a new family has
a space by itself. Its depths are a line of `rules.DEPTHS`.
"""

import keras

from keras_deep.models.registry import arguments_of
from keras_deep.models.registry import entry_of
from keras_deep.tuning.candidate import MODEL
from keras_deep.tuning.candidate import key_of
from keras_deep.tuning.rules import Start
from keras_deep.tuning.rules import rule_of
from keras_deep.tuning.space import Space

# The default networks of builders with several stems, for large images.
_LARGE = {
    "DenseNetBC": {"blocks": (6, 12, 24, 16), "growth_rate": 32},
    "WideResNet": {"depth": 50, "width": 2},
}
_LARGE_SIDE = 64  # pixels


def model_space(name, arguments=None):
    """Returns the default search space of a network.

    Args:
        name: string, a registered network. The arguments of a variant are the
            defaults of the space.
        arguments: dict of arguments of the builder, which are not searched.

    Returns:
        `Space` of the other arguments that are worth a search.
    """
    given, entry = dict(arguments or {}), entry_of(name)
    start = arguments_of(name, stem_arguments(name, given))
    fixed = frozenset({*given, "stem"})
    start, found = Start(entry.builder, start, fixed), {}
    for key, value in start.values.items():
        if key in fixed or key in entry.record.common:
            continue
        rule = rule_of(key, value)
        made = rule and rule(key, start)
        if made is not None:
            found[key_of(name, MODEL, key)] = made
    return Space(found)


def stem_arguments(name, given):
    """Returns arguments with the stem for large images, where it is open.

    Builders with several stems get that of ImageNet, and its default network,
    for images of more than 64 pixels, unless stem, depth or blocks are given.

    Args:
        name: string, a registered network. Variants have their stem.
        given: dict of arguments.
    """
    entry, shape = entry_of(name), given.get("input_shape")
    chosen = {"stem", "depth", "blocks"} & {*given, *entry.arguments}
    if entry.builder not in _LARGE or chosen or not shape:
        return dict(given)
    first = keras.config.image_data_format() == "channels_first"
    sides = [side or 0 for side in (shape[1:] if first else shape[:2])]
    if max(sides) <= _LARGE_SIDE:
        return dict(given)
    return {"stem": "imagenet", **_LARGE[entry.builder], **given}
