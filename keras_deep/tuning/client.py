"""What a process of a search asks its chief, until it answers."""

import time

import grpc
from keras_tuner import errors

_TIMEOUT = 60.0  # seconds of a call, which may wait for others
_PATIENCE = 600.0  # seconds of all calls for one answer
_PAUSE = 0.5
_TRANSIENT = (
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.CANCELLED,
    grpc.StatusCode.ABORTED,
)


class ChiefLost(errors.FatalError):
    """The chief of a search does not answer."""


def with_patience(client):
    """Makes a client of an oracle repeat what fails on the way.

    keras-tuner's own gives up, and a trial that was trained is lost. Our
    oracles know a call that comes a second time.

    Args:
        client: keras-tuner's `OracleClient`.
    """
    client.stub = _Patient(client.stub)
    create = client.create_trial

    def create_trial(tuner_id):
        trial = create(tuner_id)
        while trial.status == "IDLE":  # Other trials decide what is next.
            time.sleep(_PAUSE)
            trial = create(tuner_id)
        return trial

    client.create_trial = create_trial


class _Patient:
    """The functions of a stub, which try again."""

    def __init__(self, stub):
        self._stub = stub

    def __getattr__(self, name):
        call = getattr(self._stub, name)

        def patient(request, **kwargs):
            end = time.monotonic() + _PATIENCE
            while True:
                try:
                    return call(request, **{**kwargs, "timeout": _TIMEOUT})
                except grpc.RpcError as error:
                    passes = error.code() in _TRANSIENT
                    if not passes or time.monotonic() > end:
                        raise ChiefLost(f"{name}: {error}") from error
                time.sleep(_PAUSE)

        return patient
