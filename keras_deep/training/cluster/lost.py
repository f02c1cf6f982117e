"""Says in plain words that another task of the cluster is lost."""

import contextlib
import re

from keras_deep.training.cluster.description import TRAINING
from keras_deep.utils.errors import WorkerLost
from keras_deep.utils.text import enumerated

_TASK = re.compile(r"/job:(\w+)/(?:replica:\d+/)?task:(\d+)")
# Of workers whose operations do not match.
_OUT_OF_STEP = ("expected type", "Shape mismatch in the collective")


@contextlib.contextmanager
def explained(strategy):
    """Turns TensorFlow's errors about lost workers into `WorkerLost`.

    Others pass, and with a strategy of one worker all do.

    Args:
        strategy: `tf.distribute.Strategy`.

    Raises:
        WorkerLost: if another worker ended or does not answer.
    """
    try:
        yield
    except Exception as error:
        text = _explanation(strategy, error)
        if text is None:
            raise
        raise WorkerLost(text) from error


def _explanation(strategy, error):
    from keras_deep.training.strategies import is_multi_worker

    if not is_multi_worker(strategy):
        return None
    from tensorflow import errors

    found = str(error)
    lost = (
        errors.UnavailableError,
        errors.AbortedError,
        errors.DeadlineExceededError,
        errors.CancelledError,
    )
    broken = isinstance(error, errors.InternalError) and "ollective" in found
    if not broken and not isinstance(error, lost):
        return None
    if any(text in found for text in _OUT_OF_STEP):
        return (
            "Expected all workers to compute the same. Received: steps that "
            "do not match. Run the same program with the same arguments in "
            "all, with callbacks that decide the same everywhere."
        )
    return (
        f"Expected all workers to go on. Received: {_named(strategy, found)} "
        "ended or does not answer, and this process cannot go on without. "
        "Restart all tasks: the training resumes from its newest checkpoint."
    )


def _named(strategy, text):
    """Returns the tasks that TensorFlow's text names, without our own."""
    resolver = strategy.cluster_resolver
    jobs = resolver.cluster_spec().as_dict()
    all_tasks = [
        (x, str(i)) for x in TRAINING for i in range(len(jobs.get(x, ())))
    ]
    own = (resolver.task_type, str(resolver.task_id))
    named = {*_TASK.findall(text)} - {own}
    if not named and "CoordinationService" in text:  # The chief has it.
        named = {*all_tasks[:1]} - {own}
    if not named and len(all_tasks) == 2:
        named = {*all_tasks} - {own}
    names = [":".join(task) for task in sorted(named)]
    return enumerated(names) or "another worker"
