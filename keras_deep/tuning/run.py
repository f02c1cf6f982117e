"""Runs a search from its first trial, or the one it stopped in, to its end."""

from keras_deep.training.curve import require_matplotlib
from keras_deep.tuning.best import write_best
from keras_deep.tuning.events import write_space
from keras_deep.tuning.report import shown
from keras_deep.tuning.result import SearchResult
from keras_deep.tuning.rows import Rows
from keras_deep.tuning.rows import best_of
from keras_deep.tuning.search_folder import BEST_MODEL
from keras_deep.tuning.search_folder import BEST_RUN
from keras_deep.tuning.search_folder import COORDINATES
from keras_deep.tuning.search_folder import LOGS
from keras_deep.tuning.search_folder import PROGRESS
from keras_deep.tuning.search_folder import STATE
from keras_deep.utils.errors import SearchFailed


def run(request, folder, budget, overwrite=False, workers=1, test=False):
    """Runs a search.

    Args:
        request: `Request`.
        folder: `SearchFolder`.
        budget: pair of the most trials and the most seconds, or `None`.
        overwrite: as in `search`.
        workers: as in `search`.
        test: as in `search`.

    Returns:
        `SearchResult`.
    """
    require_matplotlib()
    parts = request.open()
    found, _, config, objective = parts
    facts = {
        "call": request.call(found, config, objective),
        "seed": request.seed,
    }
    folder.begin(facts, overwrite)
    try:
        oracle, tuner = opened(request, folder, *parts)
        oracle.budget = budget
        write_space(folder / LOGS, found.space)
        rows = Rows(oracle, folder, found)
        oracle.watchers.append(lambda what, trial: rows.write(request.tuner))
        with shown(oracle, rows.read):
            if workers > 1:
                from keras_deep.tuning.chief import lead

                lead(oracle, request, folder, workers)
            else:
                tuner.search()
        return _result(oracle, rows, folder, test)
    except KeyboardInterrupt as error:
        raise type(error)(_stopped(oracle, folder)) from None
    finally:
        folder.close()


def opened(request, folder, found, data, config, objective):
    """Returns the oracle of a search, with what it has so far, and a tuner.

    Args:
        request: `Request`.
        folder: `SearchFolder`.
        found: the hypermodel.
        data: `TrialData`.
        config: `Config`.
        objective: `keras_tuner.Objective`.
    """
    from keras_deep.tuning.oracles import make_oracle
    from keras_deep.tuning.training import TrialTraining
    from keras_deep.tuning.tuner import Tuner

    def refusal(hyperparameters):
        candidate = found.candidate(found.values(hyperparameters))
        try:
            return found.candidates.reason(candidate)
        except (TypeError, ValueError) as error:
            return str(error)  # There is no such network.

    oracle = make_oracle(request.tuner, objective, request.seed, config.epochs)
    oracle.attach(folder / STATE / "state.json", refusal)
    training = TrialTraining(
        *(folder, found, data, config, objective),
        *(request.strategy, request.callbacks),
    )
    return oracle, Tuner(oracle, training, folder.path)


def _result(oracle, rows, folder, test):
    name, direction = oracle.objective.name, oracle.objective.direction
    trials = rows.read()
    best = best_of(trials, direction)
    if best is None:
        reasons = [row["reason"] for row in trials if row["reason"]]
        raise SearchFailed(
            "Expected a trial that is trained to its end. Received: "
            f"{len(trials)} trials, none of which was. "
            f"{' '.join(reasons[:1] or [oracle.why_ended or ''])}"
        )
    write_best(folder, best, name, test)
    _draw(trials, name, direction, folder)
    return SearchResult(
        best=best["values"],
        score=best["score"],
        trial=best["trial"],
        config=folder / BEST_RUN,
        model=folder / BEST_MODEL,
        objective=name,
        direction=direction,
        trials=trials,
        rejected=[*oracle.rejected.values()],
        seconds=oracle.seconds,
        why_ended=oracle.why_ended,
    )


def _draw(rows, objective, direction, folder):
    from keras_deep.tuning import pictures

    for draw, name in (
        (pictures.parallel_coordinates, COORDINATES),
        (pictures.objective_over_time, PROGRESS),
    ):
        draw(rows, objective, direction, folder / name)


def _stopped(oracle, folder):
    ended, running = len(oracle.end_order), [*oracle.ongoing_trials.values()]
    within = [trial.trial_id for trial in running]
    text = f"Stopped after {ended} trials"
    if within:
        text += f", within trial {' and '.join(sorted(within))}"
    return f"{text}. The same call goes on from there, in {folder.path}."
