"""The runner keeps what programs found, runs only what is stale, and never keeps half a result."""

import io
import json
import os
import re
import shutil

import pytest
from rich.console import Console

from measured import SiteError
from measured.run.progress import Display
from measured.run.runner import Runner, adaptive, printed
from tests.conftest import ROOT

QUICK = '"""How quick?"""\nSEEDS = range(3)\nimport os\nwhere = 1 + len(os.listdir())\n'


@pytest.fixture
def runner(tmp_path):
    (tmp_path / "snippets").mkdir()

    def make(**programs):
        for name, text in programs.items():
            (tmp_path / "snippets" / f"{name}.py").write_text(text)
        return Runner(tmp_path)

    return make


def test_a_result_is_reused_until_its_text_changes(runner):
    assert not runner(a=QUICK).results()["a"].reused
    os.utime(runner().programs["a"])
    assert runner().results()["a"].reused
    assert not runner(a=QUICK + "x = 2\n").results()["a"].reused


def test_a_result_is_stale_when_a_module_that_it_imports_changes(runner):
    first = runner(a="from shared import f\nx = f()\n", shared="def f():\n    return 1\n", b=QUICK)
    assert sorted(first.programs) == ["a", "b"]
    assert first.results()["a"].values == {"x": 1}
    again = runner(shared="def f():\n    return 2\n").results()
    assert again["a"].values == {"x": 2} and again["b"].reused


@pytest.mark.parametrize("name, new", [("versions", lambda: ["keras 4"]), ("ENVIRONMENT", {"OMP_NUM_THREADS": "2"})])
def test_a_key_follows_versions_and_environment(runner, monkeypatch, name, new):
    one = runner(a=QUICK)
    before = one.key("a")
    monkeypatch.setattr(f"measured.run.runner.{name}", new)
    assert one.key("a") != before


def test_each_program_runs_in_its_own_empty_folder(runner):
    results = runner(a=QUICK + 'open("left", "w")\n', b=QUICK).results()
    assert [result.values["where"] for result in results.values()] == [1, 1]


def test_programs_are_seeded_and_single_threaded(runner):
    text = "import os\nimport keras\nx = float(keras.random.uniform(()))\n"
    text += "threads = int(os.environ['OMP_NUM_THREADS'])\n"
    results = runner(a=text, b=text).results()
    assert results["a"].values == results["b"].values and results["a"].values["threads"] == 1


def test_values_are_the_public_numbers(runner):
    text = "import numpy as np\na = 1\nb = np.float32(0.5)\nc = np.array([[2]])\nSEEDS = range(7)\n"
    text += "_d = 4\ne = [5]\nf = True\ng = 'x'\n"
    assert runner(a=text).results()["a"].values == {"a": 1, "b": 0.5, "c": 2, "SEEDS": 7}


def test_an_array_as_long_as_the_seeds_has_a_value_for_each(runner):
    text = "import numpy as np\nSEEDS, MANY_SEEDS = range(2), range(3)\na = np.array([1, 2.5])\nb = np.ones(4)\n"
    text += "solved = {'relu': np.array([True, False, True]), 'a layer': a, 'deep': {'tanh': 0.5}}\n"
    expected = {"SEEDS": 2, "MANY_SEEDS": 3, "a": [1, 2.5], "solved.relu": [1, 0, 1], "solved.deep.tanh": 0.5}
    assert runner(a=text).results()["a"].values == expected


def test_one_seed_without_a_number_fails_the_program(runner):
    with pytest.raises(SiteError, match=r"the value a is \[1.0, nan\]"):
        runner(a="import numpy as np\nSEEDS = range(2)\na = np.array([1, np.nan])\n").results()


@pytest.mark.parametrize("value", ["nan", "inf"])
def test_a_value_that_is_no_number_fails_the_program(runner, value):
    with pytest.raises(SiteError, match=f"the value x is {value}"):
        runner(a=f"x = float('{value}')\n").results()


def test_a_failure_keeps_the_last_good_result_and_those_of_other_programs(runner):
    runner(a=QUICK).results()
    with pytest.raises(SiteError) as caught:
        runner(a="def f():\n    1 / 0\nf()\n", b=QUICK).results()
    assert "snippets/a.py:2: the program failed" in str(caught.value) and "ZeroDivisionError" in str(caught.value)
    assert 'snippets/a.py", line 2, in f' in str(caught.value) and "child.py" not in str(caught.value)
    one = runner()
    assert json.loads((one.cache / "a" / "values.json").read_text())["where"] == 1
    assert one.find("a") is None and one.find("b") is not None


@pytest.mark.parametrize(
    "text", ["import sys\nsys.exit(0)\n", "import sys\nsys.exit(2)\n", "import os\nos._exit(0)\n", "os.abort = x ="]
)
def test_a_program_that_does_not_reach_its_end_has_failed(runner, text):
    with pytest.raises(SiteError, match=r"snippets/a.py(:\d)?: the program failed"):
        runner(a=text).results()


@pytest.mark.parametrize("damage", ["", "{", '{"key": 1}'])
def test_a_damaged_result_is_run_again(runner, damage):
    one = runner(a=QUICK)
    one.results()
    for file in ("manifest.json", "values.json"):
        (one.cache / "a" / file).write_text(damage)
        assert not one.results()["a"].reused


def test_output_loses_control_codes_and_progress_lines():
    line = "\x1b[1m1/1\x1b[0m \x1b[32m━━━━\x1b[0m \x1b[1m0s\x1b[0m 45ms/step\x08\x08\r\x1b[1m1/1\x1b[0m ━ 0s\n"
    assert printed(line + "Sigmoid: 0.50\n\x1b[31mred\x1b[0m\n") == "Sigmoid: 0.50\nred"


def test_a_figure_takes_the_palette_s_text_colour():
    svg = adaptive('<?xml?><svg width="1"><text fill="#010203"/></svg>')
    assert "currentColor" in svg and "#010203" not in svg and "prefers-color-scheme:dark" in svg


@pytest.mark.parametrize("workers, method", [(1, "forkserver"), (4, "forkserver"), (2, "spawn")])
def test_the_way_of_running_changes_no_byte(tmp_path, workers, method):
    """Against the results that the site's own build has, of programs that train, draw and print."""
    shutil.copytree(ROOT / "snippets", tmp_path / "snippets")
    names = ["activations", "what_it_is_gradients", "what_it_is_network", "relu", "by_hand"]
    kept, again = Runner(ROOT).results(names), Runner(tmp_path, workers, method).results(names)
    assert {name: result.files for name, result in again.items()} == {n: result.files for n, result in kept.items()}
    assert not any(result.reused for result in again.values())


def test_the_longest_program_of_last_time_starts_first(runner):
    one = runner(a=QUICK, b=QUICK + "import time\ntime.sleep(1)\n", c=QUICK)
    one.results()
    lines = []
    changed = runner(a=QUICK + "#\n", b=QUICK + "import time\ntime.sleep(1)\n#\n", c=QUICK + "#\n")
    changed.workers = 1
    changed.results(show=lambda line=None, runs=(), waiting=(): lines.append(line))
    assert [line for line in lines if line and line.startswith("running")][0] == "running b"


def test_a_program_that_is_edited_while_it_runs_starts_again(runner, tmp_path):
    one = runner(a=QUICK + "import time\ntime.sleep(60)\n")

    def show(line=None, runs=(), waiting=()):
        if runs and runs[0].seconds > 1:
            (tmp_path / "snippets" / "a.py").write_text("x = 5\n")

    assert one.results(show=show)["a"].values == {"x": 5}


def test_a_terminal_gets_a_live_bar_and_a_pipe_plain_lines(runner, monkeypatch):
    lines, screen = [], io.StringIO()
    one = runner(a=QUICK, b=QUICK + "import time\ntime.sleep(1)\n")
    with Display(one, lines.append) as show:
        one.results(show=show)
    assert lines[:2] == ["running a", "running b"] and re.match(r"ran 2, reused 0; slowest: b \d\.\d s, a", lines[-1])
    two = runner(a=QUICK + "#\n", b=QUICK + "import time\ntime.sleep(2)\n")
    with Display(two, lines.append, Console(file=screen, force_terminal=True, width=200)) as show:
        two.results(show=show)
    bar = re.sub(r"\x1b\[[0-9;?]*\w", "", screen.getvalue())
    assert re.search(r"━ b \[1 left, about \d s\]", bar) and not any("finished" in line for line in lines[5:])
