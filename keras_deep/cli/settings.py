"""Settings of a training on the command line, checked without Keras."""

from keras_deep import catalogue
from keras_deep.cli.arguments import literal
from keras_deep.utils.load_arguments import check_load_arguments
from keras_deep.utils.recipe import check_recipe
from keras_deep.utils.resolve_recipe import divide
from keras_deep.utils.resolve_recipe import resolve_recipe
from keras_deep.utils.settings import Settings


def with_changes(options, words):
    """Adds what `--set` gives to the settings that have options.

    Args:
        options: dict of settings.
        words: list of strings, such as `["momentum=0.8"]`. Values are Python
            literals; anything else is a string.

    Raises:
        ValueError: if a word has no `=`, or something is given twice.
    """
    options = dict(options)
    for word in words:
        name, equals, value = word.partition("=")
        name = name.replace("-", "_")
        if not equals or not name or not value:
            raise ValueError(
                "Expected NAME=VALUE after --set, such as momentum=0.8. "
                f"Received: {word!r}"
            )
        if name in options:
            raise ValueError(
                f"Expected `{name}` once. Received: --set {word}, after "
                f"{name}={options[name]!r}"
            )
        options[name] = literal(value)
    return options


def checked_settings(options, recipe, repeated):
    """Checks settings, and adds those of a recipe.

    Args:
        options: dict of fields of `Config` and arguments of `data.load`.
        recipe: string, the name of a recipe, or `None`.
        repeated: bool. Whether they change those of a run.

    Returns:
        Dict of fields of `Config`, dict of arguments of `data.load`, and a
        list of lines to print.

    Raises:
        ValueError: if there is a recipe beside a run, or something is unknown
            or cannot be.
    """
    if recipe is None:
        settings, data = divide(options)
        check_recipe(settings)
        check_load_arguments(data)
        if not repeated:  # Else what the run has counts, too.
            Settings(**settings)
        return settings, data, []
    if repeated:
        raise ValueError(
            "Expected --recipe or --config, as either gives all settings. "
            f"Received: --recipe {recipe} with --config"
        )
    return resolve_recipe(recipe, options)


def check_images(name):
    """Refuses a model that no data set here can train.

    Args:
        name: string. An unknown one is left to others.

    Raises:
        ValueError: if it is a model of sequences.
    """
    known = catalogue.models().get(name)
    if known is not None and known.kind == "sequence":
        raise ValueError(
            "Expected a model of images, as all data sets are. Received: "
            f"{name}, one of sequences: fit it in Python."
        )
