"""A program as it runs, which is what a reader downloads: one file that needs nothing
of the project. Of a lab its notebook, for learners with gaps in place of solutions.
"""

import ast
import json
import re
import sys
import traceback
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from contextlib import suppress
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
TEXT: dict = {"cell_type": "markdown"}
CODE: dict = {"cell_type": "code", "execution_count": None, "outputs": []}
BOOK = {
    "metadata": {
        "kernelspec": {
            "display_name": "Python 3",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    },
    "nbformat": 4,
    "nbformat_minor": 5,
}
INSTALL = "%pip install --quiet {}"  # of IPython
FILE = "file-"  # starts the id of a lab's cell that writes a module
# Names that are bound in these are theirs alone.
CLOSED = ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
parse = cache(ast.parse)  # once for all programs that share a module
Modules = Mapping[str, Path]  # what programs may share: name -> file


@dataclass(frozen=True)
class Listing:
    """A program's text as it runs.

    origins: the file and line that each of its lines comes from. parts: the lines,
    counted from 0, before which a section or a file begins or ends. hidden: names of
    shared code that the program did not import; their numbers are none of its values.
    seeder: what seeds its random numbers: keras, numpy, or random alone. imports:
    top-level names of what it imports, itself or through shared code.
    """

    text: str
    origins: tuple[tuple[Path, int], ...] = ()
    parts: tuple[int, ...] = ()
    hidden: frozenset[str] = frozenset()
    seeder: str = "random"
    imports: frozenset[str] = frozenset()


def list_program(path: Path, modules: Modules) -> Listing:
    """A program or lab, self-contained.

    Raises SiteError where it cannot be: it is no Python, or imports in another way.
    """
    try:
        imports = find_imports(path, modules)
        seeder = choose_seeder(imports - modules.keys())
        if path.suffix == ".ipynb":
            lab = make_lab(path, modules, solved=True)
            return Listing(lab, seeder=seeder, imports=frozenset(imports))
        files = [path, *(modules[name] for name in sorted(imports & modules.keys()))]
        codes = {file: read_code(file) for file in files}
        reached = find_reached(codes, modules)
        found = list(inline_modules(path, codes, modules, reached, set()))
    except SyntaxError as error:
        line = error.lineno if error.filename == str(path) else 0
        cause = "".join(traceback.format_exception_only(error)).strip()
        raise SiteError([fail(path, line or 0, cause)]) from None
    except (ValueError, KeyError, TypeError) as error:
        kind = "notebook" if path.suffix == ".ipynb" else "Python"
        raise SiteError([fail(path, 0, f"it is no {kind}: {error}")]) from None
    check_names(reached)
    lines: list[tuple[str, tuple[Path, int]]] = []
    parts = []
    for row, before in zip(found, [found[0], *found]):
        is_marker = MARKER.match(f"{row[0]}\n")
        if is_marker or row[1][0] != before[1][0]:  # of another file
            parts.append(len(lines))
        lines += [] if is_marker else [row]
    return Listing(
        "\n".join(text for text, _ in lines),
        tuple(origin for _, origin in lines),
        tuple(parts),
        find_hidden(*reached.values()),
        seeder,
        frozenset(imports),
    )


def choose_seeder(imports: Set[str]) -> str:
    """The package that seeds what a program draws from those that it imports."""
    if imports & {"keras", "tensorflow"}:
        return "keras"
    return "random" if imports <= sys.stdlib_module_names else "numpy"


def fail(path: Path, line: int, cause: str) -> Fault:
    """What to say of a program or lab that failed."""
    return Fault(locate(path), line, f"the program failed: {cause}")


def locate(path: Path) -> str:
    """A file relative to the project: a program, a lab, or a module of a package."""
    if path.suffix == ".ipynb":
        return f"docs/labs/{path.name}"
    is_module = (path.parent / "__init__.py").exists()
    return f"{path.parent.name if is_module else 'snippets'}/{path.name}"


def find_reached(
    codes: Mapping[Path, str], modules: Modules
) -> dict[Path, list[ast.stmt]]:
    """The statements that a program takes: all of its own, and of each module those
    that its names lead to, with those that bind no name.

    codes: file -> text, of the program and then of its modules.
    """
    trees = {file: parse(code, str(file)) for file, code in codes.items()}
    for file, tree in trees.items():
        check_imports(file, tree, modules)
    program, own = next(iter(trees.items()))
    reached, waiting = {program: [*own.body]}, [(program, node) for node in own.body]
    while waiting:
        file, node = waiting.pop()
        names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
        if module := find_module(node, modules):
            file, names = module, find_aliases(node)
        known = reached.setdefault(file, [])
        for other in trees[file].body:
            bound = find_names(other)
            is_needed = bound & names if bound else not is_text(other)
            if is_needed and other not in known:
                known.append(other)
                waiting.append((file, other))
    return reached


def is_text(node: ast.stmt) -> bool:
    """Whether a statement is a string alone, as a docstring is."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def find_module(node: ast.stmt, modules: Modules) -> Path | None:
    """The file of the project's module that a statement imports from."""
    return modules.get(getattr(node, "module", None) or "")


def inline_modules(
    path: Path,
    codes: Mapping[Path, str],
    modules: Modules,
    reached: Mapping[Path, Collection[ast.stmt]],
    taken: set[str],
) -> Iterator[tuple[str, tuple[Path, int]]]:
    """Each line with its origin; modules stand where they are imported first.

    Of a module stand the statements that are reached, each with what is above it.
    taken: the files and imports that stand there already, none before the program.
    """
    source, start, is_program = codes[path], 0, not taken
    lines = [(text, (path, i)) for i, text in enumerate(source.split("\n"), start=1)]
    taken.add(str(path))
    for node in parse(source, str(path)).body:
        module = find_module(node, modules)
        shown = lines[start : node.lineno - 1 if module else node.end_lineno]
        start = node.end_lineno or 0
        is_known = node not in reached[path] or ast.dump(node) in taken
        if is_known and not is_program:
            continue
        yield from shown
        if module and str(module) not in taken:
            yield from inline_modules(module, codes, modules, reached, taken)
        if isinstance(node, ast.Import | ast.ImportFrom):
            taken.add(ast.dump(node))
    if is_program:
        yield from lines[start:]


def read_code(path: Path) -> str:
    """A program's text; of a notebook, its code without IPython's own commands."""
    if path.suffix != ".ipynb":
        return path.read_text("utf-8")
    code = "\n".join(text for kind, text in read_cells(path) if kind == "code")
    return re.sub(r"^[ \t]*[%!].*$", "", code, flags=re.M)


def read_cells(path: Path) -> list[tuple[str, str]]:
    """(kind, text) of a notebook's cells; none if it is no notebook."""
    try:
        cells = json.loads(path.read_bytes())["cells"]
        return [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    except (ValueError, KeyError, TypeError):
        return []


@cache
def list_imports(tree: ast.AST) -> list[tuple[ast.stmt, str, ast.alias]]:
    """(statement, dotted name of the module, name taken) wherever one stands."""
    return [
        (node, getattr(node, "module", None) or alias.name, alias)
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    ]


def find_imports(path: Path, modules: Modules) -> set[str]:
    """What a file imports, itself or through modules of the project: their names, and
    of all else the top-level name; what is no Python imports nothing.
    """
    found: set[str] = set()
    files = [path]
    for file in files:  # which grow by what they import
        with suppress(SyntaxError, ValueError):
            imports = list_imports(parse(read_code(file), str(file)))
            names = {name for _, name, _ in imports}
            new = {n if n in modules else n.split(".")[0] for n in names} - found
            files += [modules[name] for name in new & modules.keys()]
            found |= new
    return found


def check_imports(path: Path, tree: ast.Module, modules: Modules) -> None:
    """Raise SiteError at an import of shared code that a download cannot inline."""
    for node, module, alias in list_imports(tree):
        plain = isinstance(node, ast.ImportFrom) and node in tree.body
        if module in modules and (not plain or alias.asname or alias.name == "*"):
            remedy = (
                f"write 'from {module} import ...' at the top level, without 'as' or"
                " '*': a download can inline nothing else"
            )
            raise SiteError([Fault(locate(path), node.lineno, remedy)])


def check_names(reached: dict[Path, list[ast.stmt]]) -> None:
    """Raise SiteError where two files bind one name: each would see the other's."""
    owners: dict[str, Path] = {}
    for path, nodes in reversed(reached.items()):  # the program, the first, yields
        for name, line in find_bindings(nodes):
            if owners.setdefault(name, path) != path:
                remedy = (
                    f"choose another name than '{name}', which"
                    f" {owners[name].name} has, or a download breaks"
                )
                raise SiteError([Fault(locate(path), line, remedy)])


def find_hidden(
    program: Iterable[ast.stmt], *shared: Iterable[ast.stmt]
) -> frozenset[str]:
    """Names that shared code brings along although the program imports them nowhere."""
    brought = {name for nodes in shared for node in nodes for name in find_names(node)}
    return frozenset(brought.difference(*map(find_aliases, program)))


@cache
def find_names(node: ast.stmt) -> Set[str]:
    """What a statement binds, its imports included."""
    return {name for name, _ in find_bindings([node])} | find_aliases(node)


def find_aliases(node: ast.AST) -> set[str]:
    """What its imports bind."""
    imports = list_imports(node)
    return {(alias.asname or alias.name).split(".")[0] for _, _, alias in imports}


def find_bindings(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, int]]:
    """(name, line) of what is defined outside functions, classes, comprehensions."""
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif not isinstance(node, CLOSED):
            yield from find_bindings(ast.iter_child_nodes(node))


def name_needs(source: str, needs: Iterable[str]) -> str:
    """The program with a comment before its first import on what to install."""
    tree, lines = ast.parse(source), source.split("\n")
    first = next((node.lineno for node in tree.body if not is_text(node)), 1)
    notes = [f"# It needs a package:\n# pip install {wheel}" for wheel in needs]
    return "\n".join([*lines[: first - 1], *notes, *lines[first - 1 :]])


def make_notebook(
    source: str, parts: Collection[int] = (), needs: Iterable[str] = ()
) -> str:
    """The program as a notebook's JSON: its docstring as title, and as text each
    comment that stands before a group of lines.

    parts: lines, counted from 0, before which a cell of code ends too. needs: what a
    cell at its start installs.
    """
    tree, lines = ast.parse(source), source.split("\n")
    title = ast.get_docstring(tree)
    found = [(TEXT, [f"# {title}"])] if title else []
    found += [(CODE, [INSTALL.format(wheel)]) for wheel in needs]
    end = (tree.body[0].end_lineno or 0) if title else 0
    code: list[str] = []
    for node in tree.body[1 if title else 0 :]:
        marks = [mark.lineno for mark in getattr(node, "decorator_list", [])]
        start = min([node.lineno, *marks]) - 1
        above, note = lines[end:start], []
        is_part = any(end <= part <= start for part in parts)
        if is_part or not end or not lines[end]:  # else it is about the line above
            note = [line.removeprefix("#").removeprefix(" ") for line in above]
        if is_part or any(note):
            found += [(CODE, code), (TEXT, note)]
            code = above = []
        code = code + above + lines[start : node.end_lineno]
        end = node.end_lineno or 0
    found.append((CODE, code + lines[end:]))
    texts = [(kind, "\n".join(rows).strip("\n")) for kind, rows in found]
    cells = [kind | {"source": text} for kind, text in texts if text]
    cells = [cell | {"id": f"cell-{i}", "metadata": {}} for i, cell in enumerate(cells)]
    return json.dumps({"cells": cells, **BOOK}, indent=1)


def open_gaps(code: str) -> str:
    """A cell's code with an error that says what to do in place of each solution."""
    return SOLUTION.sub(
        lambda m: (
            f"{m['indent']}raise NotImplementedError"
            f"({json.dumps('Unsolved: ' + m['task'])})"
        ),
        code,
    )


def make_lab(
    path: Path, modules: Modules, solved: bool, needs: Iterable[str] = ()
) -> str:
    """A lab's notebook as JSON, complete or for learners; cells at its start install
    what it needs and write the modules that it imports.
    """
    book = json.loads(path.read_text("utf-8"))
    for cell in book["cells"]:
        cell["source"] = "".join(cell["source"])
        if cell["cell_type"] == "code" and not solved:
            cell["source"] = open_gaps(cell["source"])
    book["cells"][1:1] = [
        {**CODE, "id": "install", "metadata": {}, "source": INSTALL.format(wheel)}
        for wheel in needs
    ] + [
        {
            **CODE,
            "id": f"{FILE}{name.replace('_', '-')}",
            "metadata": {"jupyter": {"source_hidden": True}},  # folded, once opened
            "source": f"%%writefile {name}.py\n"
            + list_program(modules[name], modules).text,
        }
        for name in sorted(find_imports(path, {}) & modules.keys())
    ]
    return json.dumps(book, indent=1, ensure_ascii=False)
