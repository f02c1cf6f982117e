"""Downloads weights from the Hugging Face hub or a mirror."""

import inspect
import os
import pathlib
import re
from typing import NamedTuple

from keras_deep.convert.hub.hub_place import place_of
from keras_deep.utils.extras import require
from keras_deep.utils.network import reachable
from keras_deep.utils.network import require_reachable

_TRIALS = 3  # times that the bytes of a file may be received


class HubFile(NamedTuple):
    """A file in the hub's cache.

    Args:
        path: `pathlib.Path`.
        sha256: string, the file's hash according to the hub, or `None`.
        config: `pathlib.Path` of the repository's `config.json`, or `None`.
    """

    path: pathlib.Path
    sha256: str | None
    config: pathlib.Path | None


def from_hub(source):
    """Returns a file of weights, downloading it if necessary.

    Args:
        source: string, `hf://OWNER/REPO` or `hf://OWNER/REPO/FILE`, optionally
            with `@REVISION` at its end. The default file is
            `model.safetensors`, else `pytorch_model.bin`.

    Returns:
        `HubFile`.

    Raises:
        ValueError: if the name has another form, or the file does not exist or
            access is denied.
        ConnectionError: if the file is neither in the cache nor can it be
            downloaded.
        ImportError: without `keras_deep[hub]`.
    """
    place = place_of(source)
    cached = _find_cached(place, place.files, place.revision)
    get = _download if _online(place, cached) else _find_cached
    found = get(place, place.files, place.revision)
    if found is None:
        raise ValueError(
            f"Expected {place.repo!r} at {place.endpoint!r} to have "
            f"{' or '.join(place.files)} in its revision {place.revision!r}. "
            "Received: no such file. Another one is named by "
            "`hf://OWNER/REPO/FILE`."
        )
    path, etag = found
    # cache / repository / "snapshots" / commit / file
    commit = path.relative_to(place.cache).parts[2]
    config, _ = get(place, ("config.json",), commit) or (None, None)
    is_sha256 = re.fullmatch("[0-9a-f]{64}", etag)
    return HubFile(path, etag if is_sha256 else None, config)


def _online(place, cached):
    """Returns whether the hub can be reached.

    Raises:
        ConnectionError: if not, and the file is not cached.
    """
    if place.offline:
        if cached is None:
            raise ConnectionError(
                f"Expected {place.source!r} in the cache, for HF_HUB_OFFLINE "
                f"is set. Received: nothing there. {place.way_out}"
            )
        return False
    if cached is None:
        require_reachable(place.endpoint, place.source, place.way_out)
        return True
    return reachable(place.endpoint)


def _find_cached(place, files, revision):
    """Returns the path of the first of `files` and its etag, or `None`."""
    load = require("huggingface_hub", "hub").try_to_load_from_cache
    for file in files:
        path = load(place.repo, file, place.cache, revision)
        if isinstance(path, str):
            # A link to `blobs/ETAG`, which may itself be a link.
            link = os.readlink(path) if os.path.islink(path) else ""
            return pathlib.Path(path), os.path.basename(link)
    return None


def _download(place, files, revision):
    """Downloads a new file if the hub has one; see `_find_cached`."""
    hub = require("huggingface_hub", "hub")
    failures = (OSError, require("huggingface_hub.errors", "hub").HTTPError)
    for file in files:
        url = hub.hf_hub_url(
            place.repo, file, revision=revision, endpoint=place.endpoint
        )
        try:
            # Fails at once, while the download would retry for minutes.
            etag = place.api.get_hf_file_metadata(url=url).etag
        except failures as error:
            if _is_missing(error):
                continue
            cached = _find_cached(place, files, revision)
            if cached is None:
                raise _explained(error, place) from error
            return cached
        try:
            path = place.api.hf_hub_download(
                place.repo,
                file,
                revision=revision,
                cache_dir=place.cache,
                **_progress(place.api.hf_hub_download, hub.utils.tqdm),
            )
        except failures as error:
            raise _explained(error, place) from error
        return pathlib.Path(path), etag
    return None


def _progress(function, bar):
    """Returns arguments that limit how often a download restarts.

    Newer huggingface_hub retries forever if a host breaks off and does not
    support resuming. Older versions neither do that nor take the argument.
    """
    received = 0

    class Bar(bar):
        def update(self, n=1):
            nonlocal received
            received += max(n, 0)
            if self.total and received > _TRIALS * self.total:
                raise ConnectionError(f"broken off, {_TRIALS} times and more")
            return super().update(n)

    takes = "tqdm_class" in inspect.signature(function).parameters
    return {"tqdm_class": Bar} if takes else {}


def _is_missing(error):
    errors = require("huggingface_hub.errors", "hub")
    elsewhere = (errors.RepositoryNotFoundError, errors.RevisionNotFoundError)
    return _status(error) == 404 and not isinstance(error, elsewhere)


def _status(error):
    return getattr(getattr(error, "response", None), "status_code", None)


def _explained(error, place):
    """Returns the error to raise instead of one of huggingface_hub."""
    received = str(error).strip().partition("\n")[0].rstrip(".")
    if _status(error) in (401, 403, 404):
        return ValueError(
            f"Expected {place.source!r} to be a repository and a revision "
            f"that we may read at {place.endpoint!r}. Received: {received}. "
            "Check the name; a private or gated repository needs a token of "
            "a user who may read it in HF_TOKEN."
        )
    return ConnectionError(
        f"Expected all of {place.source!r} from {place.endpoint!r}. "
        f"Received: {received}. Nothing incomplete is kept; a second call "
        f"downloads it again. {place.way_out}"
    )
