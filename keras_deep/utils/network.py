"""Reachable hosts and complete downloads."""

import contextlib
import os
import pathlib
import socket
import threading
import urllib.parse
import urllib.request

import keras

from keras_deep.utils.files import written_whole

PATIENCE = 4.0  # seconds until a host counts as unreachable
STALL = 30.0  # seconds without a byte until a download is aborted
_PORTS = {"https": 443, "http": 80}
_SOCKS_PORT = 1080
_NOT_FOR_US = (401, 403, 404, 410)  # statuses that a retry won't change


def require_reachable(url, name, way_out):
    """Raises an error at once where a download would wait for the network.

    Args:
        url: string, an address at the host.
        name: string, what is downloaded from there.
        way_out: string, what to do without a network.

    Raises:
        ConnectionError: within 5 seconds, if the host cannot be reached; the
            message ends with `way_out`.
        ValueError: if `url` names no host.
    """
    if not reachable(url):
        host = urllib.parse.urlsplit(url).hostname
        raise ConnectionError(
            f"Expected {host!r} to be reachable, from where {name!r} is "
            f"downloaded. Received: no connection. {way_out}"
        )


def reachable(url):
    """Returns whether the host, or the proxy before it, accepts a connection.

    It takes 4 seconds at most.

    Args:
        url: string, an address at the host.

    Raises:
        ValueError: if `url` names no host.
    """
    address = _address(url)
    answers = []

    def connect():
        try:
            socket.create_connection(address, timeout=PATIENCE - 1).close()
            answers.append(True)
        except OSError:
            pass

    # Resolving a name has no timeout, so a thread may be left behind.
    thread = threading.Thread(target=connect, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    return bool(answers)


def _address(url):
    """Returns the host and port that a request for `url` connects to."""
    parsed = urllib.parse.urlsplit(url)
    if not parsed.hostname:
        raise ValueError(
            "Expected the address of a host, such as 'https://example.org'. "
            f"Received: {url!r}"
        )
    proxies = urllib.request.getproxies()
    proxy = proxies.get(parsed.scheme) or proxies.get("all")
    host = parsed.netloc.rpartition("@")[2]
    if proxy and not urllib.request.proxy_bypass(host):
        parsed = urllib.parse.urlsplit(
            proxy if "://" in proxy else f"http://{proxy}"
        )
    port = parsed.port or _PORTS.get(parsed.scheme, _SOCKS_PORT)
    return parsed.hostname, port


def keras_cache(folder):
    """Returns the `pathlib.Path` of a folder in Keras's cache of downloads.

    Args:
        folder: string, such as `"datasets"`.
    """
    home = os.environ.get("KERAS_HOME", "~/.keras")
    return pathlib.Path(home).expanduser() / folder


def download(url, path):
    """Downloads a file, completely or not at all, with a progress bar.

    Args:
        url: string.
        path: `pathlib.Path` of the file to write.

    Raises:
        ValueError: if the host has no such file or denies access to it.
        ConnectionError: if the host does not send the whole file.
    """
    with written_whole(path) as temporary, _stalls_end():
        try:
            keras.utils.get_file(
                temporary.name,
                url,
                cache_dir=temporary.parent,
                cache_subdir="",
            )
        except Exception as error:  # Keras raises no narrower class.
            _explain(error, url)


@contextlib.contextmanager
def _stalls_end():
    # Keras sets no timeout: a host that stops sending would block forever.
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(STALL)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def _explain(error, url):
    answer = error.__context__
    code = getattr(answer, "code", None)
    if code in _NOT_FOR_US:
        raise ValueError(
            f"Expected {url!r} to be a file that can be read. "
            f"Received: {answer}. Check the address."
        ) from error
    raise ConnectionError(
        f"Expected all of {url!r}. Received: {error}. Nothing of it is kept; "
        "a second call downloads it again."
    ) from error
