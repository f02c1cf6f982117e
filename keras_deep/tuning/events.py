"""What TensorBoard shows of a search: hyperparameters and scalars of trials.

Written by TensorBoard itself, so that no TensorFlow is needed.
"""

import contextlib
import time

from keras_deep.tuning.entries import Floats
from keras_deep.tuning.entries import Integers

_SCALARS = ("loss", "accuracy", "val_loss", "val_accuracy")


def write_space(folder, space):
    """Writes what is searched and measured.

    Args:
        folder: `pathlib.Path` of TensorBoard's logs.
        space: `Space`.
    """
    api = _hparams_api()
    if api is None or folder.exists():
        return
    summary = api.hparams_config_pb(
        [api.HParam(k, _domain(api, space[k])) for k in space],
        [api.Metric(name) for name in _SCALARS],
    )
    with _writer(folder) as write:
        write(summary)


def write_events(folder, trial_id, values, rows, failed=False):
    """Writes the hyperparameters of a trial, and its scalars by epoch.

    Args:
        folder: `pathlib.Path`, that of the trial in TensorBoard's logs. What
            is there stays: a trial ends once.
        trial_id: string.
        values: dict of the hyperparameters.
        rows: list of dicts, what each epoch measured.
        failed: bool. Whether the trial failed.
    """
    api = _hparams_api()
    if api is None or folder.exists():
        return
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.plugins.hparams import api_pb2
    from tensorboard.plugins.hparams import summary

    status = api_pb2.STATUS_FAILURE if failed else api_pb2.STATUS_SUCCESS
    plain = {name: _plain(value) for name, value in values.items()}
    with _writer(folder) as write:
        write(api.hparams_pb(plain, trial_id=trial_id))
        for row in rows:
            scalars = [
                Summary.Value(tag=name, simple_value=row[name])
                for name in row
                if name != "epoch"
            ]
            write(Summary(value=scalars), row["epoch"])
        write(summary.session_end_pb(status))


def _hparams_api():
    try:
        from tensorboard.plugins.hparams import api
    except ImportError:
        return None  # The extra `tensorboard` is optional.
    return api


@contextlib.contextmanager
def _writer(folder):
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    writer = EventFileWriter(str(folder))

    def write(summary, step=0):
        # Where TensorFlow is installed, it may be a class of that.
        summary = Summary.FromString(summary.SerializeToString())
        event = Event(wall_time=time.time(), step=step, summary=summary)
        writer.add_event(event)

    try:
        yield write
    finally:
        writer.close()


def _plain(value):
    return value if isinstance(value, (bool, int, float, str)) else str(value)


def _domain(api, entry):
    if isinstance(entry, Integers):
        return api.IntInterval(entry.low, entry.high)
    if isinstance(entry, Floats):
        return api.RealInterval(entry.low, entry.high)
    plain = [_plain(value) for value in entry.values]
    kinds = {type(value) for value in plain}
    return api.Discrete(plain if len(kinds) == 1 else [*map(str, plain)])
