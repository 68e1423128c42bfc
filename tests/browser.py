"""A Chromium for the tests: the system's, else Playwright's, else one that `python -m tests.browser` installs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ARGUMENTS = [  # a browser that asks nobody anything
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


def executable(playwright):
    """Path of a Chromium that starts, or None."""
    own = playwright.chromium.executable_path
    candidates = [path for name in NAMES if (path := shutil.which(name))] + ([own] if Path(own).exists() else [])
    return next((path for path in candidates if starts(path)), None)


def starts(path):
    """Whether the program runs at all: Playwright's own may lack the system's libraries."""
    return subprocess.run([path, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def ways_to_install():
    """Commands that may bring a browser, best first."""
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    apt = [*root, "apt-get"]
    libraries = [] if os.geteuid() else ["--with-deps"]
    playwright = [sys.executable, "-m", "playwright", "install", *libraries, "chromium"]
    ways = [[playwright]]
    if shutil.which("apt-get"):
        ways.append([[*apt, "update", "-qq"], [*apt, "install", "-y", "-qq", "--no-install-recommends", "chromium"]])
    return ways


def found():
    with sync_playwright() as playwright:
        return executable(playwright)


def ensure():
    """Path of a Chromium, installed if need be. Ends with a clear message where none can be had."""
    if path := found():
        return path
    for commands in ways_to_install():
        print("no Chromium found:", " && ".join(" ".join(command) for command in commands), flush=True)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
        if all(subprocess.run(command, **quiet).returncode == 0 for command in commands) and (path := found()):
            return path
    sys.exit("The tests need Chromium, and none could be installed: install the package chromium, or Google Chrome.")


def launch(playwright, *more):
    """The browser, ready for pages. more: arguments of its command."""
    sandbox = [] if os.name != "posix" or os.geteuid() else ["--no-sandbox"]  # Chromium's sandbox refuses root
    return playwright.chromium.launch(executable_path=executable(playwright), args=[*ARGUMENTS, *sandbox, *more])


# Scrolls to the end as a reader does, screen by screen.
READ = """async () => {
  for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) {
    scrollTo({top: y, behavior: "instant"});
    await new Promise((done) => setTimeout(done, 30));
  }
  for (const img of document.images) img.loading = "eager"; // one that was passed too fast would never decode
  await Promise.all([...document.images].map((img) => img.decode().catch(() => {})));
}"""
# Then all of it counts as near.
SHOW = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("* { content-visibility: visible !important }");
  document.adoptedStyleSheets.push(sheet);
  scrollTo({top: 0, behavior: "instant"});
}"""


def read(page):
    """Read the page to its end, and leave all of it rendered."""
    page.evaluate(READ)
    page.evaluate(SHOW)


def addresses(folder):
    """The site's pages as paths below its root, the 404 page included."""
    found = [path.parent.relative_to(folder).as_posix() + "/" for path in sorted(folder.rglob("index.html"))]
    return ["" if path == "./" else path for path in found] + ["404.html"]


if __name__ == "__main__":
    print(ensure())
