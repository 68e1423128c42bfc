"""pytest-codeblocks on every page: includes expanded as on the site, nothing trained twice, faults with their line."""

import contextlib
import io
import os
import re
import tempfile
import traceback
from functools import cache

import markdown
import pytest
import pytest_codeblocks.plugin as plugin
from mkdocs.config import load_config
from pytest_codeblocks import extract_from_buffer

from measured.run.program import without_markers
from measured.run.runner import ENVIRONMENT
from measured.text.markup import INCLUDE, MARKUP, Page
from measured.text.extension import program_block

os.environ.update(ENVIRONMENT)  # blocks run in this process; TensorFlow reads it when it is imported
EXECUTED, SHOWN = {"python", "bash", "sh"}, {"console", "text", "markdown", "yaml"}
FENCE = re.compile(r"^(?P<indent>[ \t>]*)(?P<ticks>`{3,}|~{3,})(?P<info>.*)$")
TITLE = re.compile(r'^python((?: +(?:title|hl_lines|linenums)="[^"]*")+) *$')


def pytest_configure(config):
    """Take the plugin's place: it reads raw Markdown, where an include is no Python. Its option changes nothing."""
    config.pluginmanager.unregister(plugin)


def pytest_collect_file(file_path, parent):
    if file_path.suffix == ".md":
        return MarkdownPage.from_parent(parent, path=file_path)


@cache
def site(root):
    """The project, and the include preprocessor, all with the site's own settings."""
    config = load_config(str(root / "mkdocs.yml"))
    config.plugins.run_event("config", config)
    converter = markdown.Markdown(extensions=config.markdown_extensions, extension_configs=config.mdx_configs)
    return config.plugins["measured"].project, converter.preprocessors["snippet"]


def walk(text):
    """(line number, line, its fence if it opens a block, the fence of the block that it stands in) of every line."""
    block = None
    for number, line in enumerate(text.splitlines(), start=1):
        fence = FENCE.match(line)
        opening = fence if block is None else None
        yield number, line, opening, block
        if block and fence and fence["ticks"].startswith(block["ticks"]) and not fence["info"].strip():
            block = None
        else:
            block = block or opening


class MarkdownPage(plugin.MarkdownFile):
    """One page's blocks: parts of programs are compared with the program, all others run."""

    def collect(self):
        self.project = site(self.config.rootpath)[0]
        lines, origins = self.expanded()
        yield Fences.from_parent(self, name="fences", obj=None)
        ends = {}  # program -> where the last part shown ends
        for block in extract_from_buffer(io.StringIO("\n".join(lines) + "\n")):
            if block.syntax not in EXECUTED:
                continue
            line = origins[block.lineno - 1]
            item = Block.from_parent(self, name=f"line {line}", obj=block)
            item.line, (item.program, item.in_order) = line, self.shown(block.code, ends)
            yield item

    def expanded(self):
        """The page's lines as the site has them, and the line of the page that each comes from."""
        _, snippets = site(self.config.rootpath)
        page = Page(self.path.name, self.path.read_text())
        lines, origins = [], []
        for number, line, opening, block in walk(page.text):
            whole = MARKUP.fullmatch(line)
            if opening:
                found = [f"{opening['indent']}{opening['ticks']}{TITLE.sub('python', opening['info'])}"]
            elif block:  # the extraction drops blank lines that lack the fence's indent
                included = INCLUDE.match(line)
                code = included and not (included["path"] or "").endswith("/output.txt")  # no run yet, perhaps
                found = [text or block["indent"] for text in (snippets.run([line]) if code else [line])]
            elif whole and whole["whole"]:
                found = [text or "    " for text in snippets.run(program_block(whole["whole"], page, "").split("\n"))]
            else:
                found = [line]
            lines += found
            origins += [number] * len(found)
        return lines, origins

    def shown(self, code, ends):
        """The program that the block is a verbatim part of, if any, and whether it comes after the part before it."""
        part = f"\n{code.strip(chr(10))}\n"
        for name, path in self.project.runner.modules.items():
            source = f"\n{without_markers(path.read_text()).strip(chr(10))}\n"
            if part == source:
                return name, True
            start = source.find(part, max(ends.get(name, 0) - 1, 0))
            if start >= 0 or part in source:
                in_order = start >= 0
                ends[name] = start + len(part) if in_order else ends[name]
                return name, in_order
        return None, True


class Block(plugin.TestBlock):
    """One block that runs: now, or as the part of a program that ran."""

    def runtest(self):
        if self.program:
            self.require_run()
        elif self.obj.syntax == "python":
            self.execute()
        else:
            super().runtest()

    def require_run(self):
        """The program has a stored result with its present content, or gets one now."""
        if not self.in_order:
            pytest.fail(f"a part of snippets/{self.program}.py stands out of the program's order", pytrace=False)
        runner = self.parent.project.runner
        users = [name for name in runner.programs if name == self.program or self.program in runner.uses(name)]
        runner.results(users[:1])

    def execute(self):
        """Run the block in an empty folder and compare what it prints. The page's own lines stand in the traceback."""
        code = compile("\n" * self.line + self.obj.code, self.path, "exec")
        printed = io.StringIO()
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder), contextlib.redirect_stdout(printed):
            exec(code, {"__name__": "__main__"})
        expected = self.obj.expected_output
        if expected is not None and printed.getvalue() != expected:
            pytest.fail(f"printed\n{printed.getvalue()}\nwhere the page says\n{expected}", pytrace=False)

    def repr_failure(self, excinfo):
        error = excinfo.value
        frames = traceback.TracebackException.from_exception(error)
        frames.stack = traceback.StackSummary.from_list(f for f in frames.stack if f.filename == str(self.path))
        reason = "".join(frames.format()) if not isinstance(error, pytest.fail.Exception) else str(error)
        return f"{self.path.relative_to(self.config.rootpath)}:{self.line}\n\n{self.obj.code}\n{reason}"


class Fences(plugin.TestBlock):
    """Guards a page: no block that the extraction would pass over, no include outside a block, nothing skipped."""

    def runtest(self):
        faults = []
        for number, line, opening, block in walk(self.path.read_text()):
            if opening:
                info = TITLE.sub("python", opening["info"])
                if info not in EXECUTED | SHOWN or opening["ticks"].startswith("~"):
                    known = ", ".join(sorted(EXECUTED | SHOWN))
                    faults.append(f"line {number}: '{line.strip()}' escapes the tests: write ``` and one of {known}")
            elif not block and (INCLUDE.match(line) or re.search(r"<pre\b|<code\b", line)):
                faults.append(f"line {number}: put this into a fenced block: {line.strip()}")
            if re.search(r"<!--[-\s]*(pytest\.mark\.|pytest-codeblocks:\s*skip)", line):
                faults.append(f"line {number}: nothing is skipped here: {line.strip()}")
        if faults:
            pytest.fail("\n".join(faults), pytrace=False)

    def repr_failure(self, excinfo):
        return f"{self.path.relative_to(self.config.rootpath)}\n{excinfo.value}"
