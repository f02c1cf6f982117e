"""Searches for the best hyperparameters of a network."""

import dataclasses

from keras_deep.training.config import Config
from keras_deep.tuning.limits import Limits
from keras_deep.tuning.request import Request
from keras_deep.tuning.run import run
from keras_deep.tuning.search_arguments import budget_of
from keras_deep.tuning.search_arguments import seeded
from keras_deep.tuning.search_folder import SearchFolder
from keras_deep.utils.checks import check_sizes
from keras_deep.utils.extras import require


def search(
    model,
    data,
    config=None,
    tuner="hyperband",
    objective="val_accuracy",
    trials=None,
    max_seconds=None,
    epochs=None,
    seed=None,
    output="runs/tune",
    overwrite=False,
    search=None,
    recipe=None,
    max_parameters=None,
    max_multiply_adds=None,
    max_activation_memory=None,
    max_latency=None,
    strategy=None,
    callbacks=(),
    workers=1,
    test=False,
    **arguments,
):
    """Searches for the best hyperparameters of a network, by keras-tuner.

    Every trial is a `training.fit` in a folder of its own, `trials/ID`. The
    first one is the default configuration. A trial that fails is recorded with
    its reason, and the search goes on. A candidate over a limit is no trial:
    its reason is recorded, and another one is drawn; after 200 in a row the
    search ends. The test images are not looked at.

    Of `"hyperband"` a trial is one round of a candidate, as keras-tuner
    counts, and the last bracket is cut where the trials are used up. The rate
    follows the schedule of a full training of `epochs` epochs, of which early
    rounds are the first part. The round after goes on with the weights, the
    optimizer and the schedule of the one before, so that a trial of the last
    round is a full training, bit for bit, and all of those have had equally
    many epochs. It is scored by its best epoch.

    The same call continues a search that did not end, whatever ended it, and
    a trial in its middle; with a `seed` it ends with the trials and scores of
    a search that was never stopped. A larger budget continues one that has
    ended. Every other call is refused unless `overwrite` is set.

    The folder `output` gets `trials.csv`, `trials.json`, `best.keras`,
    `best.json`, which `keras-deep train --config` repeats, pictures, and
    `logs`, where TensorBoard finds hyperparameters and scalars of all trials.

    Example:

    ```python
    result = keras_deep.tuning.search(
        "DenseNetBC",
        {"name": "cifar10"},
        trials=20,
        epochs=30,
        max_parameters=10**6,
    )
    print(result.best, result.score)
    ```

    Args:
        model: registered name, or what `tuning.hypermodel` returns. Those of
            the next arguments that it takes are left out then.
        data: dict of arguments of `keras_deep.data.load`, or its `Data`.
        config: `Config` with the settings that are not searched.
        tuner: `"hyperband"`, `"random"`, `"bayesian"` or `"grid"`.
        objective: name of what an epoch measures, `"val_accuracy"`,
            `"val_loss"`, `"accuracy"` or `"loss"`, or a
            `keras_tuner.Objective` of what a callback adds.
        trials: int, how many; 20 unless `max_seconds` are given.
        max_seconds: float. No trial begins after them.
        epochs: int, those of a full training, or `None` for the
            configuration's.
        seed: int that decides the candidates and their trainings, or `None`.
        output: string or path of a folder.
        overwrite: bool. Whether an earlier search there may be removed.
        search: see `tuning.hypermodel`.
        recipe: see `tuning.hypermodel`. By default `True`.
        max_parameters: see `tuning.hypermodel`.
        max_multiply_adds: see `tuning.hypermodel`.
        max_activation_memory: see `tuning.hypermodel`.
        max_latency: see `tuning.hypermodel`.
        strategy: as in `training.fit`, but no `"multi_worker"`.
        callbacks: sequence of Keras callbacks, copied for every trial.
        workers: int, processes of this machine that train a trial each.
        test: bool. Whether the best model is measured on the test images in
            the end, once.
        **arguments: arguments of the builder, which are not searched.

    Returns:
        `SearchResult`.

    Raises:
        FileExistsError: if the folder holds another search.
        ImportError: if keras-tuner is not installed.
        ValueError: if the default configuration is over a limit, or an
            argument is invalid.
        SearchFailed: a `RuntimeError`, if no trial was trained to its end.
        KeyboardInterrupt: after SIGINT or SIGTERM, with where it stopped.
    """
    require("keras_tuner", "tuner")
    budget = budget_of(trials, max_seconds)
    check_sizes(workers=workers)
    folder = SearchFolder(output)
    recorded = {} if overwrite else folder.read() or {}
    named = isinstance(model, str)
    config = config or (Config() if named else model.candidates.config)
    if epochs is not None:
        config = dataclasses.replace(config, epochs=epochs)
    data, config, seed = seeded(data, config, seed, recorded.get("seed"))
    recipe = named if recipe is None else recipe
    limits = Limits(
        max_parameters, max_multiply_adds, max_activation_memory, max_latency
    )
    request = Request(
        *(model, data, config, tuner, objective, seed),
        *(search, recipe, limits, arguments),
        *(strategy, tuple(callbacks)),
    )
    return run(request, folder, budget, overwrite, workers, test)
