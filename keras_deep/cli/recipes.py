"""`keras-deep recipes`."""

from rich import box
from rich.table import Table

from keras_deep.cli.tables import add_row
from keras_deep.cli.tables import print_table
from keras_deep.utils.recipes import RECIPES
from keras_deep.utils.settings import Settings
from keras_deep.utils.text import print_lines


def recipes_command():
    """List the papers' recipes of training, for `train --recipe`."""
    table = Table(
        title="Recipes",
        caption="The decay is decoupled from the momentum and ten times the "
        "papers' L2 penalty, which comes to the same.",
        box=box.SIMPLE,
    )
    for column in ("recipe", "length", "batch"):
        table.add_column(column, no_wrap=True)
    for column in ("learning rate", "optimizer", "validation", "networks"):
        table.add_column(column)
    for name, recipe in RECIPES.items():
        settings = Settings(**recipe.settings)
        add_row(
            table,
            name,
            _length(settings),
            recipe.data["batch_size"],
            _rate(settings),
            _optimizer(settings),
            f"{recipe.data['validation']:.0%}",
            recipe.summary,
        )
    print_table(table)
    for name, recipe in RECIPES.items():
        print_lines(
            [
                f"{name}: {recipe.paper}, {recipe.address}. Read in "
                f"{recipe.sources}. {' '.join(recipe.notes)}"
            ]
        )


def _length(settings):
    if settings.iterations is not None:
        return f"{settings.iterations:,} steps"
    return f"{settings.epochs} epochs"


def _rate(settings):
    places = ", ".join(f"{place:.0%}" for place in settings.boundaries)
    text = f"{settings.learning_rate:g}, times {settings.factor:g} at {places}"
    if settings.warmup_rate is None:
        return text
    return f"{settings.warmup_rate:g} for {settings.warmup} steps, then {text}"


def _optimizer(settings):
    kind = "Nesterov" if settings.nesterov else "momentum"
    return (
        f"{settings.optimizer}, {kind} {settings.momentum:g}, "
        f"decay {settings.weight_decay:g}"
    )
