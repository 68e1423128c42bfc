"""What readers download runs anywhere, and is the program that the build ran."""

import shutil
import subprocess
import sys

import nbclient
import nbformat
import pytest

from measured import SiteError
from measured.run.program import notebook, self_contained, without_markers
from measured.run.runner import ENVIRONMENT, Runner
from tests.conftest import ROOT

RUNNER = Runner(ROOT)
PROGRAMS = {
    name: path for name, path in RUNNER.programs.items() if path.suffix == ".py"
}
ALONE = [name for name in PROGRAMS if not RUNNER.uses(name)]
QUICK = "exploding_recurrent"  # of the programs with shared code


@pytest.mark.parametrize("name", ALONE)
def test_a_program_without_shared_code_is_downloaded_as_it_is_written(name, site):
    written = without_markers(PROGRAMS[name].read_text())
    assert (site / "downloads" / f"{name}.py").read_text() == written


def test_a_download_with_shared_code_draws_its_figure_in_an_empty_folder(
    site, tmp_path
):
    shutil.copy(site / "downloads" / f"{QUICK}.py", tmp_path)
    environment = {"PATH": "", "HOME": str(tmp_path), **ENVIRONMENT}
    command = [sys.executable, "-P", f"{QUICK}.py"]
    subprocess.run(command, cwd=tmp_path, env=environment, check=True)
    assert RUNNER.uses(QUICK) and (tmp_path / f"{QUICK}.svg").exists()


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_notebook_holds_the_program_whole_and_is_valid(name, site):
    source = (site / "downloads" / f"{name}.py").read_text()
    book = nbformat.read(site / "downloads" / f"{name}.ipynb", as_version=4)
    nbformat.validate(book)
    code, text = (
        "\n".join(cell.source for cell in book.cells if cell.cell_type == kind)
        for kind in ("code", "markdown")
    )
    whole = source.replace('"""', "", 2 if text else 0)
    assert (text + code).split() == whole.split()
    assert "".join(code.split()) in "".join(source.split())


def test_a_notebook_runs(tmp_path, site):
    book = nbformat.read(site / "downloads" / "by_hand.ipynb", as_version=4)
    place = {"metadata": {"path": str(tmp_path)}}
    nbclient.NotebookClient(book, resources=place).execute()
    assert (tmp_path / "by_hand.svg").exists()


@pytest.fixture
def inlined(tmp_path):
    """A program as it is downloaded: called with its text and its shared module's."""

    def inline(program, shared):
        (tmp_path / "a.py").write_text(f"{program}\n")
        (tmp_path / "shared.py").write_text(f"{shared}\n")
        return self_contained(tmp_path / "a.py", {"shared": tmp_path / "shared.py"})

    return inline


@pytest.mark.parametrize("line", ["import shared", "from shared import f as g"])
def test_an_import_that_no_download_can_inline_is_refused(inlined, line):
    with pytest.raises(SiteError, match="a.py:1: "):
        inlined(line, "def f(): pass")


BINDINGS = ["f = 1", "def f(): pass", "for f in (): pass", "if f := 1: pass"]


@pytest.mark.parametrize("line", BINDINGS)
def test_a_name_that_the_shared_code_has_is_refused(inlined, line):
    message = "a.py:2: choose another name than 'f'"
    with pytest.raises(SiteError, match=message):
        inlined(f"from shared import g\n{line}", "def f(): pass\ndef g(): f()")


def test_names_inside_functions_and_comprehensions_are_free(inlined):
    program = "from shared import g\ndef h(f):\n    f = 1\n[f for f in ()]"
    assert "def f" in inlined(program, "def f(): pass\ndef g(): f()")


def test_shared_code_stands_where_it_was_imported():
    source = self_contained(PROGRAMS[QUICK], RUNNER.modules)
    assert "class Stack" in source and "from stack" not in source
    cells = nbformat.reads(notebook(source), as_version=4).cells
    assert cells[0].cell_type == "markdown"
