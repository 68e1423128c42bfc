"""Faults injected into real builds of a small site: a clear message, nothing false shown, and the next one recovers."""

import json
import os
import re
import shutil
import signal
import sys
import time

import psutil
import pytest

from tests.conftest import ROOT, Small

# Sleeps as long as the file `slow` is there, and tells that it does.
SLEEP = """
import pathlib, time
root = pathlib.Path({root!r})
(root / "runs").open("a").write("x")
if (root / "slow").exists():
    (root / "started").touch()
    time.sleep(600)
"""
# In a namespace of its own, where a mount is nobody else's; as root no user namespace is needed.
UNSHARE = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]


def until(condition, seconds=60):
    """Wait for the condition, and fail if it does not come."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def processes(root):
    """Processes at work in the project's folder, zombies left out."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.cwd().startswith(str(root)) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            pass
    return found


def site(small):
    """Every file of the published site with its bytes, but for what carries the time of the build."""
    folder = small.root / "site"
    return {p: p.read_bytes() for p in folder.rglob("*") if p.is_file() and not p.name.startswith("sitemap")}


def prepend(small, text):
    first, rest = (small.root / "snippets/tiny.py").read_text().split("import matplotlib", 1)
    small.write("snippets/tiny.py", f"{first}{text.strip()}\nimport matplotlib{rest}")


def recovers(small):
    """The next build is good, shows what was measured, and leaves nothing behind."""
    done = small.build()
    assert done.returncode == 0, done.stdout
    assert "The factor is 0.062 over 5 seeds." in small.read("index.html")
    assert not list((small.root / ".cache/work").glob("*")) and not list(small.root.glob("site.*"))
    return done.stdout


@pytest.fixture
def slow(small):
    """A small project whose program sleeps in its next run."""
    prepend(small, SLEEP.format(root=str(small.root)))
    small.write("slow", "")
    return small


@pytest.fixture
def sleeping(slow):
    """(project, its build) while the program sleeps."""
    build = slow.start([sys.executable, "-m", "mkdocs", "build"])
    until((slow.root / "started").exists)
    yield slow, build
    build.kill()
    build.communicate()


def wake(small):
    (small.root / "slow").unlink()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_however_a_build_ends_nothing_of_it_goes_on_and_the_last_site_stays(sleeping, how):
    small, build = sleeping
    before = site(small)
    build.send_signal(how)
    build.communicate(timeout=20)
    assert build.returncode != 0
    until(lambda: not processes(small.root), 20)
    assert site(small) == before
    wake(small)
    recovers(small)


def test_a_program_that_is_killed_fails_the_build_by_name(sleeping):
    small, build = sleeping
    program = next(p for p in processes(small.root) if p.cwd().endswith("work/tiny/work"))
    program.kill()
    output, _ = build.communicate(timeout=30)
    assert build.returncode != 0
    assert "snippets/tiny.py: the program failed: it was ended by SIGKILL" in output
    wake(small)
    recovers(small)


def test_of_two_builds_at_once_one_waits_and_reuses(sleeping):
    small, build = sleeping
    second = small.start([sys.executable, "-m", "mkdocs", "build"])
    second_says = iter(second.stdout.readline, "")
    assert any("another build of this project is at work" in line for line in second_says)
    (small.root / "runs").unlink()
    wake(small)
    for process in processes(small.root):  # the sleeper: its build fails, the other runs the program
        if process.cwd().endswith("work/tiny/work"):
            process.kill()
    output, _ = second.communicate(timeout=60)
    assert second.returncode == 0, output
    assert (small.root / "runs").read_text() == "x"
    assert "ran 0, reused 1" in recovers(small)


DAMAGE = {
    "emptied": lambda path: path.write_bytes(b""),
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:-3]),
    "deleted": lambda path: path.unlink(),
    "edited": lambda path: path.write_bytes(path.read_bytes().replace(b"0.0625", b"0.0666").replace(b"path", b"pash")),
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("file", ["values.json", "output.txt", "tiny.svg"])
def test_a_damaged_result_is_found_out_and_made_again(small, file, damage):
    path = small.root / ".cache/experiments/tiny" / file
    good = path.read_bytes()
    DAMAGE[damage](path)
    assert not path.exists() or path.read_bytes() != good
    assert "ran 1, reused 0" in recovers(small)
    assert path.read_bytes() == good


@pytest.mark.parametrize("text", ["", "{", "[]", '{"key": 1}', '{"version": 3, "outputs": {"tiny.svg": "abc"}}'])
def test_a_cache_of_another_version_of_the_project_is_made_again(small, text):
    small.write(".cache/experiments/tiny/manifest.json", text)
    assert "ran 1, reused 0" in recovers(small)


@pytest.mark.parametrize("module", ["child.py", "runner.py", "matplotlibrc"])
def test_a_result_made_by_another_version_of_the_engine_is_made_again(small, module):
    shutil.copytree(ROOT, small.root / "project", ignore=shutil.ignore_patterns(".*", "docs", "site*"))
    shutil.copytree(ROOT / "docs/assets", small.root / "project/docs/assets")
    config = (small.root / "mkdocs.yml").read_text()
    small.write("mkdocs.yml", config.replace(str(ROOT), str(small.root / "project")))
    assert "ran 0, reused 1" in small.build(PYTHONPATH=str(small.root / "project")).stdout
    with open(small.root / "project/measured/run" / module, "a") as file:
        file.write("\n# changed\n")
    assert "ran 1, reused 0" in small.build(PYTHONPATH=str(small.root / "project")).stdout


def test_a_full_disk_is_named_and_nothing_is_lost(small):
    small.edit("snippets/tiny.py", "range(5)", "range(6)")
    before = site(small)
    mount = f"mount -t tmpfs -o size=64k tmpfs {small.root}/.cache && head -c 60K /dev/zero > {small.root}/.cache/full"
    done = small.call([*UNSHARE, "sh", "-c", f"{mount}; exec {sys.executable} -m mkdocs build"])
    assert done.returncode != 0
    assert re.search(r"No space left on device|is the disk full", done.stdout) and site(small) == before
    small.edit("snippets/tiny.py", "range(6)", "range(5)")
    recovers(small)


def test_a_disk_that_fills_while_the_site_is_written_leaves_the_last_one(small):
    mount = f"mkdir -p {small.root}/site.partial && mount -t tmpfs -o size=64k tmpfs {small.root}/site.partial"
    before = site(small)
    done = small.call([*UNSHARE, "sh", "-c", f"{mount}; exec {sys.executable} -m mkdocs build"])
    assert done.returncode != 0 and "cannot write the site" in done.stdout and "No space left" in done.stdout
    assert site(small) == before
    recovers(small)


def test_a_read_only_cache_is_named_and_nothing_is_lost(small):
    cache = small.root / ".cache"
    small.edit("snippets/tiny.py", "range(5)", "range(6)")
    before = site(small)
    mount = f"mount --bind {cache} {cache} && mount -o remount,ro,bind {cache}"
    done = small.call([*UNSHARE, "sh", "-c", f"{mount}; exec {sys.executable} -m mkdocs build"])
    assert done.returncode != 0 and "Traceback" not in done.stdout
    assert f"cannot keep results in {cache}: Read-only file system" in done.stdout and site(small) == before
    small.edit("snippets/tiny.py", "range(6)", "range(5)")
    recovers(small)


PROGRAMS = {
    "raises": ("raise ValueError('boom')", r"snippets/tiny.py:6: the program failed: Traceback.*ValueError: boom"),
    "is no Python": ("x = = 1", r"snippets/tiny.py:6: the program failed: .*SyntaxError"),
    "calls sys.exit": ("import sys; sys.exit(0)", r"snippets/tiny.py: the program failed: it called sys.exit\(0\)"),
    "ends by os._exit": ("import os; os._exit(0)", r"the program failed: it ended with status 0 before its last line"),
    "crashes the interpreter": ("import os; os.abort()", r"the program failed: it was ended by SIGABRT"),
    "breaks memory": ("import ctypes; ctypes.string_at(0)", r"the program failed: it was ended by SIGSEGV"),
    "prints 50 MB": ("print('x' * 50_000_000)", r"the program failed: it printed 50,0\d\d,\d\d\d bytes: a page shows"),
    "has a NaN": ("factor_of = float('nan')", r"ValueError: the value factor_of is nan: mend the program"),
    "has an infinity": ("import numpy; top = numpy.float32('inf')", r"ValueError: the value top is inf: mend"),
    "draws another figure": (
        "import matplotlib.pyplot as p; p.figure().savefig('other.svg')",
        r"the program failed: it drew other.svg: a program draws one figure, tiny.svg",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", PROGRAMS)
def test_a_faulty_program_is_named_with_its_cause_and_its_pages(small, fault):
    text, message = PROGRAMS[fault]
    good = (small.root / "snippets/tiny.py").read_text()
    before = site(small)
    prepend(small, text)
    done = small.build()
    assert done.returncode != 0
    assert re.search(message, done.stdout, re.S), done.stdout
    assert "used by: docs/index.md:3" in done.stdout and "child.py" not in done.stdout
    assert site(small) == before
    small.write("snippets/tiny.py", good)
    assert "ran 0, reused 1" in recovers(small)


def test_a_program_without_end_is_stopped_with_its_children(slow):
    slow.edit("snippets/tiny.py", "time.sleep(600)", "import subprocess; subprocess.run(['sleep', '600'])")
    done = slow.build(TIME_LIMIT="3")
    assert done.returncode != 0 and "snippets/tiny.py: the program failed: no end within 3 s" in done.stdout
    until(lambda: not processes(slow.root), 10)
    wake(slow)
    recovers(slow)


def test_a_child_that_a_program_leaves_behind_ends_with_it(small):
    prepend(small, "import subprocess; _left = subprocess.Popen(['sleep', '600'])")
    recovers(small)
    until(lambda: not processes(small.root), 10)


def test_output_that_is_no_text_shows_where_it_is_not(small):
    prepend(small, r"import sys; sys.stdout.buffer.write(b'caf\xe9 \xff\n')")
    assert "ran 1" in recovers(small)
    assert "caf� �" in small.read("index.html")


def test_html_in_printed_output_is_shown_not_obeyed(small):
    prepend(small, "print('</code></pre><script>alert(1)</script> <b>&amp;')")
    assert "ran 1" in recovers(small)
    page = small.read("index.html")
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page and "&amp;amp;" in page


def test_output_cannot_end_the_block_that_shows_it(small):
    prepend(small, "print('```')")
    done = small.build()
    assert done.returncode != 0
    assert "docs/index.md:14: the output of tiny has a line of ```: fence it with more of them" in done.stdout


def test_a_page_that_shows_a_figure_which_was_not_drawn_is_named(small):
    small.edit("snippets/tiny.py", 'fig.savefig("tiny.svg")', "")
    done = small.build()
    assert done.returncode != 0
    assert "docs/index.md:7: no program drew 'tiny.svg' (snippets/tiny.py: no figure)" in done.stdout


def test_numpy_scalars_are_values_and_arrays_are_not(small):
    prepend(small, "import numpy; half = numpy.float64(0.5); many = numpy.arange(3)")
    small.edit("docs/index.md", "# Small\n", "# Small\n\nHalf is {{ tiny.half }}.\n")
    assert "ran 1" in recovers(small) and "Half is 0.5." in small.read("index.html")
    small.edit("docs/index.md", "{{ tiny.half }}", "{{ tiny.many }}")
    done = small.build()
    assert done.returncode != 0 and "docs/index.md:3: unknown value 'tiny.many': tiny has" in done.stdout


SITECUSTOMIZE = """
import importlib.metadata, sys
class Missing:
    def find_spec(name, *rest):
        if name == "tensorflow":
            raise ModuleNotFoundError("No module named 'tensorflow'", name=name)
sys.meta_path.insert(0, Missing)
version = importlib.metadata.version
def without(name):
    if name == "tensorflow":
        raise importlib.metadata.PackageNotFoundError(name)
    return version(name)
importlib.metadata.version = without
"""


def test_a_missing_tensorflow_is_named_with_the_remedy(small):
    small.write("missing/sitecustomize.py", SITECUSTOMIZE)
    done = small.build(PYTHONPATH=f"{small.root}/missing:{ROOT}")
    assert done.returncode != 0 and "Traceback" not in done.stdout
    assert "tensorflow is not installed: run this through make, or pip install -r requirements.txt" in done.stdout
    recovers(small)


@pytest.mark.parametrize("version", [(3, 10), (3, 14)])
def test_a_python_outside_the_range_is_named_with_the_remedy(small, version):
    pretend = "import sys\nclass Old:\n    def find_spec(name, *rest):\n        if name == 'measured':\n"
    pretend += f"            sys.version_info = {version}\nsys.meta_path.insert(0, Old)\n"
    small.write("other/sitecustomize.py", pretend)
    done = small.build(PYTHONPATH=f"{small.root}/other:{ROOT}")
    assert done.returncode != 0 and "Traceback" not in done.stdout
    assert f"needs Python 3.11, 3.12 or 3.13; this is 3.{version[1]}" in done.stdout
    recovers(small)


def test_place_time_zone_and_locale_change_nothing(small, tmp_path):
    there = Small(tmp_path / "Ordner mit Leerzeichen und Ümläuten 数")
    shutil.copytree(small.root, there.root, ignore=shutil.ignore_patterns(".cache", "site"))
    environment = {"TZ": "Asia/Tokyo", "LC_ALL": "de_DE.ISO-8859-1", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    config = str(there.root / "mkdocs.yml")
    done = there.call(
        [sys.executable, "-m", "mkdocs", "build", "-f", config], cwd="/", **environment, SOURCE_DATE_EPOCH="0"
    )
    assert done.returncode == 0 and "ran 1, reused 0" in done.stdout, done.stdout
    assert small.build(SOURCE_DATE_EPOCH="0").returncode == 0
    assert {p.relative_to(there.root): text for p, text in site(there).items()} == {
        p.relative_to(small.root): text for p, text in site(small).items()
    }


def test_on_github_a_failure_annotates_page_and_line(small):
    small.edit("docs/index.md", "0.06 <", "0.065 <")
    done = small.build(GITHUB_ACTIONS="true")
    assert (
        "::error file=docs/index.md,line=3::false claim: 0.065 < {{ tiny.factor }} < 0.07%0A  measured:" in done.stdout
    )


@pytest.mark.parametrize("old, new", [("# Small\n", "# Small\n\n[x](nowhere.md)\n"), ("0.06 <", "0.065 <")])
def test_a_failed_build_leaves_the_last_good_site(small, old, new):
    before = site(small)
    small.edit("docs/index.md", old, new)
    assert small.build().returncode != 0
    assert site(small) == before
    small.edit("docs/index.md", new, old)
    recovers(small)


def test_a_build_that_died_between_two_sites_brings_the_old_one_back(small):
    before = site(small)
    (small.root / "site").rename(small.root / "site.old")
    small.edit("docs/index.md", "0.06 <", "0.065 <")
    assert small.build().returncode != 0
    assert site(small) == before


def test_a_notebook_that_is_none_is_named(small):
    small.write("docs/labs/lab.ipynb", "{")
    done = small.build()
    assert done.returncode != 0 and "docs/labs/lab.ipynb: the program failed: " in done.stdout
    assert "Traceback" not in done.stdout


def test_a_lab_is_stale_when_a_module_that_it_imports_changes(small):
    cell = {"cell_type": "code", "id": "b", "metadata": {}, "outputs": [], "execution_count": None}
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    cells = [{**cell, "source": "%precision 3\nfrom shared import f\nprint(f())"}]
    book = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    small.write("docs/labs/lab.ipynb", json.dumps(book))
    small.write("snippets/shared.py", "def f():\n    return 41\n")
    assert "ran 1, reused 1" in small.build().stdout and re.search(r">\s*41\s*<", small.read("labs/lab/index.html"))
    small.edit("snippets/shared.py", "41", "42")
    assert "ran 1, reused 1" in small.build().stdout and re.search(r">\s*42\s*<", small.read("labs/lab/index.html"))
    assert "ran 0, reused 2" in small.build().stdout
