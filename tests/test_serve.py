"""`mkdocs serve`: pages at once, results as they come, faults as red notes."""

import json
import logging
import os
import re
import socket
import sys
import tempfile
import threading
import urllib.request
from pathlib import Path
from unittest.mock import Mock

import pytest

from measured.run import background
from measured.run.background import Background
from measured.run.runner import Runner
from tests.builds import (
    SHOWN,
    UNSHARE,
    build,
    lab,
    processes,
    put_to_sleep,
    until,
    wake,
    write_plain,
)

pytestmark = pytest.mark.slow
NOTEBOOKS = "{mkdocs-jupyter: {include: [labs/*.ipynb], include_source: true}}"


class Served:
    """A site being served. log: what it has printed so far."""

    def __init__(self, site):
        self.site, self.root, self.log = site, site.root, ""
        # Its own, to see what is touched there; short, for sockets of 107 bytes.
        self.scratch = tempfile.TemporaryDirectory()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{free.getsockname()[1]}"
        command = [sys.executable, "-m", "mkdocs", "serve", "-a", self.address]
        self.process = site.start(command, TMPDIR=self.scratch.name)
        threading.Thread(target=self.listen, daemon=True).start()
        until(lambda: "Serving on" in self.log)

    def listen(self):
        for line in self.process.stdout:
            self.log += line

    def get(self, path=""):
        address = f"http://{self.address}/{path}"
        with urllib.request.urlopen(address, timeout=300) as answer:
            return answer.read().decode()

    def shows(self, text, path=""):
        until(lambda: re.search(text, self.get(path), re.S))

    def read(self, path):
        return (self.root / path).read_text()

    def write(self, path, text):
        """Put the whole text there at once, for whoever watches."""
        self.site.write("new", text)
        (self.root / path).parent.mkdir(exist_ok=True)
        (self.root / "new").replace(self.root / path)

    def edit(self, path, old, new):
        text = self.read(path)
        assert old in text
        self.write(path, text.replace(old, new))

    def say(self, sentence):
        """Write a sentence more on the page, and wait for it to be shown."""
        self.edit("docs/index.md", "# Plain\n", f"# Plain\n\n{sentence}\n")
        self.shows(sentence)

    def runs(self, program):
        return self.log.count(f"running {program}")

    def watched(self):
        """When each file was changed whose change causes a rebuild."""
        files = [*self.root.glob("docs/**/*.*"), *self.root.glob("snippets/*")]
        files += [self.root / "mkdocs.yml", *Path(self.scratch.name).glob("*/landed")]
        return {path: path.stat().st_mtime_ns for path in files}

    def end(self):
        self.process.terminate()
        self.process.wait(60)
        until(lambda: not processes(self.root))
        self.scratch.cleanup()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """One plain site with results, served for all tests of this module."""
    plain = write_plain(tmp_path_factory.mktemp("served"))
    plain.edit("mkdocs.yml", "[search, ", f"[search, {NOTEBOOKS}, ")
    good, said = build(plain)
    assert good, said
    found = Served(plain)
    yield found
    found.end()


@pytest.fixture
def site(served):
    """The served site as it was at first."""
    first = {path: served.read(path) for path in ("docs/index.md", "snippets/tiny.py")}
    yield served
    for path, text in first.items():
        if served.read(path) != text:
            served.write(path, text)
    served.shows(SHOWN)
    until(lambda: "admonition failure" not in served.get())


@pytest.fixture
def fresh(small):
    """A small project without its result being served, while the program sleeps."""
    put_to_sleep(small)
    found = Served(small)
    yield found
    found.end()


def test_a_fresh_project_is_shown_at_once_and_filled_as_results_come(fresh, small):
    page = fresh.get()
    assert "The factor is … over … seeds." in page and "is being computed" in page
    assert "failure" not in page
    assert "is being computed" in fresh.get("figures/tiny.svg")
    assert (
        "Content-Security-Policy" not in page
    )  # it would stop the script that reloads
    until((small.root / "started").exists)
    # No claim is called true before it is.
    assert "<table>" not in fresh.get("evidence/claims/")
    wake(small)
    fresh.shows("the program failed: it was ended by SIGKILL")
    fresh.write("snippets/tiny.py", fresh.read("snippets/tiny.py") + "\n# again\n")
    fresh.shows("The factor is 0.062 over 5 seeds.*0.06 &lt; 0.0625 &lt; 0.07")
    assert "currentColor" in fresh.get("figures/tiny.svg")


def test_results_that_land_are_shown_and_no_rebuild_causes_another(site):
    runs = site.runs("tiny")
    site.edit("snippets/tiny.py", "0.25**2", "0.26**2")
    site.shows("The factor is 0.068")
    before = site.watched()
    site.say("A sentence.")
    site.say("A sentence more.")  # what the rebuild before it has caused is there now
    del before[site.root / "docs/index.md"]
    assert before.items() <= site.watched().items()
    assert site.runs("tiny") == runs + 1


def test_results_that_land_together_cause_one_rebuild(tmp_path, monkeypatch):
    (tmp_path / "snippets").mkdir()
    for name in ("one", "two"):
        (tmp_path / f"snippets/{name}.py").write_text("x = 1\n")
    monkeypatch.setattr(background, "GROUP", float("inf"))
    landed, runner = Mock(), Runner(tmp_path)
    work = Background(landed, logging.getLogger("mkdocs.plugins.measured"))
    work.start(runner)
    work.join(None)
    assert landed.touch.call_count == 1
    work.start(runner)  # nothing is stale
    work.join(None)
    assert landed.touch.call_count == 1


def test_prose_touches_no_program_and_an_edited_program_alone_runs_again(site):
    site.write("snippets/other.py", '"""Other?"""\nx = 1\n')
    until(lambda: "finished other" in site.log)
    tiny, other = site.runs("tiny"), site.runs("other")
    site.say("A sentence.")
    os.utime(site.root / "snippets/tiny.py")
    site.say("A sentence more.")
    assert site.runs("tiny") == tiny
    site.edit("snippets/tiny.py", "0.25**2", "0.26**2")
    site.shows("The factor is 0.068")
    assert (site.runs("tiny"), site.runs("other")) == (tiny + 1, other)


FAULTS = {
    "0.06 <": ("0.065 <", "line 3.*false claim: 0.065.*measured: 0.065 &lt; 0.0625"),
    "\\sqrt{f}": ("\\sqrt{f", "line 5.*bad TeX"),
    "figures/tiny.svg": ("figures/big.svg", "line 7.*no program drew"),
}


def test_faults_of_a_page_are_red_notes_where_they_stand_and_go_with_their_cause(site):
    good = text = site.read("docs/index.md")
    for old, (new, _) in FAULTS.items():
        text = text.replace(old, new)
    site.write("docs/index.md", text)
    note = 'class="admonition failure".*docs/index.md, '
    site.shows(".*".join(note + message for _, message in FAULTS.values()))
    site.write("docs/index.md", good)
    until(lambda: "admonition failure" not in site.get())
    assert SHOWN in site.get()


def test_a_failing_program_is_a_red_note_and_waits_for_its_edit_to_run_again(site):
    runs, failing = site.runs("tiny"), "raise ValueError('boom')\nfig, ax"
    site.edit("snippets/tiny.py", "fig, ax", failing)
    note = r"snippets/tiny.py:\d+: the program failed.*ValueError: boom"
    site.shows("admonition failure.*" + note)
    site.say("A sentence.")
    site.say("A sentence more.")
    assert site.runs("tiny") == runs + 1
    assert "0.062" not in site.get()
    site.edit("snippets/tiny.py", failing, "fig, ax")
    site.shows(SHOWN)


def test_a_broken_link_is_told_and_the_site_stays_up(site):
    site.edit("docs/index.md", "# Plain\n", "# Plain\n\n[A link](nowhere.md)\n")
    site.shows(">A link<")
    assert "nowhere.md" in site.log and SHOWN in site.get()


WAITS = """import pathlib, time
while not pathlib.Path({!r}).exists():
    time.sleep(0.05)
print(6 * 7)"""


def test_a_lab_is_shown_at_once_and_its_outputs_follow(site):
    code = WAITS.format(str(site.root / "go"))
    site.write("docs/labs/lab.ipynb", json.dumps(lab(code)))
    site.say("A lab is there.")
    page = site.get("labs/lab/")
    assert "is being computed" in page and not re.search(r">\s*42\s*<", page)
    (site.root / "go").touch()
    site.shows(r">\s*42\s*<", "labs/lab/")
    assert "is being computed" not in site.get("labs/lab/")
    site.write("docs/labs/lab.ipynb", json.dumps(lab("1 / 0")))
    site.shows("admonition failure.*ZeroDivisionError", "labs/lab/")
    (site.root / "docs/labs/lab.ipynb").unlink()


def test_a_build_touches_nothing_that_is_watched(site):
    before = site.watched()
    assert build(site).good
    assert site.watched() == before


def test_what_a_build_and_a_server_want_one_of_them_runs(site):
    runs = site.runs("tiny")
    site.edit("snippets/tiny.py", "0.25**2", "0.26**2")
    good, said = build(site)
    assert good, said
    site.shows("The factor is 0.068")
    assert site.runs("tiny") - runs + said.count("running tiny") == 1


NO_NETWORK = """
import fcntl, socket, struct, subprocess, sys, time, urllib.request
up = struct.pack("16sh14x", b"lo", 1)  # only the machine itself
fcntl.ioctl(socket.socket(), 0x8914, up)  # SIOCSIFFLAGS
server = subprocess.Popen([sys.executable, "-m", "mkdocs", "serve"])
while server.poll() is None:
    try:
        print(urllib.request.urlopen("http://127.0.0.1:8000/").read().decode())
        break
    except OSError:
        time.sleep(0.1)
server.terminate()
"""


def test_a_second_serve_reuses_its_results_with_the_network_off(tmp_path):
    plain = write_plain(tmp_path)
    assert build(plain).good
    done = plain.call([*UNSHARE, "--net", sys.executable, "-c", NO_NETWORK])
    assert SHOWN in done.stdout and "running tiny" not in done.stdout, done.stdout
