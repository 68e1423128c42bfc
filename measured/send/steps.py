"""Make what the built site sends small and safe."""

import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import tinycss2

from measured.html.document import Document
from measured.send.cache import recall
from measured.send.drawings import shorten as shorten_drawing
from measured.send.fonts import (
    Typefaces,
    ask_early,
    assign_characters,
    read_typefaces,
    subset,
    weight_of,
)
from measured.send.pages import box_tables, defer_scripts, read_names, shorten
from measured.send.script import trim_script
from measured.send.styles import (
    Rules,
    drop_properties,
    hold_fonts,
    join_styles,
    properties,
    purge,
)

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
    strays = list(folder.rglob("*.map"))
    icon = 'link[href$="assets/images/favicon.png"]'
    if not any(document.tree.css_first(icon) for document in documents):
        strays += folder.glob("assets/images/favicon.png")
    for path in strays:
        path.unlink()
    index = folder / "search/search_index.json"
    if index.exists():
        languages = json.loads(index.read_text("utf-8"))["config"]["lang"]
        if languages == ["en"]:
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
        font = path.read_bytes(), sorted(shown), weight_of(path)
        path.write_bytes(recall(cache, subset, *font))


def send_styles(
    folder: Path, documents: Sequence[Document], sheets: dict[Path, Rules]
) -> None:
    """Write the sheets without what neither a page nor a script names."""
    scripts = [path.read_text("utf-8") for path in sorted(folder.rglob("*.js"))]
    quoted = {text for script in scripts for _, text in QUOTED.findall(script)}
    words = {word for text in quoted for word in WORD.findall(text)}
    names = {word for word in words if not word.startswith(UNUSED)}
    names |= read_names(documents)
    sheets = {path: purge(rules, names) for path, rules in sheets.items()}
    taken = {word for script in scripts for word in WORD.findall(script)}
    for document in documents:
        for node in document.tree.css('[style*="--"]'):
            taken.update(WORD.findall(node.attrs.sget("style")))
        for tag in ("script", "style"):
            taken.update(w for text in document.inline(tag) for w in WORD.findall(text))
    taken = taken.union(*map(properties, sheets.values()))
    for path, rules in sheets.items():
        rules = hold_fonts(drop_properties(rules, taken), path.parent)
        path.write_text(tinycss2.serialize(rules), "utf-8")
