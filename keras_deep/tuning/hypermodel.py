"""Makes hypermodels for keras-tuner of registered networks."""

from keras_deep.tuning.candidates import candidates
from keras_deep.tuning.limits import Limits
from keras_deep.utils.extras import require


def hypermodel(
    name,
    input_shape=None,
    classes=None,
    search=None,
    recipe=False,
    config=None,
    steps=None,
    max_parameters=None,
    max_multiply_adds=None,
    max_activation_memory=None,
    max_latency=None,
    **arguments,
):
    """Returns a search space of a registered network for keras-tuner.

    Every tuner of keras-tuner takes it. Its models are made by the network's
    builder, of whose arguments the space consists, and are compiled. A
    candidate over a limit is a trial that fails without a training; a tuner
    stops after three in a row, unless it is given a higher
    `max_consecutive_failed_trials`.

    Example:

    ```python
    space = keras_deep.tuning.hypermodel(
        "DenseNetBC", input_shape=(32, 32, 3), classes=10, max_parameters=10**6
    )
    tuner = keras_tuner.RandomSearch(space, "val_accuracy", max_trials=20)
    tuner.search(x, y, validation_split=0.1, epochs=10)
    ```

    Args:
        name: string, a registered network. Its arguments are the defaults of
            the space, `depth=50` for `"ResNet50"`.
        input_shape: tuple, the shape of an image. Builders with several stems
            get that of ImageNet for more than 64 pixels.
        classes: int.
        search: what to search: a dict of names to lists of values, to a
            `Choice`, `Integers` or `Floats` of `keras_deep.tuning`, or to a
            single value, which is not searched then; it changes the default
            space, and adds to it. Or a list of names, which are searched as by
            default, and nothing else. Names are those of the builder's
            arguments, of fields of `training.Config`, and `"batch_size"` and
            `"augment"` of `data.load`; `"config.schedule"` is a field whose
            name the builder has, too.
        recipe: bool. Whether learning rate, weight decay and schedule are
            searched, too. Or a sequence of names, see `tuning.recipe_space`.
        config: `training.Config` with the settings that are not searched.
        steps: int, updates of the weights in a training, which a schedule
            needs. Without it the learning rate is constant.
        max_parameters: see `tuning.Limits`.
        max_multiply_adds: see `tuning.Limits`.
        max_activation_memory: see `tuning.Limits`. It is that of a batch of
            128, unless a batch size is given in `search`.
        max_latency: see `tuning.Limits`.
        **arguments: other arguments of the builder, which are not searched.

    Returns:
        `keras_tuner.HyperModel`, with the attribute `candidates`.

    Raises:
        ImportError: if keras-tuner is not installed.
        TypeError: if the builder has no such argument.
        ValueError: if what is searched is invalid, or the default
            configuration cannot be built or is over a limit.
    """
    require("keras_tuner", "tuner")
    from keras_deep.tuning.deep_hypermodel import DeepHyperModel

    limits = Limits(
        max_parameters, max_multiply_adds, max_activation_memory, max_latency
    )
    given = {"input_shape": input_shape, "classes": classes, **arguments}
    return DeepHyperModel(
        candidates(name, given, search, recipe, config, limits), steps
    )
