"""A version of a model, while it is served."""

import asyncio
import contextlib

from keras_deep.serving import metrics as names
from keras_deep.serving.batching import Batcher
from keras_deep.serving.saved_models import load_saved_model


class Servable:
    """A loaded version, its queues, and the requests that use it.

    Only the thread of the event loop uses it, but for the constructor.

    Args:
        name: string, the model's.
        version: int.
        path: path of the SavedModel.
        options: `Options`.
        metrics: `Metrics`.

    Raises:
        Exception: whatever TensorFlow raises, if it cannot be loaded.
    """

    def __init__(self, name, version, path, options, metrics):
        self.name, self.version, self.path = name, version, path
        self._options, self._metrics = options, metrics
        self._model = load_saved_model(path)
        self._batchers = {}
        self._uses = 0
        self._unused = asyncio.Event()
        self._unused.set()

    @property
    def signatures(self):
        """Dict of name to `Signature`."""
        return self._model.signatures

    @property
    def metadata(self):
        """Dict, TF Serving's description of the signatures."""
        return self._model.metadata

    @property
    def queued_rows(self):
        """The rows that wait."""
        return sum(batcher.rows for batcher in self._batchers.values())

    @contextlib.contextmanager
    def use(self):
        """Keeps the version loaded for a request."""
        self._uses += 1
        self._unused.clear()
        try:
            yield self
        finally:
            self._uses -= 1
            if not self._uses:
                self._unused.set()

    async def compute(self, signature, inputs, pixels=0):
        """Returns the outputs of a `Signature` for a dict of arrays."""
        batcher = self._batchers.get(signature.name)
        if batcher is None:
            batcher = Batcher(signature, self._options, self._observe)
            self._batchers[signature.name] = batcher
        return await batcher(inputs, pixels)

    async def unload(self):
        """Waits for the requests that use it, and frees its memory."""
        await self._unused.wait()
        await asyncio.to_thread(self.close)

    def close(self):
        """Frees the memory when what is computed is done."""
        for batcher in self._batchers.values():
            batcher.close()
        self._batchers = {}
        self._model.close()

    def _observe(self, seconds, rows):
        self._metrics.observe(
            names.RUNTIME, seconds * 1e6, model_name=self.name, runtime="TF1"
        )
        self._metrics.observe(names.BATCH_ROWS, rows, model_name=self.name)
