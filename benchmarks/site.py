"""How long do builds of the whole site take, and an author's loop?

`make benchmark` prints, for the site and for one of twice as many pages, the seconds
of a warm build, of a build of the same pages by MkDocs without this engine, and of an
edit of prose until `mkdocs serve` shows it, with their ratios to the second (medians of
rounds, in turn). `--cold` first builds the site without any result, beside the CPU
seconds of that.
"""

import ctypes
import itertools
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks.compare import ROOT, expand, seconds

ROUNDS = 5
ONCE = ("reference", "evidence", "labs")  # folders whose pages exist but once
PR_SET_CHILD_SUBREAPER = 36  # orphans, such as a fork server, become ours


def copy(root, folder, times=1):
    """The project with its results and so many times its pages, all in the menu."""
    top = {"site", "offline", "measured.egg-info", ".git", ".venv"}
    ignored = shutil.ignore_patterns("__pycache__", ".*_cache", "work", "lock")
    folder.mkdir()
    for path in root.iterdir():
        if path.is_dir() and path.name not in top:
            shutil.copytree(path, folder / path.name, ignore=ignored)
        elif path.is_file():
            shutil.copy(path, folder)
    pages = list((folder / "docs").rglob("*.md"))
    copied = [page for page in pages if page.parent.name not in ONCE]
    wanted = len(pages) * (times - 1)
    for number, page in itertools.islice(enumerate(itertools.cycle(copied)), wanted):
        shutil.copy(page, page.with_stem(f"{page.stem}-{number}"))
    if wanted:
        settings = (folder / "mkdocs.yml").rename(folder / "whole.yml")
        (folder / "mkdocs.yml").write_text(f"INHERIT: {settings.name}\nnav:\n")
    return folder


@contextmanager
def serve(folder):
    """The address at which `mkdocs serve` shows the site of a folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = "{}:{}".format(*free.getsockname())
    command = [sys.executable, "-m", "mkdocs", "serve", "-a", address]
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(f"http://{address}/", "<html")
        yield f"http://{address}/"
    finally:
        process.terminate()
        process.wait()


def wait_for(address, text, limit=600):
    """Wait until a page has a text."""
    end = time.perf_counter() + limit
    while time.perf_counter() < end:
        try:
            with urllib.request.urlopen(address) as answer:
                if text in answer.read().decode():
                    return
        except OSError:  # the server is not up yet
            pass
        time.sleep(0.02)
    sys.exit(f"{address} never showed {text}")


def edit(page, address, sentence):
    """Seconds from a sentence more on a page until it is shown."""
    page.write_text(f"{page.read_text('utf-8')}\n{sentence}\n", "utf-8")
    start = time.perf_counter()
    wait_for(address, sentence)
    return time.perf_counter() - start


def compare(root, scratch, times, page, rounds):
    """(warm, plain, edit) seconds of each round."""
    ours = copy(root, scratch / f"ours-{times}", times)
    plain = copy(root, scratch / f"plain-{times}", times)
    expand(plain)
    seconds(ours)  # what takes time is made once
    found = []
    source, address = ours / f"docs/{page}.md", page.removesuffix("index")
    with serve(ours) as home:
        edit(source, home + address, "Not counted.")
        for number in itertools.count(1):
            edited = edit(source, home + address, f"Edited in round {'I' * number}.")
            found.append((seconds(ours), seconds(plain), edited))
            if number == rounds:
                return found


def tell(times, found):
    """Print medians, and the median ratios of rounds."""
    row = f"{times} x pages"
    for name, taken in zip(("warm", "plain", "edit"), zip(*found)):
        ratios = [a / b for a, (_, b, _) in zip(taken, found)]
        ratio = statistics.median(ratios)
        row += f"  {name} {statistics.median(taken):.2f} s, ratio {ratio:.2f}"
    print(row, flush=True)


@contextmanager
def adopt_orphans():
    """What a process leaves running becomes our child, whose seconds count."""
    call = ctypes.CDLL(None).prctl
    call(PR_SET_CHILD_SUBREAPER, 1)
    try:
        yield
    finally:
        call(PR_SET_CHILD_SUBREAPER, 0)


def build_cold(root, scratch):
    """The site built without any result; prints its seconds, and those of the
    processor, of which experiments are nearly all, over cores.
    """
    site = copy(root, scratch / "cold")
    shutil.rmtree(site / ".cache", ignore_errors=True)
    with adopt_orphans():
        others = psutil.Process().children()  # our own fork server stays
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        cold = seconds(site)
        left = set(psutil.Process().children()) - set(others)
        psutil.wait_procs(left)  # the fork server ends after its parent
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    least = used / (cores := os.cpu_count())
    print(f"cold {cold:.1f} s; of the processor on {cores} cores {least:.1f} s", end="")
    print(f"; ratio {cold / least:.2f}", flush=True)
    return site


def main():
    with tempfile.TemporaryDirectory() as folder:
        root, scratch = ROOT, Path(folder)
        if "--cold" in sys.argv:
            root = build_cold(ROOT, scratch)  # its results serve the others
        for times in (1, 2):
            tell(times, compare(root, scratch, times, "remedies/relu", ROUNDS))


if __name__ == "__main__":
    main()
