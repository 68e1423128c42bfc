"""`mkdocs serve`: pages at once, results as they come, faults as red notes, and never a rebuild too many."""

import json
import os
import re
import socket
import sys
import threading
import time
import urllib.request

import pytest

from tests.test_faults import SLEEP, UNSHARE, prepend, processes, until, wake


class Served:
    """A small project being served. log: what it has printed so far."""

    def __init__(self, small):
        self.small, self.log = small, ""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{free.getsockname()[1]}"
        self.process = small.start([sys.executable, "-m", "mkdocs", "serve", "-a", self.address])
        threading.Thread(target=self.listen, daemon=True).start()
        until(lambda: "Serving on" in self.log)

    def listen(self):
        for line in self.process.stdout:
            self.log += line

    def get(self, path=""):
        with urllib.request.urlopen(f"http://{self.address}/{path}", timeout=60) as answer:
            return answer.read().decode()

    def shows(self, text, path=""):
        until(lambda: re.search(text, self.get(path), re.S))

    def rebuilds(self):
        return 1 + self.log.count("Reloading browsers")  # MkDocs leaves out a second "built in 0.09 seconds"

    def end(self):
        self.process.terminate()
        self.process.wait(20)


@pytest.fixture
def serve(small):
    started = []

    def start():
        started.append(Served(small))
        return started[-1]

    yield start
    for served in started:
        served.end()
    until(lambda: not processes(small.root), 20)


def test_a_fresh_project_is_shown_at_once_and_filled_as_results_come(small, serve):
    prepend(small, SLEEP.format(root=str(small.root)))
    small.write("slow", "")
    served = serve()
    page = served.get()
    assert "The factor is … over … seeds." in page and "is being computed" in page and "failure" not in page
    assert "is being computed" in served.get("figures/tiny.svg")
    assert "Content-Security-Policy" not in page  # it would stop the script that reloads
    until((small.root / "started").exists)
    assert "<table>" not in served.get("evidence/claims/")  # no claim is called true before it is
    wake(small)
    for process in processes(small.root):
        if process.cwd().endswith("work/tiny/work"):
            process.kill()
    served.shows("the program failed: it was ended by SIGKILL")
    small.write("snippets/tiny.py", (small.root / "snippets/tiny.py").read_text() + "\n# again\n")
    served.shows("The factor is 0.062 over 5 seeds.*0.06 &lt; 0.0625 &lt; 0.07")
    assert "currentColor" in served.get("figures/tiny.svg")


def test_results_that_land_cause_one_rebuild_and_no_loop(small, serve):
    small.edit("snippets/tiny.py", "range(5)", "range(6)")
    served = serve()
    served.shows("over 6 seeds")
    time.sleep(4)
    assert served.rebuilds() == 2 and served.log.count("running tiny") == 1


def test_prose_touches_no_program_and_an_edited_program_alone_runs_again(small, serve):
    small.write("snippets/other.py", '"""Other?"""\nx = 1\n')
    served = serve()
    until(lambda: "finished other" in served.log)
    small.edit("docs/index.md", "# Small\n", "# Small\n\nA sentence more.\n")
    served.shows("A sentence more.")
    rebuilds = served.rebuilds()
    os.utime(small.root / "snippets/tiny.py")
    until(lambda: served.rebuilds() > rebuilds)
    assert "running tiny" not in served.log
    small.edit("snippets/tiny.py", "range(5)", "range(7)")
    served.shows("over 7 seeds")
    assert served.log.count("running tiny") == 1 and served.log.count("running other") == 1


FAULTS = {
    "false claim": ("0.06 <", "0.065 <", "docs/index.md, line 3.*false claim: 0.065.*measured: 0.065 &lt; 0.0625"),
    "unparsable claim": ("0.06 <", "x.y <", "docs/index.md, line 3.*malformed claim"),
    "unknown value": ("tiny.factor:.3f", "tiny.faktor", "docs/index.md, line 3.*unknown value"),
    "unknown program": ("tiny.factor:.3f", "teeny.factor", "docs/index.md, line 3.*unknown program"),
    "bad TeX": ("\\sqrt{f}", "\\sqrt{f", "docs/index.md, line 5.*bad TeX"),
    "unknown source": ("[^one]", "[^two]", "docs/index.md, line 5.*unknown source"),
    "unknown figure": ("figures/tiny.svg", "figures/big.svg", "docs/index.md, line 7.*no program drew"),
    "unknown section": ("tiny.py:measure", "tiny.py:measured", "docs/index.md, line 10.*unknown section"),
    "include that climbs out": ("tiny.py:measure", "../../etc/passwd", "docs/index.md, line 10.*cannot include"),
    "unknown whole program": ("program: tiny", "program: teeny", "docs/index.md, line 17.*unknown program"),
    "digit in prose": ("over {{ tiny.SEEDS }} seeds", "over 5 seeds", "docs/index.md, line 3.*digit in prose"),
}


def test_every_fault_of_a_page_is_a_red_note_where_it_stands_and_goes_with_its_cause(small, serve):
    good = (small.root / "docs/index.md").read_text()
    served = serve()
    for old, new, message in FAULTS.values():
        small.edit("docs/index.md", old, new)
        served.shows(r'class="admonition failure".*' + message)
        small.write("docs/index.md", good)
        until(lambda: "admonition failure" not in served.get())
        assert "The factor is 0.062 over 5 seeds." in served.get()


def test_a_note_stands_right_before_the_block_with_the_fault(small, serve):
    small.edit("docs/index.md", "\\sqrt{f}", "\\sqrt{f")
    page = serve().get()
    assert page.index("The factor is") < page.index("bad TeX") < page.index("Its square root is")


def test_a_failing_program_is_a_red_note_and_does_not_run_again_until_it_is_edited(small, serve):
    served = serve()
    small.edit("snippets/tiny.py", "fig, ax", "raise ValueError('boom')\nfig, ax")
    served.shows(r"admonition failure.*snippets/tiny.py:\d+: the program failed.*ValueError: boom")
    small.edit("docs/index.md", "# Small\n", "# Small\n\nA sentence more.\n")
    served.shows("A sentence more.")
    time.sleep(2)
    assert served.log.count("running tiny") == 1
    assert "0.062" not in served.get()
    small.edit("snippets/tiny.py", "raise ValueError('boom')\nfig, ax", "fig, ax")
    served.shows("The factor is 0.062 over 5 seeds.")


def test_a_broken_link_is_told_and_the_site_stays_up(small, serve):
    small.edit("docs/index.md", "# Small\n", "# Small\n\n[x](nowhere.md)\n")
    served = serve()
    assert "nowhere.md" in served.log and "The factor is 0.062" in served.get()


def lab(code):
    cell = {"cell_type": "code", "id": "b", "metadata": {}, "outputs": [], "execution_count": None, "source": code}
    title = {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# Lab"}
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return json.dumps({"cells": [title, cell], "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5})


def test_a_lab_is_shown_at_once_and_its_outputs_follow(small, serve):
    small.write("docs/labs/lab.ipynb", lab("import time\ntime.sleep(3)\nprint(6 * 7)"))
    served = serve()
    page = served.get("labs/lab/")
    assert "is being computed" in page and not re.search(r">\s*42\s*<", page)
    served.shows(r">\s*42\s*<", "labs/lab/")
    assert "is being computed" not in served.get("labs/lab/")
    small.write("docs/labs/lab.ipynb", lab("1 / 0"))
    served.shows("admonition failure.*ZeroDivisionError", "labs/lab/")


def test_a_build_during_serve_changes_nothing_that_is_served(small, serve):
    served = serve()
    assert small.build().returncode == 0
    time.sleep(2)
    assert served.rebuilds() == 1 and "The factor is 0.062" in served.get()
    small.edit("snippets/tiny.py", "range(5)", "range(6)")
    done = small.build()  # both want the program: one runs it
    assert done.returncode == 0, done.stdout
    served.shows("over 6 seeds")
    assert ("running tiny" in served.log) + ("running tiny" in done.stdout) == 1


NO_NETWORK = """
import fcntl, socket, struct, subprocess, sys, time, urllib.request
fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh14x", b"lo", 1))  # SIOCSIFFLAGS: only the machine itself is up
server = subprocess.Popen([sys.executable, "-m", "mkdocs", "serve", "-a", "127.0.0.1:8000"])
for _ in range(300):
    try:
        print(urllib.request.urlopen("http://127.0.0.1:8000/").read().decode())
        break
    except OSError:
        time.sleep(0.1)
server.terminate()
"""


def test_a_second_serve_reuses_its_results_with_the_network_off(small):
    done = small.call([*UNSHARE, "--net", sys.executable, "-c", NO_NETWORK])
    assert "The factor is 0.062 over 5 seeds." in done.stdout and "running tiny" not in done.stdout, done.stdout
