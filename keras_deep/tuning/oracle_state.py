"""What our oracles have beside keras-tuner's: budget, limits, a safe state."""

import collections
import threading
import time

from keras_tuner.engine import hyperparameters
from keras_tuner.engine import trial as trials

from keras_deep.tuning.oracle_file import InOneFile

# Candidates in a row that are over a limit, after which a search ends.
_PATIENCE = 200
# Processes that may end in a trial before it counts as failed.
_DEATHS = 3
_EXPLAINED = (
    "{} candidates in a row were over a limit, the last one: {}. The search "
    "has ended. Give wider limits, or a space with smaller networks."
)


class Searching(InOneFile):
    """A base of oracles, before keras-tuner's.

    - The first candidate is the default configuration.
    - A candidate that is refused counts as no trial; another is drawn.
    - The budget counts trials, seconds, or both.
    - The state is one file, see `InOneFile`.
    - A call that comes a second time has no effect.

    Attributes:
        budget: pair of the most trials and the most seconds, or `None`. No
            trial begins after them.
        rejected: dict of hashes to dicts of `values` and `reason`.
        ended_at: dict of trial ids to the seconds of the search by then.
        why_ended: string, why the search ends before its budget, or `None`.
        watchers: list of functions of `"begin"` or `"end"` and a trial.
    """

    def attach(self, path, refusal):
        """Says where the state is, and what may not be trained.

        Args:
            path: `pathlib.Path` of the file of the state.
            refusal: function of `HyperParameters` that returns why they are
                over a limit, or `None`.
        """
        super().attach(path)
        self._refusal = refusal
        self.budget = None, None
        self._begun, self._before = time.monotonic(), 0.0
        self._gone, self._deaths = collections.deque(), {}
        self._mutex = threading.RLock()
        self.rejected, self.ended_at, self.watchers = {}, {}, []
        self.why_ended = None
        self.verbose = 0

    @property
    def seconds(self):
        """Seconds of the search, those of its earlier parts included."""
        return self._before + time.monotonic() - self._begun

    def create_trial(self, tuner_id):
        """Returns the next trial of a tuner."""
        with self._mutex:
            self._take_back()
            with self.one_change():
                trial = super().create_trial(tuner_id)
        if trial.status == trials.TrialStatus.RUNNING:
            self._tell("begin", trial)
        return trial

    def update_trial(self, trial_id, metrics, step=0):
        """Notes what a trial measured, once."""
        with self._mutex:
            if self.trials[trial_id].metrics.exists(self.objective.name):
                return self.trials[trial_id]
            return super().update_trial(trial_id, metrics, step)

    def end_trial(self, trial):
        """Notes that a trial has ended, once."""
        with self._mutex:
            if trial.trial_id in self.end_order:
                return
            with self.one_change():
                self.ended_at[trial.trial_id] = self.seconds
                super().end_trial(trial)
        self._tell("end", self.trials[trial.trial_id])

    def give_up(self, tuner_id):
        """Notes that a process is gone: others go on with its trial."""
        self._gone.append(tuner_id)

    def populate_space(self, trial_id):
        """Returns the values of a new trial, if there is to be one."""
        most, seconds = self.budget
        if (most is not None and len(self.trials) >= most) or (
            seconds is not None and self.seconds >= seconds
        ):
            return {"status": trials.TrialStatus.STOPPED, "values": None}
        return super().populate_space(trial_id)

    def drawn(self):
        """Returns random values, of which it is not known if they fit."""
        return super()._random_values()

    def fits(self, values):
        """Returns whether values are within the limits; else notes why not."""
        key = self._compute_values_hash(values)
        if key in self.rejected:
            return False
        filled = self.get_space()
        filled.values = dict(values)
        reason = self._refusal(filled)
        if reason is not None:
            self.rejected[key] = {"values": dict(values), "reason": reason}
            self._tried_so_far.add(key)
        return reason is None

    def _random_values(self):
        if not self.start_order:
            return self._defaults()
        for _ in range(_PATIENCE):
            values = self.drawn()
            if values is None or self.fits(values):
                return values
        last = [*self.rejected.values()][-1]["reason"]
        self.why_ended = _EXPLAINED.format(_PATIENCE, last)
        return None

    def _defaults(self):
        found = hyperparameters.HyperParameters()
        for entry in self.hyperparameters.space:
            found.merge([entry])
            if found.is_active(entry):
                found.values[entry.name] = entry.default
        return found.values

    def _take_back(self):
        """Lets the trials of processes that are gone wait for another one."""
        while self._gone:
            tuner_id = self._gone.popleft()
            self.tuner_ids.discard(tuner_id)
            trial = self.ongoing_trials.get(tuner_id)
            if trial is None:
                continue
            count = self._deaths.get(trial.trial_id, 0) + 1
            self._deaths[trial.trial_id] = count
            if count < _DEATHS:
                self.put_back(self.ongoing_trials.pop(tuner_id))
                self.save()
            else:
                trial.status = trials.TrialStatus.INVALID
                trial.message = (
                    f"The process that trained it ended {count} times, as when "
                    "the memory is not enough."
                )
                self.end_trial(trial)

    def _tell(self, what, trial):
        for watcher in self.watchers:
            watcher(what, trial)

    def _own_state(self):
        return {
            "seconds": self.seconds,
            "rejected": self.rejected,
            "ended_at": self.ended_at,
            "deaths": self._deaths,
        }

    def _set_own_state(self, state):
        self.rejected, self.ended_at = state["rejected"], state["ended_at"]
        self._before, self._deaths = state["seconds"], state["deaths"]
