"""Every broken block is caught, wherever it stands, with page, line, code and cause."""

import shutil
from itertools import product
from xml.etree import ElementTree

import pytest
from selectolax.lexbor import LexborHTMLParser

from conftest import Block, MarkdownPage
from tests.conftest import ROOT, TINY, Small

PLACES = {
    "plain": "```python\n{}\n```\n",
    "with a title": '```python title="x.py"\n{}\n```\n',
    "with highlighted lines": '```python hl_lines="1"\n{}\n```\n',
    "in an admonition": '!!! note "Try"\n\n    ```python\n    {}\n    ```\n',
    "in a folded block": '??? question "Try"\n\n    ```python\n    {}\n    ```\n',
    "in a tab": '=== "One"\n\n    ```python\n    {}\n    ```\n',
    "in a list": "- one\n\n    ```python\n    {}\n    ```\n",
    "in a quote": "> ```python\n> {}\n> ```\n",
    "after a longer fence": "```text\nx\n````\n```\n\n```python\n{}\n```\n",
}
BROKEN = {
    "syntax": ("x = = 1", "SyntaxError"),
    "runtime": ("1 / 0", "ZeroDivisionError"),
    "exit": ("raise SystemExit(3)", "SystemExit"),
}
ESCAPES = [
    "```py\nx\n```\n",
    "```python3\nx\n```\n",
    "``` python\nx\n```\n",
    "```{.python}\nx\n```\n",
    "~~~python\nx\n~~~\n",
    "```\nx\n```\n",
    "```pycon\nx\n```\n",
    '--8<-- "tiny.py"\n',
    "<pre><code>x = 1</code></pre>\n",
    "    x = 1\n",
    "<!--pytest.mark.skip-->\n\n```python\n1 / 0\n```\n",
]
SECTION = '```python\n--8<-- "tiny.py:{}"\n```\n\n'
PRINTS = (
    "```python\nprint({})\n```\n\n"
    "<!--pytest-codeblocks:expected-output-->\n```text\n5\n```\n"
)
PAGES = {
    **{f"runs {place}": PLACES[place].format("assert 1 < 2") for place in PLACES},
    **{
        f"{fault} {place}": PLACES[place].format(BROKEN[fault][0])
        for fault, place in product(BROKEN, PLACES)
    },
    **{f"escape {number}": text for number, text in enumerate(ESCAPES)},
    "traceback": "```python\nx = 1\n\nx / 0\n```\n",
    "right output": PRINTS.format("2 + 3"),
    "wrong output": PRINTS.format("2 + 4"),
    "program": f"{SECTION.format('measure')}<!-- program: tiny -->\n",
    "in order": SECTION.format("measure") + SECTION.format("print"),
    "out of order": SECTION.format("print") + SECTION.format("measure"),
    "no end": "```python\n1 / 0\n    ```\n",
}
SKIPPING = "<!--pytest-codeblocks:skipfile-->\n# Other\n\n```python\n1 / 0\n```\n"


def check_pages(project, pages, *options):
    """What pytest says of a project's pages: name -> (passed, texts of failures)."""
    shutil.copy(ROOT / "conftest.py", project.root)
    project.write("pyproject.toml", '[tool.pytest.ini_options]\ntestpaths = ["docs"]\n')
    for name, text in pages.items():
        project.write(f"docs/{name}.md", text)
    names = [f"docs/{name}.md" for name in pages]
    report = project.root / "report.xml"
    plain = ["-p", "no:cacheprovider", f"--junitxml={report}"]
    done = project.run("pytest", *plain, *options, *names)
    assert report.exists(), done.stdout
    found = {name: (0, []) for name in pages}
    for case in ElementTree.parse(report).iter("testcase"):
        name = case.get("classname").removeprefix("docs.").removesuffix(".md")
        passed, failures = found[name]
        failures += [failure.text for failure in case.iter("failure")]
        found[name] = passed + (not len(case)), failures
    return found


@pytest.fixture(scope="module")
def told(built_small, tmp_path_factory):
    """All of PAGES, checked in one run, and when tiny's result was then stored."""
    project = Small(tmp_path_factory.mktemp("blocks") / "small")
    shutil.copytree(built_small.root, project.root)
    stored = project.root / ".cache/experiments/tiny/manifest.json"
    before = stored.stat().st_mtime_ns
    pages = {name: f"# A page\n\n{text}" for name, text in PAGES.items()}
    found = check_pages(project, pages | {"skipping": SKIPPING})
    assert stored.stat().st_mtime_ns == before, "the program has run again"
    return found


@pytest.mark.parametrize("place", PLACES)
def test_a_block_that_runs_passes(told, place):
    assert told[f"runs {place}"] == (2, [])  # the block, and the guard of its fences


@pytest.mark.parametrize("fault", BROKEN)
@pytest.mark.parametrize("place", PLACES)
def test_a_broken_block_is_caught_with_page_line_and_code(told, place, fault):
    code, error = BROKEN[fault]
    passed, (failure,) = told[f"{fault} {place}"]
    lines = PAGES[f"{fault} {place}"].splitlines()
    fence = 3 + max(n for n, line in enumerate(lines) if "```python" in line)
    assert passed == 1 and error in failure and code in failure
    assert f"docs/{fault} {place}.md:{fence}" in failure


def test_a_traceback_names_the_line_of_the_page(told):
    assert 'traceback.md", line 6' in told["traceback"][1][0]


def test_wrong_expected_output_is_caught(told):
    assert told["right output"] == (2, [])
    assert "where the page says" in told["wrong output"][1][0]


def test_a_whole_program_and_its_sections_pass_through_the_stored_result(told):
    assert told["program"] == (3, [])


def test_sections_out_of_the_program_s_order_are_caught(told):
    assert told["in order"] == (3, [])
    assert "out of the program's order" in told["out of order"][1][0]


@pytest.fixture(scope="module")
def told_of_twins(built_small, tmp_path_factory):
    """The same of a page with a program in the words of modules that all have, and of
    one that nobody has.
    """
    project = Small(tmp_path_factory.mktemp("twins") / "small")
    shutil.copytree(built_small.root, project.root)
    for module in ("math", "nowhere"):
        text = TINY.replace("import matplotlib", f"import {module}\nimport matplotlib")
        text = text.replace("0.25", "0.5")  # no part of the program itself
        project.write(f"snippets/tiny_{module}.py", text)
    settings = "{keras: Keras, math: Math, nowhere: Nowhere}"
    project.edit("mkdocs.yml", "card_font", f"frameworks: {settings}, card_font")
    pages = {"twins": SECTION.format("measure")}
    project.edit("snippets/tiny_math.py", "[end:measure]", "[end:measure]\n1 / 0")
    return check_pages(project, pages)


def test_what_tabs_show_of_a_twin_is_run_like_its_program(told_of_twins):
    passed, (failure,) = told_of_twins["twins"]
    assert passed == 2 and "tiny_math.py" in failure and "ZeroDivisionError" in failure


@pytest.mark.parametrize("escape", range(len(ESCAPES)))
def test_what_would_escape_is_caught(told, escape):
    failures = told[f"escape {escape}"][1]
    assert failures and "line 3: " in failures[0]


def test_a_fence_without_an_end_is_no_block(told):
    assert told["no end"] == (1, [])


def test_a_page_cannot_skip_itself(told):
    _, failures = told["skipping"]
    assert "line 1: nothing is skipped" in failures[0]


def test_the_plugin_s_own_option_changes_nothing(small):
    pages = {"page": "# A page\n\n```python\n1 / 0\n```\n\n```python\n1 / 1\n```\n"}
    passed, (failure,) = check_pages(small, pages, "--codeblocks")["page"]
    assert passed == 2 and "ZeroDivisionError" in failure


def test_a_broken_program_is_caught_through_its_include(small):
    small.edit("snippets/tiny.py", "fig, ax", "1 / 0\nfig, ax")
    page = f"# A page\n\n{SECTION.format('measure')}"
    _, (failure,) = check_pages(small, {"page": page})["page"]
    assert "ZeroDivisionError" in failure and "docs/page.md:3" in failure


def test_every_python_block_that_readers_see_is_a_tested_one(site, request):
    """Counted in the built pages, so that no way of writing a block can escape."""
    for path in sorted((ROOT / "docs").rglob("*.md")):
        if "<!-- whole tutorial -->" in path.read_text():
            continue  # copies of the others
        uri = path.relative_to(ROOT / "docs").with_suffix("").as_posix()
        built = (site / uri.removesuffix("index") / "index.html").read_text()
        seen = LexborHTMLParser(built).css("div.language-python.highlight")
        items = MarkdownPage.from_parent(request.session, path=path).collect()
        blocks = [item.obj for item in items if isinstance(item, Block)]
        tested = [block for block in blocks if block.syntax == "python"]
        assert len(tested) == len(seen), uri
