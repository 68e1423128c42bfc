"""Every broken block is caught, wherever it stands, with page, line, code and cause."""

import shutil

import pytest

from conftest import Block, MarkdownPage
from tests.conftest import ROOT

PLACES = {
    "plain": "```python\n{}\n```\n",
    "with a title": '```python title="x.py"\n{}\n```\n',
    "with highlighted lines": '```python hl_lines="1"\n{}\n```\n',
    "in an admonition": '!!! note "Try"\n\n    ```python\n    {}\n    ```\n',
    "in a folded block": '??? question "Try"\n\n    ```python\n    {}\n    ```\n',
    "in a tab": '=== "One"\n\n    ```python\n    {}\n    ```\n',
}
BROKEN = {
    "syntax": ("x = = 1", "SyntaxError"),
    "runtime": ("1 / 0", "ZeroDivisionError"),
    "exit": ("raise SystemExit(3)", "SystemExit"),
}


@pytest.fixture
def blocks(small):
    """pytest on one page of the small site: called with the page's text, gives (status, output)."""
    shutil.copy(ROOT / "conftest.py", small.root)
    small.write("pyproject.toml", '[tool.pytest.ini_options]\ntestpaths = ["docs"]\n')

    def run(text, *options):
        small.write("docs/page.md", f"# A page\n\n{text}")
        done = small.run("pytest", "-p", "no:cacheprovider", *(options or ["docs/page.md"]))
        return done.returncode, done.stdout

    return run


@pytest.mark.parametrize("place", PLACES)
def test_a_block_that_runs_passes(blocks, place):
    status, output = blocks(PLACES[place].format("assert 1 < 2"))
    assert status == 0 and "2 passed" in output  # the block, and the guard of the page's fences


@pytest.mark.parametrize("fault", BROKEN)
@pytest.mark.parametrize("place", PLACES)
def test_a_broken_block_is_caught_with_page_line_and_code(blocks, place, fault):
    code, error = BROKEN[fault]
    text = PLACES[place].format(code)
    status, output = blocks(text)
    fence = 3 + next(number for number, line in enumerate(text.splitlines()) if "```" in line)
    assert status == 1 and error in output and code in output
    assert f"docs/page.md:{fence}" in output


def test_a_traceback_names_the_line_of_the_page(blocks):
    status, output = blocks("```python\nx = 1\n\nx / 0\n```\n")
    assert status == 1 and 'page.md", line 6' in output


def test_wrong_expected_output_is_caught(blocks):
    text = "```python\nprint({})\n```\n\n<!--pytest-codeblocks:expected-output-->\n```text\n5\n```\n"
    assert blocks(text.format("2 + 3"))[0] == 0
    status, output = blocks(text.format("2 + 4"))
    assert status == 1 and "where the page says" in output


@pytest.mark.parametrize("option", ["docs", "--codeblocks"])
def test_blocks_are_tested_with_and_without_the_option(blocks, option):
    status, output = blocks("```python\n1 / 0\n```\n", option)
    assert status == 1 and "ZeroDivisionError" in output
    status, output = blocks("```python\n1 / 1\n```\n", option)
    assert status == 0


def test_a_whole_program_and_its_sections_pass_through_the_stored_result(blocks, small):
    manifest = small.root / ".cache/experiments/tiny/manifest.json"
    before = manifest.stat().st_mtime_ns
    status, output = blocks('```python\n--8<-- "tiny.py:measure"\n```\n\n<!-- program: tiny -->\n')
    assert status == 0 and "3 passed" in output
    assert manifest.stat().st_mtime_ns == before


def test_a_broken_program_is_caught_through_its_include(blocks, small):
    small.edit("snippets/tiny.py", "fig, ax", "1 / 0\nfig, ax")
    status, output = blocks('```python\n--8<-- "tiny.py:measure"\n```\n')
    assert status == 1 and "ZeroDivisionError" in output and "docs/page.md:3" in output


def test_sections_out_of_the_program_s_order_are_caught(blocks):
    section = '```python\n--8<-- "tiny.py:{}"\n```\n\n'
    assert blocks(section.format("measure") + section.format("print"))[0] == 0
    status, output = blocks(section.format("print") + section.format("measure"))
    assert status == 1 and "out of the program's order" in output


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
    "<!--pytest.mark.skip-->\n\n```python\n1 / 0\n```\n",
]


@pytest.mark.parametrize("text", ESCAPES)
def test_what_would_escape_is_caught(blocks, text):
    status, output = blocks(text)
    assert status == 1 and "line 3" in output


def test_a_page_cannot_skip_itself(blocks, small):
    small.write("docs/other.md", "<!--pytest-codeblocks:skipfile-->\n# Other\n\n```python\n1 / 0\n```\n")
    status, output = blocks("", "docs/other.md")
    assert status == 1 and "line 1: nothing is skipped" in output


def test_every_python_block_that_readers_see_is_a_tested_one(site, request):
    """Counted in the built pages, so that no way of writing a block can escape."""
    for path in sorted((ROOT / "docs").rglob("*.md")):
        if "<!-- whole tutorial -->" in path.read_text():
            continue  # copies of the others
        uri = path.relative_to(ROOT / "docs").with_suffix("").as_posix()
        folder = site / uri.removesuffix("index")
        seen = (folder / "index.html").read_text().count('class="language-python highlight"')
        items = MarkdownPage.from_parent(request.session, path=path).collect()
        tested = [item for item in items if isinstance(item, Block) and item.obj.syntax == "python"]
        assert len(tested) == seen, uri
