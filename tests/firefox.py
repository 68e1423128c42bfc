"""Firefox, where it is installed, driven by its own protocol, Marionette.

Playwright cannot drive a distribution's. A message is its length, a colon, and JSON;
[0, number, command, parameters] is answered by [1, number, error, value]:
https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html
"""

import json
import os
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

NAMES = ("firefox-esr", "firefox")
PREFERENCES = {
    "marionette.port": 0,  # any that is free; Firefox writes it into its profile
    "network.proxy.type": 1,  # whatever is not on this machine leads nowhere
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "network.proxy.no_proxies_on": "127.0.0.1",
    "network.proxy.allow_hijacking_localhost": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "browser.shell.checkDefaultBrowser": False,
}


def executable():
    """Path of Firefox, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def firefox(width=1280, height=900):
    """Firefox, ready for pages, with a window of this size in pixels."""
    with TemporaryDirectory() as profile:
        lines = [
            f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
            for name, value in PREFERENCES.items()
        ]
        Path(profile, "user.js").write_text("".join(lines))
        command = [
            executable(),
            "--headless",
            "--marionette",
            "--no-remote",
            "--profile",
            profile,
        ]
        size = {"MOZ_HEADLESS_WIDTH": str(width), "MOZ_HEADLESS_HEIGHT": str(height)}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen(
            command, env={**os.environ, **size, "HOME": profile}, **quiet
        )
        try:
            yield Driver(port_of(Path(profile, "MarionetteActivePort"), process))
        finally:
            process.terminate()
            process.wait(20)


def port_of(file, process, limit=60):
    """The port that Firefox listens on. Raises RuntimeError if it ends, or says none
    within the limit in seconds."""
    for _ in range(10 * limit):
        if process.poll() is not None:
            raise RuntimeError(f"Firefox ended with status {process.returncode}")
        if file.exists() and (text := file.read_text().strip()):
            return int(text)
        time.sleep(0.1)
    raise RuntimeError(f"Firefox did not start within {limit} s")


class Driver:
    """One window of a running Firefox."""

    def __init__(self, port):
        self.stream = socket.create_connection(
            ("127.0.0.1", port), timeout=60
        ).makefile("rwb")
        self.numbers = count(1)
        self.receive()  # its greeting
        self.send("WebDriver:NewSession", {"capabilities": {}})

    def receive(self):
        length = b""
        while not length.endswith(b":"):
            length += self.stream.read(1)
        return json.loads(self.stream.read(int(length[:-1])))

    def send(self, command, parameters):
        """The command's value. Raises RuntimeError with Firefox's own words where it
        fails."""
        message = json.dumps([0, next(self.numbers), command, parameters]).encode()
        self.stream.write(b"%d:%s" % (len(message), message))
        self.stream.flush()
        _, _, error, value = self.receive()
        if error:
            raise RuntimeError(f"{error['error']}: {error['message']}")
        return value

    def goto(self, address):
        self.send("WebDriver:Navigate", {"url": address})

    def evaluate(self, function, *arguments):
        """What the function gives for the arguments; a promise is awaited."""
        script = f"return ({function})(...arguments)"
        return self.send(
            "WebDriver:ExecuteScript", {"script": script, "args": list(arguments)}
        )["value"]

    def wait_for(self, function, *arguments, limit=60):
        """Its value, once it is true; TimeoutError after the limit in seconds."""
        for _ in range(10 * limit):
            if value := self.evaluate(function, *arguments):
                return value
            time.sleep(0.1)
        raise TimeoutError(f"not true within {limit} s: {function}")
