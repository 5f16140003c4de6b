"""Chromium without a window, driven by its own protocol: pages opened, keys pressed, errors and requests noted."""
import base64
import contextlib
import json
import shutil
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-extensions", "--hide-scrollbars", "--mute-audio",
         "--remote-debugging-port=0", "--remote-allow-origins=*", "--force-color-profile=srgb")
KEYS = {"Tab": 9, "Enter": 13, "Escape": 27, " ": 32, "PageUp": 33, "PageDown": 34, "End": 35, "Home": 36,
        "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}
SHIFT = 8  # of the protocol's modifiers


def needed():
    """The program and the module that drives it; the test is skipped, with the reason, where one is missing."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    return program, pytest.importorskip("websocket", reason="websocket-client, which JupyterLab brings, is missing")


class Page:
    """One page. errors: what its console reported; requests: the addresses that it asked for, the page's own apart."""

    def __init__(self, connection):
        self.connection, self.number = connection, 0
        self.errors, self.requests, self.url = [], [], None
        for domain in ("Page", "Runtime", "Network", "Log", "DOM"):
            self.call(f"{domain}.enable")

    def call(self, method, **parameters):
        self.number += 1
        self.connection.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.connection.recv())
            self.note(message.get("method"), message.get("params"))
            if message.get("id") == self.number:
                assert "error" not in message, f"{method}: {message['error']}"
                return message["result"]

    def note(self, event, facts):
        if event == "Runtime.exceptionThrown":
            self.errors.append(facts["exceptionDetails"].get("exception", {}).get("description") or str(facts))
        elif event == "Log.entryAdded" and facts["entry"]["level"] in ("error", "warning"):
            self.errors.append(facts["entry"]["text"])
        elif event == "Runtime.consoleAPICalled" and facts["type"] in ("error", "warning", "assert"):
            self.errors.append(str(facts["args"]))
        elif event == "Network.requestWillBeSent" and facts["request"]["url"].split("#")[0] != self.url:
            self.requests.append(facts["request"]["url"])

    def open(self, file, width=1280, height=900, dark=False, still=True):
        """Open a file, and wait until its network runs. still: the reader prefers reduced motion."""
        self.look(width, height, dark, still)
        self.url = Path(file).resolve().as_uri()
        self.call("Page.navigate", url=self.url)
        self.until("document.readyState === 'complete' && window.livingNetwork !== undefined && "
                   f"location.href === {json.dumps(self.url)}")

    def look(self, width, height, dark=False, still=True):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                  mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce" if still else "no-preference"}])

    def js(self, expression):
        """The value of an expression, a promise's too."""
        result = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def until(self, condition, seconds=60):
        """Wait for a condition of the page."""
        end = time.monotonic() + seconds
        while not self.js(condition):
            assert time.monotonic() < end, f"after {seconds} s still not: {condition}"
            time.sleep(0.03)

    def settle(self):
        """Wait for two frames, after which everything that follows from an event has been drawn."""
        self.js("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def press(self, key, times=1, shift=False):
        """Press a key where the focus is."""
        facts = {"key": key, "code": "Space" if key == " " else key, "windowsVirtualKeyCode": KEYS[key],
                 "modifiers": SHIFT * shift}
        text = {"Enter": "\r", " ": " "}.get(key)
        for _ in range(times):
            self.call("Input.dispatchKeyEvent", type="keyDown", **facts, **({"text": text} if text else {}))
            self.call("Input.dispatchKeyEvent", type="keyUp", **facts)
        self.settle()

    def screenshot(self, file, whole=True):
        """A picture of the page: the whole, or what the window shows."""
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"clip": {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}} if whole else {}
        data = self.call("Page.captureScreenshot", captureBeyondViewport=whole, **clip)["data"]
        Path(file).write_bytes(base64.b64decode(data))


@contextlib.contextmanager
def browser():
    """A page in a browser of its own, which ends with the `with`."""
    program, websocket = needed()
    profile = tempfile.mkdtemp()
    try:
        process = subprocess.Popen([program, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            connection = websocket.create_connection(address(process, Path(profile)), timeout=120)
            try:
                yield Page(connection)
            finally:
                connection.close()
        finally:
            process.terminate()
            process.wait(20)
    finally:
        shutil.rmtree(profile, ignore_errors=True)  # its last processes may still be writing


def address(process, profile, seconds=60):
    """Where the browser's first page listens."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError, ValueError, IndexError):
            port = (profile / "DevToolsActivePort").read_text(encoding="utf8").split()[0]
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json", timeout=5) as answer:
                pages = [one for one in json.load(answer) if one["type"] == "page"]
            return pages[0]["webSocketDebuggerUrl"]
        time.sleep(0.1)
    raise RuntimeError(f"Chromium did not start within {seconds} s (exit status {process.poll()})")
