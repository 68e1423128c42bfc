"""What a reader may count on in every program of the site."""

import ast
import hashlib
import re
import sys

import pytest

from measured.run.runner import Runner
from tests.conftest import ROOT

RUNNER = Runner(ROOT)
PROGRAMS = {
    name: RUNNER.files[name]
    for name in sorted(RUNNER.programs.keys() | RUNNER.absent.keys())
    if RUNNER.files[name].suffix == ".py"
}
TWINS = {  # with what else a program in their framework imports
    name: {package} | {"jax": {"optax"}}.get(package, set())
    for name, package in RUNNER.twins.items()
}
TUTORIAL = "sigmoid_vs_relu"
SHARED = {
    "bands",
    "before_after",
    "blocks",
    "data",
    "gaussian",
    "keras_start",
    "measures",
    "recurrent",
    "same_start",
    "stack",
}
OWN = {"cases", "gradient_doctor", "gradient_doctor_patients"} | SHARED
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


def list_golf(tree):
    """Lines of comprehensions with several loops, and of many names at once."""
    for node in ast.walk(tree):
        if len(getattr(node, "generators", [])) > 1:
            yield f"{node.lineno}: a comprehension of several loops"
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):
            if getattr(node.targets[0], "elts", [])[2:]:
                yield f"{node.lineno}: a value for each of many names"


@pytest.mark.parametrize("name", OURS)
def test_a_program_has_one_idea_a_line(name):
    text = PROGRAMS[name].read_text()
    assert [*list_golf(ast.parse(text))] == []
    assert "fmt: skip" not in text and "fmt: off" not in text


@pytest.mark.parametrize("name", OURS)
def test_a_section_that_a_page_shows_is_short(name):
    text = PROGRAMS[name].read_text()
    sections = re.findall(r"\[start:(.*)\]\n([^$]*?)\n *# --8<-- \[end:\1\]", text)
    limit = 45 if name in TWINS else 26  # JAX has no word for a normalized layer
    assert {key for key, code in sections if code.count("\n") > limit} == set()


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
    assert {module.split(".")[0] for module in modules} <= ALLOWED | TWINS.get(
        name, set()
    ) | sys.stdlib_module_names


@pytest.mark.parametrize("name", OURS)
def test_a_program_leaves_the_look_of_its_figure_to_the_site(name):
    text = PROGRAMS[name].read_text()
    assert "rcParams" not in text and "style.use" not in text


PAGES = [*ROOT.glob("docs/problem/*.md"), *ROOT.glob("docs/remedies/*.md")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_begins_with_plain_keras_before_many_seeds(page):
    """Where it trains or measures networks of the stack at all."""
    shown = re.findall(r'--8<-- "(\w+)\.py', page.read_text())
    shown = [name for name in shown if name in PROGRAMS]  # and no shared module
    has_stack = ["from stack import" in PROGRAMS[name].read_text() for name in shown]
    if any(has_stack):
        first = PROGRAMS[shown[0]].read_text()
        assert not has_stack[0] and "keras" in first


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_stands_on_a_page(name):
    """A twin beside the program that it is one of, or by itself."""
    names = {name, name.rpartition("_")[0]} if name in TWINS else {name}
    pages = [path.read_text() for path in (ROOT / "docs").rglob("*.md")]
    marks = [f"<!-- program: {each} -->" for each in names]
    assert any(mark in page for mark in marks for page in pages)


LOOPS = {".fit(": 8, ".evaluate(": 3}  # lines of the loop that a word of Keras is


def count_lines(name):
    """Of what pages show: from the first section to the end of the last, or all.

    A loop that Keras has in a word counts as one that is written out.
    """
    text = PROGRAMS[name].read_text()
    first, last = text.find("[start:"), text.rfind("[end:")
    shown = text[first:last] if first >= 0 else text
    lines = sum(bool(line.strip()) for line in shown.splitlines())
    return lines + sum(n for word, n in LOOPS.items() if word in shown)


@pytest.mark.parametrize("name", TWINS)
def test_a_twin_is_about_as_long_as_its_program(name):
    """Within a third of what pages show of the program."""
    times = count_lines(name) / count_lines(name.rpartition("_")[0])
    assert 2 / 3 <= times <= 4 / 3
