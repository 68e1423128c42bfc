"""Make what the built site sends small and safe."""

import inspect
import json
import os
import re
import shutil
from collections.abc import Callable, Sequence
from functools import partial
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import tinycss2

from measured.html.document import Document
from measured.send.drawings import shorten as shorten_drawing
from measured.send.fonts import (
    Typefaces,
    ask_early,
    assign_characters,
    read_typefaces,
    subset,
)
from measured.send.pages import box_tables, defer_scripts, read_names, shorten
from measured.send.script import trim_script
from measured.send.styles import (
    Rules,
    change_addresses,
    drop_properties,
    hold_font,
    join_styles,
    purge,
    read_properties,
)

# Of what makes that which takes seconds, and is made once.
VERSIONS = [version(name) for name in ("fonttools", "brotli", "scour", "pillow")]
# In a minified script: plain words in quotes, and whatever a template holds.
QUOTED = re.compile(r"""(["'`])((?<=`)[^`]*|[\w. -]*)\1""")
WORD = re.compile(r"[\w-]+")
# What names in Material's script begin with that no page here has.
UNUSED = (
    "md-annotation",
    "md-source",
    "md-status",
    "md-tag",
    "md-version",
    "mermaid",
    "rtl",
)


def send(
    folder: Path, documents: Sequence[Document], cache: Path, site_url: str | None
) -> None:
    """Rewrite pages, styles, scripts, fonts and figures below the folder.

    cache: for what is slow to make, once made. Raises SiteError.
    """
    remove_strays(folder, documents)
    sheets = join_styles(folder, documents, site_url)
    faces = read_typefaces([rule for rules in sheets.values() for rule in rules])
    trim_script(folder, documents)
    for document in documents:
        shorten(document.tree)
        box_tables(document.tree)
        ask_early(document.tree, faces)
        defer_scripts(document.tree)
    send_fonts(folder, documents, cache, faces)
    send_styles(folder, documents, sheets)
    for path in folder.glob("figures/*.svg"):
        path.write_bytes(recall(cache, shorten_drawing, path.read_bytes()))


def remove_strays(folder: Path, documents: Sequence[Document]) -> None:
    """Remove what Material adds and no page asks for: its icon, maps, languages."""
    icon, strays = "assets/images/favicon.png", list(folder.rglob("*.map"))
    if not any(each.tree.css_first(f'link[href$="{icon}"]') for each in documents):
        strays.append(folder / icon)
    for path in strays:
        path.unlink(missing_ok=True)
    index = folder / "search/search_index.json"
    if index.exists() and json.loads(index.read_text("utf-8"))["config"]["lang"] == [
        "en"
    ]:
        shutil.rmtree(folder / "assets/javascripts/lunr", ignore_errors=True)


def send_fonts(
    folder: Path, documents: Sequence[Document], cache: Path, faces: Typefaces
) -> None:
    """Leave in each font the glyphs that pages show, or that scripts may write."""
    scripts = [
        path.read_text("utf-8")
        for path in folder.glob("assets/**/*.*js")
        if "javascripts" not in path.parts  # Material's own write what pages hold
    ]
    fonts = sorted(folder.rglob("*.woff2"))
    for path, shown in assign_characters(fonts, documents, scripts, faces).items():
        path.write_bytes(recall(cache, subset, path.read_bytes(), sorted(shown)))


def send_styles(
    folder: Path, documents: Sequence[Document], sheets: dict[Path, Rules]
) -> None:
    """Write the sheets without what neither a page nor a script names."""
    scripts = "\n".join(path.read_text("utf-8") for path in folder.rglob("*.js"))
    words = WORD.findall(" ".join(text for _, text in QUOTED.findall(scripts)))
    names = {word for word in words if not word.startswith(UNUSED)}
    names |= read_names(documents)
    sheets = {path: purge(rules, names) for path, rules in sheets.items()}
    pages = " ".join(document.tree.html or "" for document in documents)
    taken = {*WORD.findall(scripts), *WORD.findall(pages)}
    taken = taken.union(*map(read_properties, sheets.values()))
    for path, rules in sheets.items():
        rules = change_addresses(
            drop_properties(rules, taken), partial(hold_font, folder=path.parent)
        )
        path.write_text(tinycss2.serialize(rules), "utf-8")


def recall(cache: Path, make: Callable[..., bytes], *arguments: object) -> bytes:
    """What the function makes of the arguments, from the cache once it is there."""
    how = Path(inspect.getfile(make)).read_bytes()
    facts = repr((VERSIONS, how, make.__name__, arguments))
    known = cache / sha256(facts.encode()).hexdigest()[:24]
    if not known.exists():
        cache.mkdir(parents=True, exist_ok=True)
        part = known.with_name(f"{known.name}.{os.getpid()}")
        part.write_bytes(make(*arguments))
        part.rename(known)
    return known.read_bytes()
