"""Labs: what the build runs is solved, what learners get has gaps that say what to do, and both run anywhere."""

import contextlib
import io
import json
import os
import re

import matplotlib
import nbformat
import pytest

from measured.run.program import SOLUTION, lab, unsolved
from measured.run.runner import Runner
from tests.conftest import ROOT

RUNNER = Runner(ROOT)
LABS = {path.stem: path for path in sorted((ROOT / "docs" / "labs").glob("*.ipynb"))}


def code(path):
    return [
        cell.source
        for cell in nbformat.read(path, as_version=4).cells
        if cell.cell_type == "code"
    ]


def test_there_are_four_labs():
    assert len(LABS) == 4


@pytest.mark.parametrize("name", LABS)
def test_a_lab_asks_for_predictions_and_explains(name):
    text = " ".join(
        cell.source for cell in nbformat.read(LABS[name], as_version=4).cells
    )
    assert (
        text.count("**Predict.**") >= 3
        and text.count("**Explain.**") >= 3
        and "## What this does not show" in text
    )


@pytest.mark.parametrize("name", LABS)
def test_a_gap_fails_with_its_task_until_it_is_filled(name, tmp_path):
    """Run cell by cell; before a solved cell its gap, with the cells that follow up to the next gap."""
    matplotlib.use("Agg")
    cells, space, tasks = code(LABS[name]), {"__name__": "__main__"}, 0
    with contextlib.chdir(tmp_path), contextlib.redirect_stdout(io.StringIO()):
        for number, cell in enumerate(cells):
            if SOLUTION.search(cell):
                task = SOLUTION.search(cell)["task"]
                tasks += len(SOLUTION.findall(cell))
                with pytest.raises(
                    NotImplementedError, match=re.escape(f"Unsolved: {task}")
                ):
                    exec(unsolved(cell), space)
                    exec(cells[number + 1], space)
            exec(cell, space)
    assert tasks >= 1


@pytest.mark.parametrize("name", LABS)
def test_a_learner_s_notebook_has_no_solution_and_the_solved_one_all(name, site):
    solved = nbformat.read(
        site / "downloads" / "labs" / f"{name}-solved.ipynb", as_version=4
    )
    gaps = nbformat.read(site / "downloads" / "labs" / f"{name}.ipynb", as_version=4)
    for book in (solved, gaps):
        nbformat.validate(book)
        assert not any(cell.get("outputs") for cell in book.cells)
    text = "\n".join(cell.source for cell in gaps.cells)
    assert "SOLUTION" not in text and text.count("Unsolved: ") == "".join(
        code(LABS[name])
    ).count("BEGIN SOLUTION")
    assert [
        cell.source for cell in solved.cells if cell.source in code(LABS[name])
    ] == code(LABS[name])


@pytest.mark.parametrize("name", LABS)
def test_a_lab_brings_what_it_needs_of_the_site(name, site):
    text = (site / "downloads" / "labs" / f"{name}.ipynb").read_text()
    used = RUNNER.uses(name)
    assert (
        all(f"%%writefile {module}.py" in text for module in used)
        and "--8<--" not in text
    )


@pytest.mark.parametrize("name", LABS)
def test_the_page_of_a_lab_shows_it_run_with_its_solutions_folded(name, site):
    page = (site / "labs" / name / "index.html").read_text()
    solutions = sum(bool(SOLUTION.search(cell)) for cell in code(LABS[name]))
    assert page.count("<summary>Solution</summary>") == solutions > 0
    assert (
        f'href="../../downloads/labs/{name}.ipynb"' in page
        and "Open in Colab" not in page
    )
    assert len(page) < 700_000


def test_a_lab_opens_in_colab_where_the_repository_is_on_github(github_site):
    page = (github_site / "labs" / "how-deep" / "index.html").read_text()
    assert (
        "/github/someone/vanishing/blob/gh-pages/downloads/labs/how-deep.ipynb" in page
    )


def test_a_learner_s_notebook_runs_in_an_empty_folder_up_to_its_first_gap(
    tmp_path, monkeypatch
):
    import nbclient

    monkeypatch.setenv("PYTHONPATH", "")
    monkeypatch.delenv("MPLBACKEND", raising=False)
    book = nbformat.reads(
        lab(LABS["break-and-mend"], RUNNER.modules, solved=False), as_version=4
    )
    with pytest.raises(
        nbclient.exceptions.CellExecutionError, match="Unsolved: return network"
    ):
        nbclient.NotebookClient(
            book, resources={"metadata": {"path": str(tmp_path)}}
        ).execute()
    assert os.listdir(tmp_path) == [
        "gradient_doctor.py"
    ] or "gradient_doctor.py" in os.listdir(tmp_path)


def test_a_gap_keeps_its_place():
    solved = "def f():\n    x = 1\n    ### BEGIN SOLUTION: say 'one'\n    y = 2\n    return y\n    ### END SOLUTION\n\nf()\n"
    assert (
        unsolved(solved)
        == "def f():\n    x = 1\n    raise NotImplementedError(\"Unsolved: say 'one'\")\n\nf()\n"
    )


def test_two_gaps_of_a_cell_are_two(tmp_path):
    one = "### BEGIN SOLUTION: a\n1\n### END SOLUTION"
    book = {
        "cells": [
            {
                "cell_type": "code",
                "id": "x",
                "metadata": {},
                "source": f"{one}\n{one}",
                "outputs": [],
            }
        ]
    }
    path = tmp_path / "lab.ipynb"
    path.write_text(json.dumps(book))
    assert lab(path, {}, solved=False).count("Unsolved: a") == 2
