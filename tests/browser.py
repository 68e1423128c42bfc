"""A Chromium for the tests: the system's, else Playwright's, else one installed by
`python -m tests.browser`.

It installs Firefox too where it can.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests import firefox

NAMES = (
    "chromium-headless-shell",  # opens no window: a third of the time is saved
    *("chromium", "chromium-browser", "google-chrome-stable", "google-chrome"),
)
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
    candidates = [path for name in NAMES if (path := shutil.which(name))] + (
        [own] if Path(own).exists() else []
    )
    return next((path for path in candidates if starts(path)), None)


def starts(path):
    """Whether the program runs at all: Playwright's own may lack the system's
    libraries."""
    return (
        subprocess.run(
            [path, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ).returncode
        == 0
    )


def by_apt(package):
    """Commands that bring a Debian package."""
    apt = [*([] if os.geteuid() == 0 else ["sudo", "-n"]), "apt-get"]
    return [
        [*apt, "update", "-qq"],
        [*apt, "install", "-y", "-qq", "--no-install-recommends", package],
    ]


def ran(reason, commands):
    """Whether all commands succeeded; says which they are, and why."""
    print(
        f"{reason}:", " && ".join(" ".join(command) for command in commands), flush=True
    )
    quiet = {
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
        "stdin": subprocess.DEVNULL,
    }
    return all(subprocess.run(command, **quiet).returncode == 0 for command in commands)


def ways_to_install():
    """Commands that may bring a Chromium, best first."""
    libraries = [] if os.geteuid() else ["--with-deps"]
    playwright = [sys.executable, "-m", "playwright", "install", *libraries, "chromium"]
    ways = [[playwright]]
    if shutil.which("apt-get"):
        ways += [by_apt("chromium-headless-shell"), by_apt("chromium")]
    return ways


def found():
    with sync_playwright() as playwright:
        return executable(playwright)


def ensure():
    """Path of a Chromium, installed if need be. Ends with a clear message where none
    can be had."""
    if path := found():
        return path
    for commands in ways_to_install():
        if ran("no Chromium found", commands) and (path := found()):
            return path
    sys.exit(
        "The tests need Chromium, and none could be installed: "
        "install the package chromium, or Google Chrome."
    )


def launch(playwright, *more):
    """The browser, ready for pages. more: arguments of its command."""
    sandbox = (
        [] if os.name != "posix" or os.geteuid() else ["--no-sandbox"]
    )  # Chromium's sandbox refuses root
    return playwright.chromium.launch(
        executable_path=executable(playwright), args=[*ARGUMENTS, *sandbox, *more]
    )


# Scrolls to the end as a reader does, screen by screen.
READ = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) {
    scrollTo({top: y, behavior: "instant"});
    // What comes near is drawn, seen, and then mended.
    for (let frames = 0; frames < 4; frames++) await frame();
  }
  // One that was passed too fast would never decode.
  for (const img of document.images) img.loading = "eager";
  await Promise.all([...document.images].map((img) => img.decode().catch(() => {})));
}"""
# Then all of it counts as near, and nothing is on its way.
SHOW = """async () => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`*, ::before, ::after {
    content-visibility: visible !important; transition: none !important }`);
  document.adoptedStyleSheets.push(sheet);
  scrollTo({top: 0, behavior: "instant"});
  const boxes = [...document.querySelectorAll(
    "pre > code, .katex-display, .md-typeset__scrollwrap, .jp-OutputArea-output pre")];
  // What is folded comes near when it is opened.
  const unreached = (box) => box.scrollWidth > box.clientWidth && box.tabIndex < 0
    && !box.closest("details:not([open])");
  // What scrolls becomes a tab stop as it comes near. Where it never does, the page is
  // at fault, as axe will say.
  for (let frames = 0; frames < 300; frames++) {
    if (frames > 4 && !boxes.some(unreached)) break;
    await new Promise(requestAnimationFrame);
  }
}"""


def read(page):
    """Read the page to its end, and leave all of it rendered."""
    page.evaluate(READ)
    page.evaluate(SHOW)


def until(page, condition, limit=60):
    """Wait until the condition holds; TimeoutError after the limit in seconds."""
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"not so within {limit} s")
        page.wait_for_timeout(20)  # the browser's events arrive meanwhile


def addresses(folder):
    """The site's pages as paths below its root, the 404 page included."""
    found = [
        path.parent.relative_to(folder).as_posix() + "/"
        for path in sorted(folder.rglob("index.html"))
    ]
    return ["" if path == "./" else path for path in found] + ["404.html"]


if __name__ == "__main__":
    print(ensure())
    if not firefox.executable() and shutil.which("apt-get"):
        ran("no Firefox found", by_apt("firefox-esr"))
    print(firefox.executable() or "no Firefox: its tests are left out, which says so")
