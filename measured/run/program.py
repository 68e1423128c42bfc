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
CODE: dict = {"cell_type": "code", "execution_count": None, "outputs": []}
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
        """A message about lines of the running file, telling lines of the sources."""
        return re.sub(
            rf'File "{re.escape(file)}", line (\d+)',
            lambda m: 'File "{}", line {}'.format(*self.origins[int(m[1]) - 1]),
            message,
        )


def list_program(path: Path, modules: Modules) -> Listing:
    """A program or lab, self-contained.

    Raises SiteError where it cannot be: it is no Python, or imports in another way.
    """
    try:
        imports = find_all_imports(path, modules)
        seeder = choose_seeder(imports - modules.keys())
        if path.suffix == ".ipynb":
            return Listing(make_lab(path, modules, solved=True), seeder=seeder)
        trees: dict[Path, ast.Module] = {}
        found = expand(path, modules, trees)
        lines = [line for line in found if not MARKER.match(f"{line[0]}\n")]
    except SyntaxError as error:
        line = error.lineno if error.filename == str(path) else 0
        cause = failure("".join(traceback.format_exception_only(error)).strip())
        raise SiteError([Fault(locate(path), line or 0, cause)]) from None
    except (ValueError, KeyError, TypeError) as error:
        kind = "notebook" if path.suffix == ".ipynb" else "Python"
        fault = Fault(locate(path), 0, failure(f"it is no {kind}: {error}"))
        raise SiteError([fault]) from None
    check_names(trees)
    return Listing(
        "\n".join(text for text, _ in lines),
        tuple(origin for _, origin in lines),
        find_hidden(*trees.values()),
        seeder,
    )


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
    tree, start = parse(source, str(path)), 0
    if trees:  # a module: its docstring and blank lines around its code stay behind
        first = (ast.get_docstring(tree) and tree.body[0].end_lineno) or 0
        code = [i for i, (text, _) in enumerate(lines) if text and i >= first]
        start, lines = min(code, default=0), lines[: max(code, default=-1) + 1]
    trees[path] = tree
    check_imports(path, tree, modules)
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module in modules:
            yield from lines[start : node.lineno - 1]
            if modules[str(node.module)] not in trees:
                yield from expand(modules[str(node.module)], modules, trees)
            start = node.end_lineno or 0
    yield from lines[start:]


@cache
def parse(source: str, file: str) -> ast.Module:
    """The syntax tree of a file, made once for all programs that share it."""
    return ast.parse(source, file)


@cache
def find_import_nodes(tree: ast.Module) -> list[ast.Import | ast.ImportFrom]:
    """All imports of a file, wherever they stand."""
    kinds = ast.Import | ast.ImportFrom
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


def check_imports(path: Path, tree: ast.Module, modules: Modules) -> None:
    """Raise SiteError at an import of shared code that a download cannot inline."""
    for node in find_import_nodes(tree):
        name = None
        if isinstance(node, ast.Import):
            name = next((a.name for a in node.names if a.name in modules), None)
        elif isinstance(node, ast.ImportFrom) and node.module in modules:
            odd = any(alias.asname or alias.name == "*" for alias in node.names)
            name = node.module if odd or node not in tree.body else None
        if name:
            remedy = (
                f"write 'from {name} import ...' at the top level, without 'as' or '*':"
                " a download can inline nothing else"
            )
            raise SiteError([Fault(locate(path), node.lineno, remedy)])


def check_names(trees: Mapping[Path, ast.Module]) -> None:
    """Raise SiteError where two files bind one name: each would see the other's."""
    owners: dict[str, Path] = {}
    for path, tree in reversed(list(trees.items())):  # the program, the first, yields
        for name, line in find_bindings(tree):
            if owners.setdefault(name, path) != path:
                remedy = (
                    f"choose another name than '{name}', which"
                    f" {owners[name].name} has, or a download breaks"
                )
                raise SiteError([Fault(locate(path), line, remedy)])


@cache
def find_bindings(tree: ast.Module) -> list[tuple[str, int]]:
    """(name, line) of what is defined outside functions, classes, comprehensions."""
    own: tuple[type, ...] = (ast.FunctionDef, ast.ClassDef, ast.Lambda)
    own += (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    found, nodes = [], list[ast.AST](tree.body)
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.append((node.name, node.lineno))
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.append((node.id, node.lineno))
        if not isinstance(node, own):
            nodes += ast.iter_child_nodes(node)
    return found


def find_hidden(program: ast.Module, *shared: ast.Module) -> frozenset[str]:
    """Names that shared code brings along although the program imports them nowhere."""
    brought = {name for tree in shared for name, _ in find_bindings(tree)}
    return frozenset(brought.union(*map(find_aliases, shared)) - find_aliases(program))


def find_aliases(tree: ast.Module) -> set[str]:
    """The names that a file's imports bind."""
    imports = find_import_nodes(tree)
    return {alias.asname or alias.name for node in imports for alias in node.names}


def find_all_imports(path: Path, modules: Modules) -> set[str]:
    """Top-level names that a file imports, itself or through the project's modules."""
    found: set[str] = set()
    files = [path]
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
    cells += [{**CODE, "source": cell} for cell in code if cell]
    cells = [cell | {"id": f"cell-{i}", "metadata": {}} for i, cell in enumerate(cells)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    book = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(book, indent=1)


def open_gaps(code: str) -> str:
    """A cell's code with an error that says what to do in place of each solution."""
    return SOLUTION.sub(
        lambda m: (
            f"{m['indent']}raise NotImplementedError"
            f"({json.dumps('Unsolved: ' + m['task'])})"
        ),
        code,
    )


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
    folded = {"jupyter": {"source_hidden": True}}  # where a notebook is opened
    book["cells"][1:1] = [
        CODE
        | {"id": f"{FILE}{name.replace('_', '-')}", "metadata": folded}
        | {"source": f"%%writefile {name}.py\n{self_contained(modules[name], modules)}"}
        for name in sorted(used)
    ]
    return json.dumps(book, indent=1, ensure_ascii=False)
