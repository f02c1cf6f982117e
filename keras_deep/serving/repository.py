"""The models of a folder, and the labels of their versions."""

import asyncio
import logging
import pathlib
import re

from keras_deep.export.saved_model import versions as versions_in
from keras_deep.serving.versions import Model
from keras_deep.serving.versions import no_versions
from keras_deep.serving.versions import not_found
from keras_deep.utils.json_text import parse_json

_LOG = logging.getLogger(__name__)
_NAME = re.compile(r"[^/:]+")


class Repository:
    """All models that are served.

    Args:
        base: path of a folder with numbered SavedModels, or of one with a
            folder of that kind for each model.
        name: string, the model's, or `None` for that of the folder. There may
            be none for several models.
        labels: dict of model to a dict of label to version.
        labels_file: path of a JSON file with the same, or with the labels of
            the only model. It is read again when the folders are.
        options: `Options`.
        metrics: `Metrics`.

    Raises:
        ValueError: if there is no model, or the labels are none.
        FileNotFoundError: if a path does not exist.
    """

    def __init__(self, base, name, labels, labels_file, options, metrics):
        self._base = pathlib.Path(base).resolve()
        self._options, self._metrics = options, metrics
        if not self._base.is_dir():
            raise FileNotFoundError(
                "Expected the folder of numbered SavedModels, or of several "
                f"such folders. Received: {str(base)!r}, which does not exist "
                "or is a file."
            )
        self._single = None
        if versions_in(self._base):
            self._single = _checked(name or self._base.name)
        self._models = {}
        self._find()
        if not self._models:
            raise ValueError(
                "Expected a folder of numbered SavedModels, such as "
                f"{base}/1/saved_model.pb, or of several such folders. "
                f"Received: {str(base)!r} without any. `keras-deep export` "
                "writes them."
            )
        if name is not None and self._single is None:
            raise ValueError(
                "Expected no `name` for a folder of several models, which have "
                f"the names of their folders. Received: {name!r}"
            )
        self._given, self._labels_file = labels or {}, labels_file
        self._label()

    @property
    def models(self):
        """Dict of name to `Model`."""
        return self._models

    @property
    def queued_rows(self):
        """The rows that wait."""
        return sum(model.queued_rows for model in self._models.values())

    def get(self, name, version=None, label=None):
        """Returns a `Servable`, by default the newest of a model.

        Raises:
            ServingError: if it is not served.
        """
        if name not in self._models:
            raise not_found(name, version)
        return self._models[name].get(version, label)

    def status(self, name, version=None, label=None):
        """Returns the states of a model's versions.

        Raises:
            ServingError: if there is no such model or version.
        """
        if name not in self._models:
            raise no_versions(name)
        return self._models[name].status(version, label)

    async def update(self):
        """Loads and unloads what the folders and labels now ask for."""
        try:
            if self._single is None:
                await asyncio.to_thread(self._find)
            await asyncio.to_thread(self._label)
        except (OSError, ValueError) as error:
            _LOG.error("%s", error)
        for model in list(self._models.values()):
            await model.update()

    async def watch(self):
        """Updates for ever."""
        while True:
            await asyncio.sleep(self._options.poll_seconds)
            try:
                await self.update()
            # A full disk, say: the models that are loaded go on.
            except Exception:
                _LOG.exception("The folders could not be read.")

    async def close(self):
        """Unloads all, when their requests are answered."""
        await asyncio.gather(*(x.close() for x in self._models.values()))

    def _find(self):
        if self._single is not None:
            folders = {self._single: self._base}
        else:
            folders = {
                path.name: path
                for path in sorted(self._base.iterdir())
                if path.is_dir() and versions_in(path)
            }
        for name, folder in folders.items():
            if name not in self._models and _NAME.fullmatch(name):
                self._models[name] = Model(
                    name, folder, self._options, self._metrics
                )

    def _label(self):
        found = dict(self._given)
        if self._labels_file is not None:
            text = pathlib.Path(self._labels_file).read_bytes()
            found |= self._read(parse_json(text))
        for name, labels in found.items():
            if name in self._models:
                self._models[name].labels = dict(labels)

    def _read(self, document):
        if isinstance(document, dict) and len(self._models) == 1:
            if all(type(value) is int for value in document.values()):
                document = {next(iter(self._models)): document}
        if not isinstance(document, dict) or not all(
            isinstance(labels, dict)
            and all(type(version) is int for version in labels.values())
            for labels in document.values()
        ):
            raise ValueError(
                'Expected labels such as {"model": {"stable": 2}} in '
                f"{str(self._labels_file)!r}. Received: {str(document)[:80]}"
            )
        return document


def _checked(name):
    if not _NAME.fullmatch(name):
        raise ValueError(
            "Expected a `name` without slash and colon, which mean something "
            f"in the addresses. Received: {name!r}"
        )
    return name
