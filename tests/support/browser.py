"""Headless Chromium, driven through a pipe; skipped where there is none."""

import base64
import contextlib
import json
import os
import shutil
import subprocess
import time
import unittest

_FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run
--disable-background-networking --disable-component-update --disable-sync
--disable-extensions --disable-dev-shm-usage --hide-scrollbars
--remote-debugging-pipe""".split()
_SECONDS = 60


class Page:
    """A page of the browser."""

    def __init__(self, commands, answers):
        self._commands, self._answers = commands, answers
        self._number, self._session, self._rest = 0, None, b""
        target = self.call("Target.createTarget", url="about:blank")
        found = self.call(
            "Target.attachToTarget", targetId=target["targetId"], flatten=True
        )
        self._session = found["sessionId"]
        self.messages = []  # of the console, and errors
        self.call("Runtime.enable")
        self.call("Log.enable")

    def call(self, method, **parameters):
        """Returns the result of a command of Chromium's protocol."""
        self._number += 1
        command = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            command["sessionId"] = self._session
        os.write(self._commands, json.dumps(command).encode() + b"\0")
        while True:
            message = self._next()
            if message.get("id") == self._number:
                assert "error" not in message, message
                return message["result"]
            if message.get("method") in (
                "Runtime.exceptionThrown",
                "Runtime.consoleAPICalled",
                "Log.entryAdded",
            ):
                self.messages.append(message["params"])

    def _next(self):
        while b"\0" not in self._rest:
            part = os.read(self._answers, 2**20)
            assert part, "Chromium has ended."
            self._rest += part
        text, _, self._rest = self._rest.partition(b"\0")
        return json.loads(text)

    def evaluate(self, expression):
        """Returns the value of JavaScript."""
        found = self.call(
            "Runtime.evaluate",
            expression=expression,
            awaitPromise=True,
            returnByValue=True,
        )
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def until(self, expression):
        """Waits until JavaScript has a value that is true, and returns it."""
        end = time.monotonic() + _SECONDS
        while not (found := self.evaluate(expression)):
            assert time.monotonic() < end, expression
            time.sleep(0.05)
        return found

    def open(self, address, width=1100, height=800, scheme="light"):
        """Opens an address in a window of a size."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.call("Emulation.setEmulatedMedia", features=[feature])
        self.call("Page.navigate", url=address)
        self.until(
            f"location.href === {json.dumps(address)} && "
            "document.readyState === 'complete'"
        )

    def choose(self, selector, path):
        """Gives a file to an input, as a person does."""
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector=selector)
        self.call(
            "DOM.setFileInputFiles", nodeId=node["nodeId"], files=[str(path)]
        )

    def picture(self, path):
        """Writes a PNG of the whole page."""
        found = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(found["data"]))
        return path


@contextlib.contextmanager
def chromium(folder):
    """Yields a `Page` of a browser that keeps its files in a folder."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        raise unittest.SkipTest("There is no chromium: apt install chromium.")
    ends, ours = os.pipe(), os.pipe()
    command = [found, *_FLAGS, f"--user-data-dir={folder}"]
    # The browser reads from descriptor 3 and writes to 4.
    script = f'exec "$@" 3<&{ends[0]} 4>&{ours[1]}'
    process = subprocess.Popen(
        ["bash", "-c", script, "bash", *command],
        pass_fds=(ends[0], ours[1]),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    os.close(ends[0])
    os.close(ours[1])
    try:
        yield Page(ends[1], ours[0])
    finally:
        os.close(ends[1])  # It ends when nobody commands it.
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        os.close(ours[0])
