"""The versions of a model: found in its folder, loaded and unloaded."""

import asyncio
import contextlib
import logging

from keras_deep.export.saved_model import versions as versions_in
from keras_deep.serving.errors import ServingError
from keras_deep.serving.errors import shortened
from keras_deep.serving.servable import Servable

_LOG = logging.getLogger(__name__)
_KEPT = 50  # ended versions that the status still has


class Model:
    """The versions of a model that are served.

    Args:
        name: string.
        folder: `pathlib.Path` with numbered SavedModels.
        options: `Options`.
        metrics: `Metrics`.
    """

    def __init__(self, name, folder, options, metrics):
        self.name, self.folder = name, folder
        self._options, self._metrics = options, metrics
        self._loaded = {}  # version to Servable
        self._states = {}  # version to its state and error
        self._failed = {}  # version to its files when it failed
        self._unloading = set()
        self.labels = {}

    @property
    def available(self):
        """The sorted versions that answer requests."""
        return sorted(self._loaded)

    @property
    def queued_rows(self):
        """The rows that wait."""
        return sum(one.queued_rows for one in self._loaded.values())

    def get(self, version=None, label=None):
        """Returns a `Servable`, by default the newest.

        Raises:
            ServingError: if that one is not loaded.
        """
        if label is not None:
            if label not in self.labels:
                raise ServingError(
                    f"Unrecognized servable version label: {label}"
                )
            version = self.labels[label]
        # OpenVINO's clients say 0 for the newest.
        if version in (None, 0) and 0 not in self._loaded and self._loaded:
            version = max(self._loaded)
        if version not in self._loaded:
            raise not_found(self.name, version)
        return self._loaded[version]

    def status(self, version=None, label=None):
        """Returns TF Serving's description of the versions' states.

        Raises:
            ServingError: if there is no such version.
        """
        if label is not None:
            version = self.get(label=label).version
        if version == 0 and 0 not in self._states:
            version = None
        if version is not None and version not in self._states:
            raise ServingError(
                f"Could not find version {version} of model {self.name}",
                "NOT_FOUND",
            )
        wanted = self._states if version is None else [version]
        if not wanted:
            raise no_versions(self.name)
        return {
            "model_version_status": [
                _status(number, *self._states[number])
                for number in sorted(wanted, reverse=True)
            ]
        }

    async def update(self):
        """Loads and unloads what the folder now asks for.

        A version takes the place of another once it is loaded. If it cannot
        be loaded the other stays, and it is tried again when its files change.
        """
        found = await asyncio.to_thread(versions_in, self.folder)
        wanted = self._options.wanted(found)
        wanted |= set(self.labels.values()) & set(found)
        for version in sorted(wanted - self._loaded.keys()):
            await self._load(version)
        for version in set(self._failed) - set(found):
            del self._failed[version]
        if self._options.versions == "latest" and wanted:
            newest = max(wanted)
            if newest not in self._loaded:
                # It failed: the newest one that works stays in its place.
                older = [x for x in self._loaded if x in found]
                wanted |= set(sorted(older)[-1:])
        for version in sorted(self._loaded.keys() - wanted):
            self._unload(version)

    async def close(self):
        """Unloads all, when their requests are answered."""
        for version in list(self._loaded):
            self._unload(version)
        await asyncio.gather(*self._unloading)

    async def _load(self, version):
        path = self.folder / str(version)
        files = await asyncio.to_thread(_files, path)
        if self._failed.get(version) == files:
            return
        self._states[version] = ("LOADING", "")
        try:
            servable = await asyncio.to_thread(
                Servable, self.name, version, path, self._options, self._metrics
            )
        # Whatever TensorFlow makes of damaged files.
        except Exception as error:
            text = shortened(str(error).strip() or type(error).__name__, 300)
            self._failed[version] = files
            self._states[version] = ("END", text)
            _LOG.error("%s, version %s: %s", self.name, version, text)
            return
        self._failed.pop(version, None)
        self._loaded[version] = servable
        self._states[version] = ("AVAILABLE", "")
        _LOG.info("%s, version %s: available", self.name, version)

    def _unload(self, version):
        async def unload(servable):
            await servable.unload()
            if version not in self._loaded:
                self._states[version] = ("END", "")
            self._forget()
            _LOG.info("%s, version %s: unloaded", self.name, version)

        self._states[version] = ("UNLOADING", "")
        task = asyncio.create_task(unload(self._loaded.pop(version)))
        self._unloading.add(task)
        task.add_done_callback(self._unloading.discard)

    def _forget(self):
        ended = [x for x, (state, _) in self._states.items() if state == "END"]
        for version in sorted(ended)[:-_KEPT]:
            del self._states[version]


def not_found(name, version=None):
    """Returns the error of a request to what is not served."""
    which = f"Latest({name})" if version is None else f"({name}, {version})"
    which = which if version is None else f"Specific{which}"
    return ServingError(f"Servable not found for request: {which}", "NOT_FOUND")


def no_versions(name):
    """Returns the error of a question about what is not there."""
    return ServingError(
        f"Could not find any versions of model {name}", "NOT_FOUND"
    )


def _status(version, state, error):
    code = "UNKNOWN" if error else "OK"
    return {
        "version": str(version),
        "state": state,
        "status": {"error_code": code, "error_message": error},
    }


def _files(folder):
    """Returns what changes when somebody writes to a folder."""
    found = []
    for path in sorted(folder.rglob("*")):
        with contextlib.suppress(OSError):  # It is deleted meanwhile.
            state = path.stat()
            found.append((str(path), state.st_size, state.st_mtime_ns))
    return found
