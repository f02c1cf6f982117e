"""Locations of files in a Hugging Face repository and in the cache."""

import os
import pathlib
import re
from typing import Any
from typing import NamedTuple

from keras_deep.utils.errors import UnknownNameError
from keras_deep.utils.extras import require

_ENDPOINT = "https://huggingface.co"
_TRUE = ("1", "ON", "YES", "TRUE")
_FILES = ("model.safetensors", "pytorch_model.bin")
_NAME = re.compile(
    r"hf://(?!.*@.*@|.*/\.)(?P<repo>[\w.-]+/[\w.-]+)"
    r"(?:@(?P<revision>[^/@]+))?(?:/(?P<file>[^@]+))?(?:@(?P<end>[^@]+))?"
)


class Place(NamedTuple):
    """A parsed name with the settings of the environment.

    The environment is read in every call; huggingface_hub itself reads it only
    when it is imported.

    Args:
        source: string, the name.
        repo: string, `OWNER/REPO`.
        files: tuple of names, of which the first existing file is used.
        revision: string, a branch, tag or commit.
        endpoint: string, the address of the hub.
        offline: bool. Whether requests to the hub are forbidden.
        cache: `pathlib.Path` of the cache of all repositories.
        api: `huggingface_hub.HfApi`.
    """

    source: str
    repo: str
    files: tuple
    revision: str
    endpoint: str
    offline: bool
    cache: pathlib.Path
    api: Any

    @property
    def way_out(self):
        """What to do without a network, for the end of a message."""
        url = f"{self.endpoint}/{self.repo}/resolve/{self.revision}"
        folder = "models--" + self.repo.replace("/", "--")
        return (
            f"Where there is a network, download {url}/{self.files[0]} and "
            f"pass the path of the file; or copy the folder "
            f"{folder!r} of another machine's cache to "
            f"{str(self.cache / folder)!r}; or name a mirror in HF_ENDPOINT "
            "or a proxy in HTTPS_PROXY."
        )


def place_of(source):
    """Parses a name and reads the environment.

    Args:
        source: string, `hf://OWNER/REPO`, optionally with a file and a
            revision.

    Returns:
        `Place`.

    Raises:
        ValueError: if the name has another form.
        ImportError: without `keras_deep[hub]`.
    """
    match = _NAME.fullmatch(source)
    if not match:
        raise UnknownNameError(
            "Expected `hf://OWNER/REPO` or `hf://OWNER/REPO/FILE`, with or "
            f"without `@REVISION`. Received: {source!r}"
        )
    hub = require("huggingface_hub", "hub")
    endpoint = _setting("HF_ENDPOINT", _ENDPOINT).rstrip("/")
    return Place(
        source,
        match["repo"],
        (match["file"],) if match["file"] else _FILES,
        match["revision"] or match["end"] or "main",
        endpoint,
        _setting("HF_HUB_OFFLINE", "").upper() in _TRUE,
        _cache(),
        hub.HfApi(endpoint=endpoint, token=_setting("HF_TOKEN")),
    )


def _cache():
    home = _setting("HF_HOME")
    library = require("huggingface_hub.constants", "hub").HF_HUB_CACHE
    folder = _setting("HF_HUB_CACHE", f"{home}/hub" if home else library)
    return pathlib.Path(os.path.expandvars(folder)).expanduser().resolve()


def _setting(name, default=None):
    return os.environ.get(name) or default
