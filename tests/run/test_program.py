"""What readers download is the text that ran, and it runs anywhere."""

import json
import os
import subprocess
import sys
from string import whitespace

import nbformat
import pytest

from measured import SiteError
from measured.run.program import (
    MARKER,
    list_program,
    make_notebook,
)
from measured.run.runner import ENVIRONMENT, Runner
from tests.conftest import ROOT

RUNNER = Runner(ROOT)
PROGRAMS = {n: path for n, path in RUNNER.programs.items() if path.suffix == ".py"}
SHARED = '''"""Shared."""

import math

import keras

LIMIT = 3


# The most.
def f():
    return LIMIT


def g():
    f()


def h():
    keras
'''


def write(folder, **texts):
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text)
    return folder / "a.py", {name: folder / f"{name}.py" for name in texts}


@pytest.mark.slow
def test_the_text_that_ran_is_the_download(runner):
    one = runner(a='"""Why?"""\nfrom shared import f\n\nx = f()\n', shared=SHARED)
    ran = one.results()["a"]
    text = ran.files["program.py"].decode()
    assert text == list_program(one.programs["a"], one.modules).text
    assert "import f" not in text and "def f" in text and ran.values == {"x": 3}


def test_a_program_runs_from_the_file_that_is_kept(runner):
    """TensorFlow reads the source of the functions that it compiles."""
    text = "import inspect\ndef f(): pass\nprint(inspect.getsource(f))\n"
    assert runner(a=text).results()["a"].output == "def f(): pass"


def test_numbers_of_shared_code_are_values_only_where_they_are_imported(runner):
    one = runner(a="from shared import f\nx = 1\n", b="from shared import LIMIT\n")
    one = runner(shared="from math import pi\nLIMIT = 3\ndef f(): LIMIT, pi\n")
    values = {name: result.values for name, result in one.results().items()}
    assert values == {"a": {"x": 1}, "b": {"LIMIT": 3}}


@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_a_program_of_the_site_is_whole_without_the_project(name):
    text = list_program(PROGRAMS[name], RUNNER.modules).text
    compile(text, name, "exec")
    if not RUNNER.uses(name):
        assert text == MARKER.sub("", PROGRAMS[name].read_text())
    assert not any(f"from {module} import" in text for module in RUNNER.modules)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["by_hand", "exploding_recurrent"])
def test_a_download_runs_in_an_empty_folder(name, tmp_path):
    text = list_program(PROGRAMS[name], RUNNER.modules).text
    (tmp_path / f"{name}.py").write_text(text)
    environment = {"PATH": "", "HOME": str(tmp_path), **ENVIRONMENT}
    command = [sys.executable, "-P", f"{name}.py"]
    subprocess.run(command, cwd=tmp_path, env=environment, check=True)
    assert f"{name}.svg" in os.listdir(tmp_path)


@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_a_notebook_holds_the_program_whole_and_is_valid(name):
    listing = list_program(PROGRAMS[name], RUNNER.modules)
    book = nbformat.reads(make_notebook(listing.text, listing.parts), as_version=4)
    nbformat.validate(book)
    signs = str.maketrans("", "", '#"' + whitespace)  # of comments and of layout
    held = "".join(cell.source for cell in book.cells)
    assert held.translate(signs) == listing.text.translate(signs)


COMMENTED = '''"""How many?

Two.
"""

import math

# Take one,
# and add one.
n = 1
# in place
n += 1

print(n)


# Then draw.

@f
def f():
    # no text
    pass
# the end
'''


def cut(text, parts=()):
    cells = json.loads(make_notebook(text, parts))["cells"]
    return [(cell["cell_type"], cell["source"]) for cell in cells]


def test_a_notebook_has_the_comments_before_lines_as_text():
    assert cut(COMMENTED) == [
        ("markdown", "# How many?\n\nTwo."),
        ("code", "import math"),
        ("markdown", "Take one,\nand add one."),
        ("code", "n = 1\n# in place\nn += 1\n\nprint(n)"),
        ("markdown", "Then draw."),
        ("code", "@f\ndef f():\n    # no text\n    pass\n# the end"),
    ]


@pytest.mark.parametrize(
    "text, codes",
    [
        (
            "x = 1\n# --8<-- [start:a]\ny = 2\nz = 3\n# --8<-- [end:a]\ny\n",
            ["x = 1", "y = 2\nz = 3", "y"],
        ),
        ("x = 1\nfrom shared import k\nk\n", ["x = 1", "k = 2", "k"]),
    ],
    ids=["section", "shared code"],
)
def test_a_notebook_has_a_cell_for_each_part(tmp_path, text, codes):
    listing = list_program(*write(tmp_path, a=text, shared="k = 2\nm = 3\n"))
    assert [code for _, code in cut(listing.text, listing.parts)] == codes


@pytest.mark.slow
def test_a_notebook_runs(tmp_path):
    import nbclient

    source = list_program(PROGRAMS["by_hand"], RUNNER.modules).text
    book = nbformat.reads(make_notebook(source), as_version=4)
    resources = {"metadata": {"path": str(tmp_path)}}
    nbclient.NotebookClient(book, resources=resources).execute()
    assert (tmp_path / "by_hand.svg").exists()


@pytest.mark.parametrize(
    "line",
    [
        "import shared",
        "from shared import f as g",
        "from shared import *",
        "if 1:  from shared import f",
    ],
)
def test_an_import_that_no_download_can_inline_is_refused(tmp_path, line):
    path, modules = write(tmp_path, a=f"\n{line}\n", shared="def f(): pass\n")
    with pytest.raises(SiteError, match="^snippets/a.py:2: .*download"):
        list_program(path, modules)


def test_a_refused_program_fails_the_build_and_no_other_one(runner):
    one = runner(a="import shared\n", b="x = 1\n", shared=SHARED)
    with pytest.raises(SiteError, match="^snippets/a.py:1: write 'from shared import"):
        one.results()
    assert one.find("b").values == {"x": 1}


@pytest.mark.parametrize(
    "line", ["f = 1", "def f(): pass", "for f in (): pass", "if f := 1: pass"]
)
def test_a_name_that_the_shared_code_brings_is_refused(tmp_path, line):
    path, modules = write(tmp_path, a=f"from shared import g\n{line}", shared=SHARED)
    with pytest.raises(SiteError, match="a.py:2: choose another name than 'f'"):
        list_program(path, modules)


def test_names_that_nothing_reaches_are_free(tmp_path):
    text = "from shared import f\ng = h = math = 1\n"
    assert "def f" in list_program(*write(tmp_path, a=text, shared=SHARED)).text


def test_names_inside_functions_and_comprehensions_are_free(tmp_path):
    text = "from shared import g\ndef h(f):\n    f = 1\n[f for f in ()]\n"
    assert "def f" in list_program(*write(tmp_path, a=text, shared=SHARED)).text


@pytest.mark.parametrize(
    "name, brought",
    [
        ("LIMIT", "LIMIT = 3\n"),
        ("f", "LIMIT = 3\n\n\n# The most.\ndef f():\n    return LIMIT\n"),
        ("h", "import keras\n\n\ndef h():\n    keras\n"),
    ],
)
def test_of_shared_code_stands_what_the_program_reaches(tmp_path, name, brought):
    path, modules = write(tmp_path, a=f"from shared import {name}\n", shared=SHARED)
    assert list_program(path, modules).text.strip() == brought.strip()


def test_code_is_reached_through_other_modules(tmp_path):
    path, modules = write(
        tmp_path,
        a="from shared import f\n",
        shared="from base import k\nfrom base import m\ndef f():\n    return k\n",
        base="k = 2\nm = 3\n",
    )
    assert list_program(path, modules).text == "k = 2\ndef f():\n    return k\n"


def test_what_shared_code_does_without_a_name_stands_too(tmp_path):
    shared = "k = {}\nm = k\nk[1] = 2\nprint(m)\n'text'\nn = 1\n"
    path, modules = write(tmp_path, a="from shared import k\n", shared=shared)
    assert list_program(path, modules).text == "k = {}\nm = k\nk[1] = 2\nprint(m)\n"


def test_two_statements_on_a_line_stand_once(tmp_path):
    path, modules = write(tmp_path, a="x = 1; y = 2\n")
    assert list_program(path, modules).text == "x = 1; y = 2\n"


def test_an_import_stands_once(tmp_path):
    path, modules = write(
        tmp_path,
        a="import math\nfrom shared import k\nfrom base import m\n",
        shared="import math\nfrom os import path\nk = math, path\n",
        base="from os import path\nm = path\n",
    )
    listing = list_program(path, modules).text
    assert listing == "import math\nfrom os import path\nk = math, path\nm = path\n"


def test_shared_code_stands_once_where_it_was_imported_first(tmp_path):
    shared = '"""S."""\nfrom base import k\n\n# --8<-- [start:f]\nf = k\n'
    text = "x = 1\nfrom base import k\nfrom shared import f\nk\n"
    path, modules = write(tmp_path, a=text, shared=shared, base="k = 2\n")
    listing = list_program(path, modules)
    assert listing.text == "x = 1\nk = 2\n\nf = k\nk\n"
    places = [(place.stem, line) for place, line in listing.origins]
    assert places[:4] == [("a", 1), ("base", 1), ("shared", 3), ("shared", 5)]
