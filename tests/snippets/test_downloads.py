"""What readers download runs anywhere, and is the program that the build ran."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

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
SHARING = [name for name in PROGRAMS if RUNNER.uses(name)]


@pytest.mark.parametrize("name", sorted(set(PROGRAMS) - set(SHARING)))
def test_a_program_without_shared_code_is_downloaded_as_it_ran(name):
    path = PROGRAMS[name]
    assert self_contained(path, RUNNER.modules) == without_markers(path.read_text())


@pytest.fixture(scope="module")
def alone(site, tmp_path_factory):
    """Each download that has shared code in it, run in an empty folder without the project: name -> figures drawn."""

    def run(name):
        folder = tmp_path_factory.mktemp(name)
        shutil.copy(site / "downloads" / f"{name}.py", folder)
        environment = {"PATH": "", "HOME": str(folder), **ENVIRONMENT}
        done = subprocess.run(
            [sys.executable, "-P", f"{name}.py"],
            cwd=folder,
            env=environment,
            capture_output=True,
        )
        return (
            done.stderr.decode()[-2000:]
            if done.returncode
            else sorted(path.name for path in folder.glob("*.svg"))
        )

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(SHARING, pool.map(run, SHARING)))


@pytest.mark.parametrize("name", SHARING)
def test_a_program_with_shared_code_runs_in_an_empty_folder(name, alone):
    assert alone[name] == RUNNER.find(name).figures


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_notebook_holds_the_program_whole_and_is_valid(name, site):
    source = (site / "downloads" / f"{name}.py").read_text()
    book = nbformat.read(site / "downloads" / f"{name}.ipynb", as_version=4)
    nbformat.validate(book)
    code = "\n".join(cell.source for cell in book.cells if cell.cell_type == "code")
    text = "".join(cell.source for cell in book.cells if cell.cell_type == "markdown")
    assert "".join(code.split()) in "".join(source.split())
    assert "".join((text + code).split()) == "".join(
        source.replace('"""', "", 2 if text else 0).split()
    )


def test_a_notebook_runs(tmp_path, site):
    import nbclient

    book = nbformat.read(site / "downloads" / "by_hand.ipynb", as_version=4)
    nbclient.NotebookClient(
        book, resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    assert (tmp_path / "by_hand.svg").exists()


@pytest.mark.parametrize("line", ["import shared", "from shared import f as g"])
def test_an_import_that_no_download_can_inline_is_refused(tmp_path, line):
    for name, text in {"a": line, "shared": "def f(): pass"}.items():
        (tmp_path / f"{name}.py").write_text(text + "\n")
    with pytest.raises(SiteError, match="a.py:1: "):
        self_contained(tmp_path / "a.py", {"shared": tmp_path / "shared.py"})


@pytest.mark.parametrize(
    "line", ["f = 1", "def f(): pass", "for f in (): pass", "if f := 1: pass"]
)
def test_a_name_that_the_shared_code_has_is_refused(tmp_path, line):
    for name, text in {
        "a": f"from shared import g\n{line}",
        "shared": "def f(): pass\ndef g(): f()",
    }.items():
        (tmp_path / f"{name}.py").write_text(text + "\n")
    with pytest.raises(SiteError, match="a.py:2: choose another name than 'f'"):
        self_contained(tmp_path / "a.py", {"shared": tmp_path / "shared.py"})


def test_names_inside_functions_and_comprehensions_are_free(tmp_path):
    text = "from shared import g\ndef h(f):\n    f = 1\n[f for f in ()]\n"
    for name, content in {"a": text, "shared": "def f(): pass\ndef g(): f()\n"}.items():
        (tmp_path / f"{name}.py").write_text(content)
    assert "def f" in self_contained(
        tmp_path / "a.py", {"shared": tmp_path / "shared.py"}
    )


def test_shared_code_stands_where_it_was_imported():
    source = self_contained(PROGRAMS[SHARING[0]], RUNNER.modules)
    assert "class Stack" in source and "from stack" not in source
    assert (
        nbformat.reads(notebook(source), as_version=4).cells[0].cell_type == "markdown"
    )
