"""Labs: solved where the build runs them, with gaps to fill for learners."""

import ast
import contextlib
import io
import json
import re
import subprocess
import sys

import matplotlib
import nbclient
import nbformat
import pytest

from measured.run.package import build_wheel, name_wheel
from measured.run.program import SOLUTION, make_lab, open_gaps
from measured.run.runner import Runner
from tests.conftest import ROOT

RUNNER = Runner(ROOT)
LABS = {path.stem: path for path in sorted((ROOT / "docs" / "labs").glob("*.ipynb"))}


def code(path):
    cells = nbformat.read(path, as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type == "code"]


def test_there_are_six_labs():
    assert len(LABS) == 6


@pytest.mark.parametrize("name", LABS)
def test_a_lab_asks_for_predictions_and_explains(name):
    cells = nbformat.read(LABS[name], as_version=4).cells
    text = " ".join(cell.source for cell in cells)
    assert text.count("**Predict.**") >= 3 and text.count("**Explain.**") >= 3
    assert "## What this does not show" in text


def prepare(cells, space):
    """Run what the cells import, define and set; the build has run all that is slow.

    Slow is what calls a function of the lab, or the doctor.
    """
    nodes = ast.parse("\n".join(cells)).body
    slow = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    for node in nodes:
        calls = [part.func for part in ast.walk(node) if isinstance(part, ast.Call)]
        names = {part.id for part in calls if isinstance(part, ast.Name)}
        if isinstance(node, ast.FunctionDef) or not names & (slow | {"examine"}):
            with contextlib.suppress(NameError):  # of what was slow
                exec(ast.unparse(node), space)


@pytest.mark.slow
@pytest.mark.parametrize("name", LABS)
def test_each_gap_fails_with_its_task_when_a_learner_comes_to_it(name, tmp_path):
    matplotlib.use("Agg")
    cells = code(LABS[name])
    gaps = [number for number, cell in enumerate(cells) if SOLUTION.search(cell)]
    assert gaps
    with contextlib.chdir(tmp_path), contextlib.redirect_stdout(io.StringIO()):
        for gap in gaps:
            space, task = {"__name__": "__main__"}, SOLUTION.search(cells[gap])["task"]
            prepare(cells[:gap], space)
            with pytest.raises(NotImplementedError, match=re.escape(task)):
                exec(open_gaps(cells[gap]), space)
                exec(cells[gap + 1], space)


@pytest.mark.parametrize("name", LABS)
def test_a_learner_s_notebook_has_no_solution_and_the_solved_one_all(name, site):
    folder, cells = site / "downloads" / "labs", code(LABS[name])
    solved = nbformat.read(folder / f"{name}-solved.ipynb", as_version=4)
    gaps = nbformat.read(folder / f"{name}.ipynb", as_version=4)
    for book in (solved, gaps):
        nbformat.validate(book)
        assert not any(cell.get("outputs") for cell in book.cells)
    text = "\n".join(cell.source for cell in gaps.cells)
    assert "SOLUTION" not in text
    assert text.count("Unsolved: ") == "".join(cells).count("BEGIN SOLUTION")
    assert [cell.source for cell in solved.cells if cell.source in cells] == cells


@pytest.mark.parametrize("name", LABS)
def test_a_lab_brings_what_it_needs_of_the_site(name, site):
    text = (site / "downloads" / "labs" / f"{name}.ipynb").read_text()
    assert all(f"%%writefile {module}.py" in text for module in RUNNER.uses(name))
    wheels = [name_wheel(RUNNER.packages[package]) for package in RUNNER.needs(name)]
    assert all(
        "%pip install --quiet http" in text and wheel in text for wheel in wheels
    )
    assert "--8<--" not in text


@pytest.mark.parametrize("name", LABS)
def test_the_page_of_a_lab_shows_it_run_with_its_solutions_folded(name, site):
    page = (site / "labs" / name / "index.html").read_text()
    solutions = sum(bool(SOLUTION.search(cell)) for cell in code(LABS[name]))
    assert page.count("<summary>Solution</summary>") == solutions > 0
    assert f'href="../../downloads/labs/{name}.ipynb"' in page
    assert "Open in Colab" not in page
    assert len(page) < 700_000


def test_a_lab_opens_in_colab_where_the_repository_is_on_github(hosted):
    page = (hosted / "labs" / "how-deep" / "index.html").read_text()
    colab = "/github/someone/vanishing/blob/gh-pages/downloads/labs/how-deep.ipynb"
    assert colab in page


@pytest.fixture
def learner(tmp_path, monkeypatch):
    """The error that a learner's notebook ends with, run in an empty folder with
    nothing of the project but the wheel.
    """
    folder = ROOT / "gradient_doctor"
    wheel = tmp_path.with_suffix(".wheel") / name_wheel(folder)
    wheel.parent.mkdir()
    wheel.write_bytes(build_wheel(folder))
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index"]
    subprocess.run([*command, "--no-deps", "--target", wheel.parent, wheel], check=True)
    monkeypatch.setenv("PYTHONPATH", str(wheel.parent))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.delenv("MPLBACKEND", raising=False)
    text = make_lab(LABS["five-patients"], RUNNER.modules, solved=False)
    book = nbformat.reads(text, as_version=4)
    place = {"metadata": {"path": str(tmp_path)}}
    with pytest.raises(nbclient.exceptions.CellExecutionError) as caught:
        nbclient.NotebookClient(book, resources=place).execute()
    return str(caught.value)


@pytest.mark.slow
def test_a_learner_s_notebook_needs_the_wheel_alone_and_leaves_what_it_brings(
    learner, tmp_path
):
    """Run in an empty folder up to its first gap."""
    assert "Unsolved: give the last layer another activation" in learner
    assert [path.name for path in tmp_path.iterdir()] == ["unknown_patients.py"]


def test_a_lab_is_stale_when_a_module_that_it_imports_changes(tmp_path):
    (tmp_path / "docs/labs").mkdir(parents=True)
    (tmp_path / "snippets").mkdir()
    (tmp_path / "snippets/shared.py").write_text("def f():\n    return 41\n")
    source = "%precision 3\nfrom shared import f\nprint(f())"  # a magic is no Python
    book = {"cells": [{"cell_type": "code", "source": source}]}
    (tmp_path / "docs/labs/lab.ipynb").write_text(json.dumps(book))
    runner = Runner(tmp_path)
    before = runner.key("lab")
    assert Runner(tmp_path).key("lab") == before
    (tmp_path / "snippets/shared.py").write_text("def f():\n    return 42\n")
    assert Runner(tmp_path).key("lab") != before


def test_a_gap_keeps_its_place():
    before, after = "def f():\n    x = 1\n", "\n\nf()\n"
    begin, end = "    ### BEGIN SOLUTION: say 'one'\n", "    ### END SOLUTION"
    solved = f"{before}{begin}    y = 2\n    return y\n{end}{after}"
    gap = "    raise NotImplementedError(\"Unsolved: say 'one'\")"
    assert open_gaps(solved) == f"{before}{gap}{after}"


def test_two_gaps_of_a_cell_are_two(tmp_path):
    one = "### BEGIN SOLUTION: a\n1\n### END SOLUTION"
    cell = {"cell_type": "code", "id": "x", "metadata": {}, "outputs": []}
    path = tmp_path / "lab.ipynb"
    path.write_text(json.dumps({"cells": [cell | {"source": f"{one}\n{one}"}]}))
    assert make_lab(path, {}, solved=False).count("Unsolved: a") == 2
