"""A program as it runs, which is what a reader downloads: one file that needs nothing
of the project. Of a lab its notebook, for learners with gaps in place of solutions.
"""

import ast
import json
import re
import sys
import traceback
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from measured import Fault, SiteError

SOLUTION = re.compile(
    r"^(?P<indent>[ \t]*)### BEGIN SOLUTION: (?P<task>.*)\n"
    r"(?:.*\n)*?[ \t]*### END SOLUTION$",
    re.M,
)
MARKER = re.compile(r"^[ \t]*# --8<-- \[(start|end):(\w[\w-]*)\][ \t]*\n", re.M)
FILE = "file-"  # starts the id of a lab's cell that writes a module
Modules = Mapping[str, Path]  # what programs may share: name -> file


@dataclass(frozen=True)
class Listing:
    """A program's text as it runs.

    origins: the file and line that each of its lines comes from. hidden: names of
    shared code that the program did not import; their numbers are none of its values.
    seeder: what seeds its random numbers: keras, numpy, or random alone.
    """

    text: str
    origins: tuple[tuple[Path, int], ...] = ()
    hidden: frozenset[str] = frozenset()
    seeder: str = "random"

    def translate(self, message: str, file: str) -> str:
        """A message that names lines of the running file, naming lines of the sources."""

        def name_origin(match: re.Match[str]) -> str:
            path, line = self.origins[int(match[1]) - 1]
            return f'File "{path}", line {line}'

        return re.sub(rf'File "{re.escape(file)}", line (\d+)', name_origin, message)


def list_program(path: Path, modules: Modules) -> Listing:
    """A program or lab, self-contained.

    Raises SiteError where it cannot be: it is no Python, or imports in another way.
    """
    try:
        found = find_all_imports(path, modules)
        seeder = choose_seeder(found - modules.keys())
        if path.suffix == ".ipynb":
            return Listing(make_lab(path, modules, solved=True), seeder=seeder)
        trees: dict[Path, ast.Module] = {}
        lines = list(expand(path, modules, trees))
    except SyntaxError as error:
        line = error.lineno if error.filename == str(path) else 0
        cause = failure("".join(traceback.format_exception_only(error)).strip())
        raise SiteError([Fault(locate(path), line or 0, cause)]) from None
    except (ValueError, KeyError, TypeError) as error:
        kind = "notebook" if path.suffix == ".ipynb" else "Python"
        cause = failure(f"it is no {kind}: {error}")
        raise SiteError([Fault(locate(path), 0, cause)]) from None
    check_names(trees)
    text = "\n".join(line for line, _ in lines)
    origins = tuple(origin for _, origin in lines)
    return Listing(text, origins, find_hidden(*trees.values()), seeder)


def choose_seeder(imports: Set[str]) -> str:
    """The package that seeds what a program draws from those that it imports."""
    if imports & {"keras", "tensorflow"}:
        return "keras"
    return "random" if imports <= sys.stdlib_module_names else "numpy"


def failure(cause: str) -> str:
    """What every message about a program that failed starts with, and its cause."""
    return f"the program failed: {cause}"


def locate(path: Path) -> str:
    """A program's or lab's file relative to the project."""
    return f"{'docs/labs' if path.suffix == '.ipynb' else 'snippets'}/{path.name}"


def self_contained(path: Path, modules: Modules) -> str:
    """The program's text with the project's modules where it imports them."""
    return list_program(path, modules).text


def without_markers(source: str) -> str:
    """A program's text without the comments that mark its sections for pages."""
    return MARKER.sub("", source)


def expand(
    path: Path, modules: Modules, trees: dict[Path, ast.Module]
) -> Iterator[tuple[str, tuple[Path, int]]]:
    """Each line with its origin; modules stand where they are imported first.

    trees: takes the syntax tree of each file that is read.
    """
    source = path.read_text("utf-8")
    lines = [(text, (path, i)) for i, text in enumerate(source.split("\n"), start=1)]
    tree = ast.parse(source, str(path))
    is_program, start = not trees, 0
    if not is_program:
        start, end = find_body(tree, [text for text, _ in lines])
        lines = lines[:end]
    trees[path] = tree
    check_imports(path, tree, modules)
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module in modules:
            yield from leave_markers(lines[start : node.lineno - 1])
            if modules[node.module] not in trees:
                yield from expand(modules[node.module], modules, trees)
            start = node.end_lineno or 0
    yield from leave_markers(lines[start:])


def leave_markers(lines: list) -> Iterator:
    """The lines that are no marker of a section."""
    return (line for line in lines if not MARKER.match(f"{line[0]}\n"))


def find_body(tree: ast.Module, lines: list[str]) -> tuple[int, int]:
    """Where a module's code starts after its docstring, and where it ends."""
    start, end = 0, len(lines)
    if ast.get_docstring(tree) is not None:
        start = tree.body[0].end_lineno or 0
    while start < end and not lines[start]:
        start += 1
    while start < end and not lines[end - 1]:
        end -= 1
    return start, end


def check_imports(path: Path, tree: ast.Module, modules: Modules) -> None:
    """Raise SiteError at an import of shared code that a download cannot inline."""
    for node in ast.walk(tree):
        remedy = ""
        if isinstance(node, ast.Import):
            if shared := sorted({alias.name for alias in node.names} & modules.keys()):
                remedy = f"write 'from {shared[0]} import ...', which a download"
                remedy += " can inline"
        elif isinstance(node, ast.ImportFrom) and node.module in modules:
            if any(alias.asname or alias.name == "*" for alias in node.names):
                remedy = f"import names from {node.module} without 'as' or '*', or a"
                remedy += " download breaks"
            elif node not in tree.body:
                remedy = f"import from {node.module} at the top of the file, where a"
                remedy += " download can inline it"
        if remedy:
            raise SiteError([Fault(locate(path), node.lineno, remedy)])


def check_names(trees: Mapping[Path, ast.Module]) -> None:
    """Raise SiteError where two files bind one name: each would see the other's."""
    owners: dict[str, Path] = {}
    for path, tree in reversed(trees.items()):  # the program, which is first, yields
        for name, line in find_bindings(tree):
            if owners.setdefault(name, path) != path:
                remedy = f"choose another name than '{name}', which"
                remedy += f" {owners[name].name} has, or a download breaks"
                raise SiteError([Fault(locate(path), line, remedy)])


def find_bindings(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """(name, line) of what is defined outside functions, classes, comprehensions."""
    own = ast.FunctionDef | ast.ClassDef | ast.Lambda
    own |= ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
    nodes: list[ast.AST] = list(tree.body)
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        if not isinstance(node, own):
            nodes += ast.iter_child_nodes(node)


def find_hidden(program: ast.Module, *shared: ast.Module) -> frozenset[str]:
    """Names that shared code brings along although the program imports them nowhere."""
    brought = {name for tree in shared for name, _ in find_bindings(tree)}
    return frozenset(brought.union(*map(find_aliases, shared)) - find_aliases(program))


def find_aliases(tree: ast.Module) -> set[str]:
    """The names that a file's imports bind."""
    imports = (n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom))
    return {alias.asname or alias.name for node in imports for alias in node.names}


def find_all_imports(path: Path, modules: Modules) -> set[str]:
    """Top-level names that a file imports, itself or through the project's modules."""
    found, files = set(), [path]
    while files:
        new = find_imports(read_code(files.pop())) - found
        files += [modules[name] for name in new & modules.keys()]
        found |= new
    return found


@cache
def find_imports(text: bytes) -> frozenset[str]:
    """Top-level names that a text imports; none if it is no Python."""
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError):
        return frozenset()
    imports = (node for node in nodes if isinstance(node, ast.Import))
    names = {alias.name for node in imports for alias in node.names}
    origins = (node.module for node in nodes if isinstance(node, ast.ImportFrom))
    return frozenset(name.split(".")[0] for name in names.union(filter(None, origins)))


def read_code(path: Path) -> bytes:
    """A program's text; of a notebook, its code without IPython's own commands."""
    if path.suffix != ".ipynb":
        return path.read_bytes()
    code = "\n".join(text for kind, text in read_cells(path) if kind == "code")
    return re.sub(r"^[ \t]*[%!].*$", "", code, flags=re.M).encode()


def read_cells(path: Path) -> list[tuple[str, str]]:
    """(kind, text) of a notebook's cells; none if it is no notebook."""
    try:
        cells = json.loads(path.read_bytes())["cells"]
        return [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    except (ValueError, KeyError, TypeError):
        return []


def make_notebook(source: str) -> str:
    """The program as a notebook's JSON: its docstring as text, its code cut where a
    blank line precedes a statement.
    """
    tree = ast.parse(source)
    text = ast.get_docstring(tree)
    lines = source.splitlines(keepends=True)
    start = (tree.body[0].end_lineno or 0) if text else 0
    starts = [node.lineno - 1 for node in tree.body if node.lineno - 1 > start]
    cuts = [line for line in starts[1:] if not lines[line - 1].strip()]
    cuts = [start, *cuts, len(lines)]
    code = ["".join(lines[a:b]).strip("\n") for a, b in zip(cuts, cuts[1:])]
    cells: list[dict] = [{"cell_type": "markdown", "source": text}] if text else []
    empty = {"execution_count": None, "outputs": []}
    cells += [{"cell_type": "code", "source": cell} | empty for cell in code if cell]
    cells = [cell | {"id": f"cell-{i}", "metadata": {}} for i, cell in enumerate(cells)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    book = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(book, indent=1)


def open_gaps(code: str) -> str:
    """A cell's code with an error that says what to do in place of each solution."""

    def open_gap(match: re.Match[str]) -> str:
        task = json.dumps(f"Unsolved: {match['task']}")
        return f"{match['indent']}raise NotImplementedError({task})"

    return SOLUTION.sub(open_gap, code)


def make_lab(path: Path, modules: Modules, solved: bool) -> str:
    """A lab's notebook as JSON, complete or for learners; cells at its start write the
    modules that it imports.
    """
    book = json.loads(path.read_text("utf-8"))
    for cell in book["cells"]:
        cell["source"] = "".join(cell["source"])
        if cell["cell_type"] == "code" and not solved:
            cell["source"] = open_gaps(cell["source"])
    used = find_imports(read_code(path)) & modules.keys()
    writers = [write_module(name, modules) for name in sorted(used)]
    book["cells"][1:1] = writers
    return json.dumps(book, indent=1, ensure_ascii=False)


def write_module(name: str, modules: Modules) -> dict:
    """A cell that writes a module beside the notebook, folded where it is opened."""
    source = f"%%writefile {name}.py\n{self_contained(modules[name], modules)}"
    return {
        "cell_type": "code",
        "id": f"{FILE}{name.replace('_', '-')}",
        "metadata": {"jupyter": {"source_hidden": True}},
        "execution_count": None,
        "outputs": [],
        "source": source,
    }
