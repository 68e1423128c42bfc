"""pytest-codeblocks on every page: its blocks as readers see them, run or, if they are
parts of programs, compared with what ran; faults with their line.
"""

import contextlib
import io
import os
import re
import tempfile
from dataclasses import replace
from functools import cache

import pytest
import pytest_codeblocks.plugin as plugin
from markdown import Markdown
from mkdocs.config import load_config
from pytest_codeblocks import CodeBlock, extract_from_buffer

from measured.run.program import MARKER
from measured.run.runner import ENVIRONMENT
from measured.text.check import place
from measured.text.extension import MeasuredExtension
from measured.text.page import INCLUDE, PROGRAM, Page
from measured.text.project import Project

os.environ.update(ENVIRONMENT)  # blocks run in here, and TensorFlow reads it on import
EXECUTED, SHOWN = {"python", "bash", "sh"}, {"console", "text", "markdown", "yaml"}
TITLE = re.compile(r'^python((?: +(?:title|hl_lines|linenums)="[^"]*")+) *$')
UNFENCED = re.compile(r"^[ \t>]*--8<--.*|<(?:pre|code)\b.*", re.M)
SKIPPED = re.compile(r"<!--[-\s]*(pytest\.mark\.|pytest-codeblocks:\s*skip)")
TICKS = "`" * 80  # which no line of a block has


def pytest_configure(config):
    """Take the plugin's place, which reads raw Markdown: an include is no Python there.

    Its option changes nothing.
    """
    config.pluginmanager.unregister(plugin)


def pytest_collect_file(file_path, parent):
    if file_path.suffix == ".md":
        return MarkdownPage.from_parent(parent, path=file_path)


@cache
def site(root):
    """The project with the site's own settings, and what expands its includes."""
    settings = load_config(str(root / "mkdocs.yml")).plugins["measured"].config.settings
    project = Project(root, settings)
    steps = Markdown(extensions=[MeasuredExtension(project)]).preprocessors
    return project, steps["snippet"]


class MarkdownPage(plugin.MarkdownFile):
    """One page's blocks, which are as many as readers see."""

    def collect(self):
        self.project, snippets = site(self.config.rootpath)
        self.parts = Page(self.path.name, self.path.read_text()).parts
        yield Fences.from_parent(self, name="fences", obj=None)
        blocks = extract_from_buffer(io.StringIO("".join(map(normalize, self.parts))))
        shown = [each for block in blocks for each in self.find_tabs(block)]
        shown += [
            ("", f"{name}.py", CodeBlock(f'--8<-- "{name}.py"', part.line, "python"))
            for part in self.parts
            if (whole := PROGRAM.fullmatch(part.text)) and (name := whole["program"])
        ]
        ends = {}
        for label, file, block in shown:
            block.code = "\n".join(snippets.run(block.code.split("\n")))
            block.program, block.in_order = self.find_program(block.code, file, ends)
            name = f"line {block.lineno} {label}".strip()
            yield Block.from_parent(self, name=name, obj=block)

    def find_tabs(self, block):
        """(framework, file, block) of a block that runs, and of each twin what a tab
        shows; the file that it includes, if it does nothing else.
        """
        if block.syntax in EXECUTED:
            include = INCLUDE.fullmatch(block.code.strip())
            file = include["path"].partition(":")[0] if include else ""
            yield "", file, block
            name = file.removesuffix(".py")
            for label, twin in [*self.project.twins(name).items()][1:]:
                code = block.code.replace(name, twin)
                yield label, f"{twin}.py", replace(block, code=code)

    def find_program(self, code, file, ends):
        """The file that code is a part of, and whether it is in order there.

        file: where it stands for certain. ends: file -> where the last part shown ends.
        """
        part = "\n" + code.strip("\n") + "\n"
        files = self.project.includable()
        for name in [file] if file in files else files:
            source = "\n" + MARKER.sub("", files[name].read_text()).strip("\n") + "\n"
            start = source.find(part, ends.get(name, 0))
            if start >= 0 and part != source:
                ends[name] = start + len(part) - 1  # the next may begin with its end
            if part in source:
                return name, start >= 0 or part == source
        return None, True


def normalize(part):
    """As many lines, with only the blocks and remarks that the extraction is to see."""
    if part.kind == "fence":
        info = TITLE.sub("python", part.opening["info"])
        return "\n".join([TICKS + info, *part.rows, TICKS])
    own = part.kind == "comment" and "pytest" in part.text
    return part.text if own else "\n" * part.text.count("\n")


class Block(plugin.TestBlock):
    """One block that runs: now, or as the part of a program that ran."""

    def runtest(self):
        program = (self.obj.program or "").removesuffix(".py")
        if not self.obj.in_order:
            file = place(self.obj.program)
            cause = f"a part of {file} stands out of the program's order"
            pytest.fail(cause, pytrace=False)
        if absence := self.parent.project.absence(program):
            pytest.skip(absence)
        if program:  # it has a result with its present content, or gets one now
            runner = self.parent.project.runner
            runs = (n for n in runner.programs if program in {n, *runner.uses(n)})
            runner.results([*runs][:1])
        elif self.obj.syntax == "python":
            self.execute()
        else:
            super().runtest()

    def execute(self):
        """Run the block in an empty folder and compare what it prints.

        The page's own lines stand in the traceback.
        """
        code = compile("\n" * self.obj.lineno + self.obj.code, self.path, "exec")
        with (
            tempfile.TemporaryDirectory() as folder,
            contextlib.chdir(folder),
            contextlib.redirect_stdout(io.StringIO()) as printed,
        ):
            exec(code, {"__name__": "__main__"})
        found, expected = printed.getvalue(), self.obj.expected_output
        if expected not in (None, found):
            pytest.fail(
                f"printed\n{found}\nwhere the page says\n{expected}", pytrace=False
            )

    def repr_failure(self, excinfo):
        reason = excinfo.value
        if not isinstance(reason, pytest.fail.Exception):
            excinfo.traceback = excinfo.traceback.filter(
                lambda entry: entry.path == self.path
            )
            reason = excinfo.getrepr(style="native")
        place = f"{self.path.relative_to(self.config.rootpath)}:{self.obj.lineno}"
        return f"{place}\n\n{self.obj.code}\n{reason}"


class Fences(plugin.TestBlock):
    """Guards a page: its code is in blocks that are tested, and none is skipped."""

    def runtest(self):
        if faults := [fault for part in self.parent.parts for fault in judge(part)]:
            pytest.fail("\n".join(faults), pytrace=False)

    def repr_failure(self, excinfo):
        return f"{self.path.relative_to(self.config.rootpath)}\n{excinfo.value}"


def judge(part):
    """What the extraction would pass over, each with its line."""
    first = next(iter(part.text.strip().splitlines()), "")
    if part.kind == "fence":
        info = TITLE.sub("python", part.opening["info"])
        if info not in EXECUTED | SHOWN or "~" in part.opening["ticks"]:
            remedy = f"write ``` and one of {', '.join(sorted(EXECUTED | SHOWN))}"
            yield f"line {part.line}: '{first}' escapes the tests: {remedy}"
    elif part.kind == "comment" and SKIPPED.match(part.text):
        yield f"line {part.line}: nothing is skipped here: '{first}'"
    elif part.kind == "indented":
        yield f"line {part.line}: put this into a fenced block: '{first}'"
    elif part.kind == "prose":
        for match in UNFENCED.finditer(part.text):
            line = part.line + part.text.count("\n", 0, match.start())
            yield f"line {line}: put this into a fenced block: {match[0]}"
