"""The state of an oracle as one file, which a kill at any time leaves whole."""

import contextlib
import json

from keras_tuner.engine import trial as trials

from keras_deep.utils.files import written_whole


class InOneFile:
    """A base of oracles, before keras-tuner's, with their state in one file.

    keras-tuner writes several, each of them in place. This one holds oracle
    and trials as they are between two changes, and replaces the one before. A
    trial that was running when it was written is the next one, not drawn anew.
    """

    def attach(self, path):
        """Says where the state is.

        Args:
            path: `pathlib.Path` of the file.
        """
        self._path = path
        self._changed = None  # Whether a change that is going on did.

    def put_back(self, trial):
        """Lets a trial that was running be the next one."""
        trial.metrics = type(trial.metrics)()  # It may have told them before.
        self._retry_queue.append(trial.trial_id)

    def _save_trial(self, trial):
        """Does nothing: all trials are in the one file of the state."""

    @contextlib.contextmanager
    def one_change(self):
        """Writes the state when a change is complete, and not within it."""
        self._changed = False
        try:
            yield
        finally:
            changed, self._changed = self._changed, None
        if changed:
            self.save()

    def save(self):
        """Writes the state."""
        if self._changed is not None:
            self._changed = True
            return
        state = {
            "oracle": self.get_state(),
            "trials": [trial.get_state() for trial in self.trials.values()],
            "search": self._own_state(),
        }
        text = json.dumps(state, default=lambda number: number.item())
        with written_whole(self._path) as temporary:
            temporary.write_text(text, "utf-8")

    def load(self):
        """Reads the state that a search has left; returns if there is one."""
        if not self._path.exists():
            return False
        state = json.loads(self._path.read_text("utf-8"))
        for found in state["trials"]:
            trial = trials.Trial.from_state(found)
            self.trials[trial.trial_id] = trial
        self.set_state(state["oracle"])
        self._set_own_state(state["search"])
        # The last one that waits is the first one to go on.
        for trial in sorted(
            self.ongoing_trials.values(), key=lambda t: t.trial_id, reverse=True
        ):
            if trial.trial_id not in self.end_order:
                self.put_back(trial)
        self.ongoing_trials = {}
        return True
