"""The runner runs only what is stale, and never keeps half a result."""

import io
import os
import re
import shutil

import pytest
from rich.console import Console

from measured import SiteError
from measured.run import runner as module
from measured.run.process import clean_output, follow_palette
from measured.run.progress import Display
from measured.run.runner import Result, Runner, summarize
from tests.conftest import ROOT

QUICK = '"""How quick?"""\nSEEDS = range(3)\nimport os\nwhere = 1 + len(os.listdir())\n'


def test_a_result_is_reused_until_its_text_changes(runner):
    assert not runner(a=QUICK).results()["a"].reused
    os.utime(runner().programs["a"])
    assert runner().results()["a"].reused
    assert not runner(a=QUICK + "x = 2\n").results()["a"].reused


def test_a_result_is_stale_when_a_module_that_it_imports_changes(runner):
    shared = "def f():\n    return 1\n"
    first = runner(a="from shared import f\nx = f()\n", shared=shared, b=QUICK)
    assert sorted(first.programs) == ["a", "b"]
    assert first.results()["a"].values == {"x": 1}
    again = runner(shared=shared.replace("1", "2")).results()
    assert again["a"].values == {"x": 2} and again["b"].reused


def test_a_section_s_marker_and_a_note_on_the_module_make_nothing_stale(runner):
    shared = '"""One."""\n\ndef f():\n    return 1\n'
    runner(a="from shared import f\nx = f()\n", shared=shared).results()
    marked = shared.replace("One", "Two").replace("def", "# --8<-- [start:f]\ndef")
    assert runner(shared=marked).results()["a"].reused


@pytest.mark.parametrize(
    "name, new",
    [
        ("find_versions", lambda: ["keras 4"]),
        ("ENVIRONMENT", {"OMP_NUM_THREADS": "2"}),
    ],
)
def test_a_key_follows_versions_and_environment(runner, monkeypatch, name, new):
    one = runner(a=QUICK)
    before = one.key("a")
    monkeypatch.setattr(module, name, new)
    assert one.key("a") != before


@pytest.mark.parametrize("file", module.MAKERS)
def test_a_result_made_by_another_version_of_the_engine_is_stale(
    runner, monkeypatch, tmp_path, file
):
    shutil.copytree(module.HERE, tmp_path / "run")
    monkeypatch.setattr(module, "HERE", tmp_path / "run")
    one = runner(a=QUICK)
    before = one.key("a")
    with open(tmp_path / "run" / file, "a") as made:
        made.write("\n# changed\n")
    one.scan()
    assert one.key("a") != before


def test_a_missing_package_is_named_with_the_remedy(runner, monkeypatch):
    monkeypatch.setattr(module, "PACKAGES", ("no-such-package",))
    module.find_versions.cache_clear()
    with pytest.raises(SiteError, match="^no-such-package is not installed: run this"):
        runner(a=QUICK).results()


def test_each_program_runs_in_its_own_empty_folder(runner):
    results = runner(a=QUICK + 'open("left", "w")\n', b=QUICK).results()
    assert [result.values["where"] for result in results.values()] == [1, 1]


@pytest.mark.slow
def test_programs_are_seeded_and_single_threaded(runner):
    text = (
        "import os, random\nimport keras, numpy\nx = float(keras.random.uniform(()))\n"
    )
    text += "y, z = random.random(), numpy.random.rand()\n"
    text += "threads = int(os.environ['OMP_NUM_THREADS'])\n"
    results = runner(a=text, b=text).results()
    assert results["a"].values == results["b"].values
    assert results["a"].values["threads"] == 1


@pytest.mark.parametrize("package", ["random", "numpy.random"])
def test_light_programs_are_seeded_too(runner, package):
    text = f"import {package}\nx = {package}.random()\n"
    results = runner(a=text, b=text).results()
    assert results["a"].values == results["b"].values


def test_values_are_the_public_numbers(runner):
    text = "import numpy as np\na = 1\nb = np.float32(0.5)\nc = np.array([[2]])\n"
    text += "SEEDS = range(7)\n_d = 4\ne = [5]\nf = True\ng = 'x'\n"
    expected = {"a": 1, "b": 0.5, "c": 2, "SEEDS": 7}
    assert runner(a=text).results()["a"].values == expected


def test_an_array_as_long_as_the_seeds_has_a_value_for_each(runner):
    text = "import numpy as np\nSEEDS, MANY_SEEDS = range(2), range(3)\n"
    text += (
        "a = np.array([1, 2.5])\nb = np.ones(4)\nd = np.array([True, False, True])\n"
    )
    text += "solved = {'relu': d, 'a layer': a, 'deep': {'tanh': 0.5}}\n"
    assert runner(a=text).results()["a"].values == {
        "SEEDS": 2,
        "MANY_SEEDS": 3,
        "a": [1, 2.5],
        "d": [1, 0, 1],
        "solved.relu": [1, 0, 1],
        "solved.deep.tanh": 0.5,
    }


DAMAGE = {
    "emptied": lambda path: path.write_bytes(b""),
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:-3]),
    "deleted": lambda path: path.unlink(),
    "edited": lambda path: path.write_bytes(path.read_bytes().replace(b"1", b"2")),
}
FILES = ["manifest.json", "values.json", "output.txt", "a.svg", "program.py"]


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("file", FILES)
def test_a_damaged_result_is_found_out_and_made_again(runner, file, damage):
    text = f"{QUICK}print('pi is 3.14')\nopen('a.svg', 'w').write('<svg 1>')\n"
    first = runner(a=text).results()["a"]
    path = runner().store.folder / "a" / file
    before = path.read_bytes()
    DAMAGE[damage](path)
    assert not path.exists() or path.read_bytes() != before
    again = runner().results()["a"]
    assert not again.reused and again.files == first.files
    assert runner().results()["a"].reused


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"key": 1}', '{"version": 3, "outputs": {"a.svg": "abc"}}']
)
def test_a_result_of_another_version_of_the_project_is_made_again(runner, text):
    runner(a=QUICK).results()
    (runner().store.folder / "a" / "manifest.json").write_text(text)
    assert not runner().results()["a"].reused


def test_a_result_that_cannot_be_kept_is_named(runner, tmp_path):
    (tmp_path / ".cache").write_text("a file where a folder should be")
    with pytest.raises(
        SiteError, match="^cannot keep results in .*mend that, and build"
    ):
        runner(a=QUICK).results()


def test_output_that_is_no_text_shows_where_it_is_not(runner):
    text = r"import sys; sys.stdout.buffer.write(b'caf\xe9 \xff')"
    assert runner(a=text).results()["a"].output == "caf� �"


def test_output_loses_control_codes_and_progress_lines():
    line = "\x1b[1m1/1\x1b[0m \x1b[32m━━━━\x1b[0m \x1b[1m0s\x1b[0m\x08\x08\r 1/1 ━ 0s\n"
    output = clean_output(line + "Sigmoid: 0.50\n\x1b[31mred\x1b[0m\n")
    assert output == "Sigmoid: 0.50\nred"


def test_a_figure_takes_the_palette_s_text_color():
    svg = follow_palette('<?xml?><svg width="1"><text fill="#010203"/></svg>')
    assert "currentColor" in svg and "#010203" not in svg
    assert "prefers-color-scheme:dark" in svg


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """What programs leave that draw, print, share code and draw first weights."""
    return run_site_programs(tmp_path_factory.mktemp("alone"), 1, "forkserver")


@pytest.mark.slow
@pytest.mark.parametrize("workers, method", [(4, "forkserver"), (2, "spawn")])
def test_the_way_of_running_changes_no_byte(tmp_path, alone, workers, method):
    assert run_site_programs(tmp_path, workers, method) == alone


def run_site_programs(folder, workers, method):
    shutil.copytree(ROOT / "snippets", folder / "snippets")
    names = ["activations", "by_hand", "relu", "what_it_is_network"]
    results = Runner(folder, workers, method).results(names)
    assert not any(result.reused for result in results.values())
    return {name: result.files for name, result in results.items()}


def test_the_longest_program_of_last_time_starts_first(runner):
    programs = {"a": QUICK, "b": QUICK, "c": QUICK}
    runner(**programs).results()
    one, lines = runner(**{name: text + "#\n" for name, text in programs.items()}), []
    manifest = one.store.folder / "b" / "manifest.json"
    manifest.write_text(
        re.sub(r'"seconds": [\d.]+', '"seconds": 9', manifest.read_text())
    )
    one.workers = 1
    one.results(show=lambda line=None, runs=(), waiting=(): lines.append(line))
    assert next(filter(None, lines)) == "running b"


def test_a_program_that_is_edited_while_it_runs_starts_again(runner, tmp_path):
    started = tmp_path / "started"
    text = f"import time\nopen({str(started)!r}, 'w').close()\ntime.sleep(600)\n"
    one = runner(a=text)

    def show(line=None, runs=(), waiting=()):
        if started.exists():
            (tmp_path / "snippets" / "a.py").write_text("x = 5\n")

    assert one.results(show=show)["a"].values == {"x": 5}


def test_a_pipe_gets_plain_lines(runner):
    lines = []
    one = runner(a=QUICK, b=QUICK)
    one.workers = 1
    with Display(one, lines.append) as show:
        one.results(show=show)
    assert lines[0] == "running a" and lines[2] == "running b"
    assert re.fullmatch(r"finished a in \d\.\d s", lines[1])
    assert re.match(r"ran 2, reused 0; slowest: [ab] \d\.\d s, [ab] \d", lines[-1])


def test_the_slowest_program_is_told_first():
    seconds = {"a": 1, "b": 3, "c": 2}
    ran = {name: Result(name, "", long, {}) for name, long in seconds.items()}
    told = "ran 3, reused 1; slowest: b 3.0 s, c 2.0 s, a 1.0 s"
    assert summarize(list(ran), ran | {"d": None}) == told


def test_a_terminal_gets_a_live_bar_with_the_time_left(runner, tmp_path):
    """The bar is asked for as it stands while the program waits for a file."""
    go, lines, screen = tmp_path / "go", [], io.StringIO()
    wait = (
        f"import time\nwhile not os.path.exists({str(go)!r}):\n    time.sleep(0.01)\n"
    )
    go.touch()
    runner(b=QUICK + wait).results()
    go.unlink()
    one = runner(b=QUICK + wait + "#\n")
    console = Console(file=screen, force_terminal=True, width=200)
    with Display(one, lines.append, console) as display:

        def show(line=None, runs=(), waiting=()):
            display(line, runs, waiting)
            if runs:
                display.bar.refresh()
                go.touch()

        one.results(show=show)
    bar = re.sub(r"\x1b\[[0-9;?]*\w", "", screen.getvalue())
    assert re.search(r"━ b \[1 left, about \d s\]", bar) and lines == ["running b"]
