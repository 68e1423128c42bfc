"""A package in the project: importable by programs, and handed out as it is."""

import json
import subprocess
import sys
import zipfile
from io import BytesIO

import pytest

from measured import SiteError
from measured.run.fresh import copy_with_fresh_seeds
from measured.run.package import build_wheel, join_modules, name_wheel
from measured.run.runner import Runner
from tests.builds import DECAY, PYPROJECT, START, WORDS, write_package


@pytest.fixture
def package(tmp_path):
    """A package of three modules at a project's root."""
    return write_package(tmp_path)


def test_a_program_imports_a_package_of_its_project(package, runner):
    one = runner(a="from half_life import halve\n\nx, _, _ = halve(6)\n")
    ran = one.results()["a"]
    assert ran.values == {"x": 3}
    assert "from half_life import halve" in ran.files["program.py"].decode()


@pytest.mark.parametrize("command", ["mkdocs build", "python -m mkdocs build"])
def test_a_lab_imports_a_package_of_its_project(package, monkeypatch, command):
    monkeypatch.delenv("PYTHONPATH", raising=False)
    if "-m" in command:  # Python itself looks in the folder, and kernels do not
        monkeypatch.syspath_prepend(package.parent)
    cell = {"cell_type": "code", "id": "x", "metadata": {}, "outputs": []}
    cell |= {"execution_count": None, "source": "import half_life\nhalf_life.halve(6)"}
    book = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    labs = package.parent / "docs/labs"
    labs.mkdir(parents=True)
    (labs / "lab.ipynb").write_text(json.dumps(book))
    ran = Runner(package.parent, method="spawn").results()["lab"]
    assert "3.0" in ran.files["notebook.ipynb"].decode()


def test_a_program_is_stale_when_a_package_that_it_imports_changes(package, runner):
    one = runner(
        a="from shared import f\n",
        b="x = 1\n",
        shared="import half_life\n\n\ndef f():\n    return half_life\n",
    )
    before = {name: one.key(name) for name in "ab"}
    (package / "words.py").write_text(WORDS.replace("decay", "growth"))
    one.look()
    assert one.key("a") != before["a"] and one.key("b") == before["b"]


def test_programs_on_fresh_seeds_have_the_packages_that_they_import(package, runner):
    runner(a="import half_life\n")
    (package.parent / "docs").mkdir()
    copy = copy_with_fresh_seeds(package.parent)
    assert (copy / "half_life/words.py").read_text() == WORDS


def test_a_package_is_one_file_that_runs_anywhere(package, tmp_path):
    place = tmp_path / "elsewhere"
    place.mkdir()
    text = join_modules(package, "https://example.org/")
    (place / "half_life.py").write_text(text)
    code = "from half_life import halve\nprint(*halve(6))"
    command = [sys.executable, "-P", "-c", f"import sys\nsys.path[:0] = ['.']\n{code}"]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True)
    assert done.stdout == "3.0 decay https://example.org/\n", done.stderr
    assert text.startswith('"""How much is left?"""')
    assert "spare" not in text and "[start:" not in text


@pytest.mark.parametrize(
    "line", ["from half_life import words", "from .words import name"]
)
def test_a_package_that_cannot_be_one_file_is_refused(package, line):
    (package / "decay.py").write_text(f"{line}\n\n\ndef halve():\n    words, name\n")
    with pytest.raises(SiteError, match=f"half_life: '{line}' cannot be joined"):
        join_modules(package)


def test_two_modules_of_a_package_share_no_name(package):
    (package / "words.py").write_text(f"{WORDS}\n\ndef halve():\n    name\n")
    (package / "decay.py").write_text(DECAY.replace("name()", "halve()"))
    clash = f"from half_life.words import SITE, halve\n{START}"
    (package / "__init__.py").write_text(clash)
    with pytest.raises(SiteError, match="half_life/.*choose another name than 'halve'"):
        join_modules(package)


@pytest.mark.slow
def test_a_wheel_has_the_source_with_the_site_s_address_and_repeats(package):
    wheel = build_wheel(package, "https://example.org/")
    with zipfile.ZipFile(BytesIO(wheel)) as files:
        names = files.namelist()
        words = files.read("half_life/words.py").decode()
    assert [name for name in names if "dist-info" not in name] == [
        "half_life/__init__.py",
        "half_life/decay.py",
        "half_life/words.py",
    ]
    assert words == WORDS.replace('""', '"https://example.org/"')
    assert name_wheel(package) == "half_life-1.2-py3-none-any.whl"
    assert build_wheel(package, "https://example.org/") == wheel
    assert not [*package.glob("*.egg-info"), *package.glob("build")]


def test_a_package_that_pip_refuses_is_told_with_pip_s_words(package):
    (package / "pyproject.toml").write_text(PYPROJECT.replace("half-life", "-"))
    with pytest.raises(SiteError, match="half_life/pyproject.toml: (.|\n)*name"):
        build_wheel(package)


def test_a_package_without_a_version_is_told_what_to_add(package):
    (package / "__init__.py").write_text(START.replace("__version__", "version"))
    with pytest.raises(SiteError, match='half_life/__init__.py: .*__version__ = "1.0"'):
        name_wheel(package)
