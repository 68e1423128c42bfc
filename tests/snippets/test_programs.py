"""What a reader may count on in every program of the site."""

import ast
import hashlib
import sys

import pytest

from measured.run.runner import Runner
from tests.conftest import ROOT

PROGRAMS = {
    name: path for name, path in Runner(ROOT).programs.items() if path.suffix == ".py"
}
TUTORIAL = "sigmoid_vs_relu"
SHARED = {"bands", "data", "gaussian", "measures", "stack"}
OWN = {"gradient_doctor", "gradient_doctor_patients"} | SHARED
ALLOWED = {"keras", "matplotlib", "numpy", "sklearn", "tensorflow"} | OWN
OURS = [name for name in PROGRAMS if name != TUTORIAL]


def test_the_tutorial_s_program_is_there_word_for_word():
    text = PROGRAMS[TUTORIAL].read_bytes()
    assert (
        hashlib.sha256(text).hexdigest()
        == "32bff45bb965d8d0b340bff040e6bbdd07496308df4356fdefed7b064bacee35"
    )


@pytest.mark.parametrize("name", OURS)
def test_a_program_opens_with_its_question(name):
    first = ast.get_docstring(ast.parse(PROGRAMS[name].read_text())).splitlines()[0]
    assert first.endswith("?")


@pytest.mark.parametrize("name", OURS)
def test_a_program_imports_only_what_readers_have(name):
    nodes = ast.walk(ast.parse(PROGRAMS[name].read_text()))
    modules = {
        alias.name
        for node in nodes
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    nodes = ast.walk(ast.parse(PROGRAMS[name].read_text()))
    modules |= {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    assert {
        module.split(".")[0] for module in modules
    } <= ALLOWED | sys.stdlib_module_names


@pytest.mark.parametrize("name", OURS)
def test_a_program_leaves_the_look_of_its_figure_to_the_site(name):
    text = PROGRAMS[name].read_text()
    assert "rcParams" not in text and "style.use" not in text


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_stands_on_a_page(name):
    pages = [path.read_text() for path in (ROOT / "docs").rglob("*.md")]
    assert any(f"<!-- program: {name} -->" in page for page in pages)
