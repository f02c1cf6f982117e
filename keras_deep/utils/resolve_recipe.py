"""A recipe with changes, as the arguments of `Config` and of `data.load`."""

from keras_deep.utils.errors import did_you_mean
from keras_deep.utils.load_arguments import ARGUMENTS
from keras_deep.utils.load_arguments import check_load_arguments
from keras_deep.utils.recipe import check_recipe
from keras_deep.utils.recipes import SCALING_SOURCES
from keras_deep.utils.recipes import SCALINGS
from keras_deep.utils.recipes import find_recipe
from keras_deep.utils.settings import FIELDS
from keras_deep.utils.settings import Settings

# Steps of a run, of which larger batches need fewer.
_STEPS = ("iterations", "warmup")
_RATES = ("learning_rate", "warmup_rate")


def resolve_recipe(name, changes):
    """Returns a recipe with changes.

    Where they change the batch, `batch_size * accumulate_steps`, the learning
    rate follows by the recipe's rule and the number of steps inversely, so
    that the run sees as many images; unless they are among the changes, too.

    Args:
        name: string, a key of `keras_deep.utils.recipes.RECIPES`.
        changes: dict of fields of `Config` and arguments of `data.load`. The
            `seed` is one of both.

    Returns:
        Dict of fields of `Config`, dict of arguments of `data.load`, and a
        list of lines that say what followed.

    Raises:
        UnknownNameError: if there is no such recipe.
        ValueError: if a change is unknown or out of its range.
    """
    recipe = find_recipe(name)
    settings, data = divide(changes)
    check_recipe(settings)
    check_load_arguments(data)
    scaled, lines = _scaled(recipe, settings, data)
    settings = joined({**recipe.settings, **scaled}, settings)
    Settings(**settings)  # Checks them together.
    return settings, {**recipe.data, **data}, lines


def divide(changes):
    """Divides changes into those of `Config` and those of `data.load`.

    Args:
        changes: dict.

    Raises:
        ValueError: if one belongs to neither; with near misses.
    """
    known = {*FIELDS, *ARGUMENTS}
    for key in changes:
        if key not in known:
            raise ValueError(
                "Expected a setting of `Config` or of `data.load`. Received: "
                f"{key}={changes[key]!r}.{did_you_mean(key, sorted(known))} "
                f"They are {', '.join(FIELDS)}; {', '.join(ARGUMENTS)}."
            )
    settings = {k: v for k, v in changes.items() if k in FIELDS}
    return settings, {k: v for k, v in changes.items() if k not in FIELDS}


def joined(earlier, changes):
    """Returns settings with changes, of which one may replace another.

    Args:
        earlier: dict of fields of `Config`.
        changes: dict of fields of `Config`.

    Raises:
        ValueError: if the changes have `epochs` and `iterations`.
    """
    lengths = {"epochs", "iterations"} & {*changes}
    if len(lengths) == 2 and changes["iterations"] is not None:
        raise ValueError(
            "Expected `epochs` or `iterations`, as one follows from the other. "
            f"Received: epochs={changes['epochs']} with "
            f"iterations={changes['iterations']}"
        )
    earlier = dict(earlier)
    if lengths == {"epochs"}:
        earlier.pop("iterations", None)
    elif earlier.get("iterations") is not None or "iterations" in lengths:
        earlier.pop("epochs", None)  # They follow anew.
    return {**earlier, **changes}


def _scaled(recipe, settings, data):
    """Returns the settings that follow the batch size, and lines."""
    usual = recipe.data["batch_size"]
    batch = data.get("batch_size", usual)
    batch *= settings.get("accumulate_steps", 1)
    ratio = batch / usual
    scaled = {}
    for key, value in recipe.settings.items():
        if key in settings:
            continue
        if key in _RATES:
            scaled[key] = value * SCALINGS[recipe.scaling](ratio)
        elif key in _STEPS and isinstance(value, int):
            if key != "iterations" or "epochs" not in settings:
                scaled[key] = max(1, round(value / ratio))
    if ratio == 1 or not scaled:
        return {}, []
    followed = ", ".join(
        f"{key}={value:g} instead of {recipe.settings[key]:g}"
        if key in _RATES
        else f"{key}={value} instead of {recipe.settings[key]}"
        for key, value in scaled.items()
    )
    return scaled, [
        f"Steps are of {batch} images instead of {usual}, so that by the "
        f"{recipe.scaling} rule ({SCALING_SOURCES[recipe.scaling]}) {followed}."
    ]
