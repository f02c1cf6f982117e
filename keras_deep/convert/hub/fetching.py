"""Finds or downloads the file of weights by name."""

import hashlib
import os
import pathlib
import re
import urllib.parse
from typing import NamedTuple

from keras_deep.convert.hub.hugging_face import from_hub
from keras_deep.convert.hub.timm_config import read_preprocessing
from keras_deep.convert.hub.torchvision_weights import find_weights
from keras_deep.convert.hub.torchvision_weights import images_of
from keras_deep.utils.errors import UnknownNameError
from keras_deep.utils.errors import did_you_mean
from keras_deep.utils.network import download
from keras_deep.utils.network import keras_cache
from keras_deep.utils.network import require_reachable
from keras_deep.utils.preprocessing import Preprocessing

_TORCHVISION_URL = "https://download.pytorch.org/models"
# resnet50-11ad3fa6.pth, also with two endings
_HASHED = re.compile(r".*-([0-9a-f]{8,64})(?:\.[A-Za-z]\w*)+")


class Fetched(NamedTuple):
    """A local file of weights.

    Args:
        path: `pathlib.Path`.
        preprocessing: `Preprocessing` of the weights, or `None` if their origin
            does not state it.
        sha256: string, hash of the file in hexadecimal digits, or `None` for a
            local file, which is not checked.
    """

    path: pathlib.Path
    preprocessing: Preprocessing | None
    sha256: str | None


def fetch(source):
    """Returns a local file of weights, downloading it if necessary.

    Downloads stay in the cache of Keras or Hugging Face. If the hash is known,
    it is checked at every call.

    Args:
        source: string or path:

            - the path of a file;
            - `hf://timm/resnet50.a1_in1k`, a repository of Hugging Face,
              optionally with a file and a revision:
              `hf://OWNER/REPO/FILE@REVISION`. HF_ENDPOINT names a mirror;
              HF_HOME, HF_HUB_CACHE, HF_HUB_OFFLINE and HF_TOKEN are obeyed;
            - `torchvision://ResNet50_Weights.IMAGENET1K_V2`, weights of
              torchvision. KERAS_DEEP_TORCHVISION_URL names a mirror;
            - `https://HOST/PATH`, any other file. If its name ends in a hash
              as in `resnet50-11ad3fa6.pth`, the file must have that SHA-256.

    Returns:
        `Fetched`.

    Raises:
        FileNotFoundError: if there is no file at a local path.
        ValueError: if the name is unknown, or the hash of the file is wrong;
            the file is removed then.
        ConnectionError: if the file is not cached and its host cannot be
            reached, within 5 seconds, or does not send all of it.
    """
    text = os.fspath(source)
    scheme, separator, _ = text.partition("://")
    if not separator:
        return _from_path(text)
    if scheme not in _SCHEMES:
        raise UnknownNameError(
            "Expected the path of a file or a name that begins with one of "
            f"{[f'{name}://' for name in _SCHEMES]}. Received: {text!r}."
            f"{did_you_mean(scheme, _SCHEMES)}"
        )
    return _SCHEMES[scheme](text)


def _from_path(text):
    path = pathlib.Path(text).expanduser()
    if not path.is_file():
        reason = "which is a folder" if path.is_dir() else "where there is none"
        raise FileNotFoundError(
            f"Expected the path of a file. Received: {text!r}, {reason}. "
            "Names of published weights begin with one of "
            f"{[f'{name}://' for name in _SCHEMES]}."
        )
    return Fetched(path, None, None)


def _from_hugging_face(text):
    file = from_hub(text)
    sha256 = _checked(file.path, file.sha256 or "", text)
    images = read_preprocessing(file.config) if file.config else None
    return Fetched(file.path, images, sha256)


def _from_torchvision(text):
    name = text.partition("://")[2]
    file, _ = find_weights(name)
    mirror = os.environ.get("KERAS_DEEP_TORCHVISION_URL") or _TORCHVISION_URL
    fetched = _from_address(
        f"{mirror.rstrip('/')}/{file}",
        "name a mirror in KERAS_DEEP_TORCHVISION_URL",
    )
    return fetched._replace(preprocessing=images_of(name))


def _from_address(url, mirror="name a proxy in HTTPS_PROXY"):
    path, digits = _cache_place(url)
    if not path.is_file():
        require_reachable(
            url,
            url,
            "Download it where there is a network and pass the "
            f"path of the file, or put it at {str(path)!r}; or {mirror}.",
        )
        download(url, path)
    return Fetched(path, None, _checked(path, digits, url))


_SCHEMES = {
    "hf": _from_hugging_face,
    "torchvision": _from_torchvision,
    "https": _from_address,
    "http": _from_address,
}


def _cache_place(url):
    """Returns the path of a download in the cache and its hash's first digits.

    A name without a hash may be another file at another address, so such a
    file gets its own folder.
    """
    name = urllib.parse.urlsplit(url).path.rpartition("/")[2]
    if name.strip(".") == "":
        raise ValueError(
            "Expected the address of a file, such as "
            f"'https://example.org/model.pth'. Received: {url!r}"
        )
    fits = _HASHED.fullmatch(name)
    if fits:
        return keras_cache("models") / name, fits[1]
    folder = hashlib.sha256(url.encode()).hexdigest()[:8]
    return keras_cache("models") / folder / name, ""


def _checked(path, digits, source):
    """Returns the hash of a file; removes the file if the hash is wrong."""
    found = sha256_of(path)
    if not found.startswith(digits):
        _remove(path)
        raise ValueError(
            f"Expected the file of {source!r} to have a SHA-256 that starts "
            f"with {digits}. Received: {found} in {str(path)!r}, which is "
            "removed; a second call downloads it again. If the file is what "
            "you want nevertheless, download it and pass its path."
        )
    return found


def sha256_of(path):
    """Returns the SHA-256 of a file in hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _remove(path):
    # Hugging Face's cache has symbolic links to files and to other links.
    while path.is_symlink():
        target = path.parent / os.readlink(path)
        path.unlink()
        path = target
    path.unlink()
