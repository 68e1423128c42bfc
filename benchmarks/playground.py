"""How many steps a second does the playground train, beside TensorFlow.js and jax-js?

`make benchmark` prints, for two networks, each way's steps per second in headless
Chromium (median over rounds) and the playground's median ratio to it in the same round.
Every way trains the same network from the same weights in float32 on a batch of 64, and
reads the norm of every layer's gradient at each step; all are warm and take turns. The
peers come from npm at the versions of playground.json; jax-js and TensorFlow.js'
wasm may use threads.
"""

import functools
import http.server
import shutil
import statistics
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import launch

ROOT = Path(__file__).resolve().parent.parent
PAGE = b"""<!doctype html><title>benchmark</title>
<script type="module" src="/playground.js"></script>"""
PEERS = ROOT / ".cache" / "playground-peers"
ROUNDS, SECONDS = 15, 0.5  # many short rounds, since other work of the machine varies
WAYS = ("playground", "tfjs-cpu", "tfjs-wasm", "jax-js")
NETS = [
    {"depth": depth, "width": width, "activation": activation}
    for activation in ("sigmoid", "relu")
    for depth, width in ((10, 16), (30, 32))
]


def install():
    """The peers, in .cache; nothing of theirs gets into the project."""
    if not shutil.which("npm"):
        sys.exit(
            "The playground's peers come from npm, and there is none: "
            "install the package npm (Debian: npm)."
        )
    PEERS.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "benchmarks" / "playground.json", PEERS / "package.json")
    command = [
        "npm",
        "install",
        "--silent",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
    ]
    subprocess.run(command, cwd=PEERS, check=True)


class Handler(http.server.SimpleHTTPRequestHandler):
    """The engine, the peers and the benchmark under one address.

    It is isolated, so that wasm may use threads.
    """

    def translate_path(self, path):
        path = path.split("?")[0]
        folders = {
            "/engine/": ROOT / "docs/assets/playground/engine",
            "/peers/": PEERS / "node_modules",
        }
        for prefix, folder in folders.items():
            if path.startswith(prefix):
                return str(folder / path.removeprefix(prefix))
        return str(ROOT / "benchmarks" / path.lstrip("/"))

    def do_GET(self):
        if self.path != "/":
            return super().do_GET()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE)

    def end_headers(self):
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()

    def log_message(self, *arguments):
        pass


def compare(browser, base, net):
    """Steps per second of each way, by round: {way: [number, ...]}."""
    pages, first = {}, {}
    for way in WAYS:
        pages[way] = browser.new_page()
        pages[way].goto(base)
        pages[way].wait_for_function("() => Boolean(window.prepare)")
        first[way] = pages[way].evaluate(
            "([way, net]) => prepare(way, net)", [way, net]
        )
    for way, (
        start,
        end,
    ) in first.items():  # the same network in all of them, or the race is void
        for ours, theirs in zip(first["playground"], (start, end)):
            if abs(ours - theirs) > 1e-4 * ours:
                sys.exit(
                    f"{way} trains another network: losses {start}, {end}, "
                    f"not {first['playground']}"
                )
    found = {way: [] for way in WAYS}
    for _ in range(ROUNDS):
        for way, page in pages.items():
            found[way].append(page.evaluate("(seconds) => measure(seconds)", SECONDS))
    for page in pages.values():
        page.close()
    return found


@contextmanager
def served():
    """The address of the benchmark's page."""
    handler = functools.partial(Handler, directory=str(ROOT))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def main():
    install()
    with sync_playwright() as playwright, served() as base:
        browser = launch(playwright)
        for net in NETS:
            found = compare(browser, base, net)
            print(f"\n{net['depth']} {net['activation']} layers of {net['width']}")
            print(f"{'':12} steps/s  playground over it")
            for way, rates in found.items():
                ratio = statistics.median(
                    a / b for a, b in zip(found["playground"], rates)
                )
                print(
                    f"{way:12} {statistics.median(rates):8,.0f} {ratio:8.2f}",
                    flush=True,
                )
        browser.close()


if __name__ == "__main__":
    main()
