"""Make what the built site sends small and safe."""

import json
import re
import shutil
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

import tinycss2
from selectolax.lexbor import LexborHTMLParser

from measured.html.document import Document, find_texts, replace_with_html
from measured.memory import Memory
from measured.send import drawings, fonts, styles
from measured.send.script import patch_scripts

# In a minified script: plain words in quotes, and whatever a template holds.
QUOTED_WORDS = re.compile(r"""(["'`])((?<=`)[^`]*|[\w. -]*)\1""")
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
NAMED = {"class", "id", "for", "dir", "role", "type"}
PLAIN_SPANS = ", ".join(f'span[class="{name}"]' for name in ("n", "o", "p", "w", "sa"))
BOX = (
    '<div class="md-typeset__scrollwrap"><div class="md-typeset__table">{}</div></div>'
)
INDENT = re.compile(r"\n\s+")  # within a text, which has no grammar
LATE = """window.shown.then(() => requestAnimationFrame(() => {
  setTimeout(() => {
    const scripts = document.getElementById("late").content.cloneNode(true);
    for (const script of scripts.children) script.async = false; // one after the other
    document.body.append(scripts);
  });
}))"""


def send(
    folder: Path, documents: Sequence[Document], memory: Memory, site_url: str | None
) -> None:
    """Rewrite pages, styles, scripts, fonts and figures below the folder.

    Raises SiteError.
    """
    remove_strays(folder, documents)
    sheets = styles.join_styles(folder, documents, site_url)
    faces = fonts.read_typefaces([rule for rules in sheets.values() for rule in rules])
    patch_scripts(folder)
    for document in documents:
        shorten_page(document.tree)
        box_tables(document.tree)
        fonts.ask_early(document.tree, faces)
        defer_scripts(document.tree)
    send_fonts(folder, documents, memory, faces)
    send_styles(folder, documents, sheets)
    for path in folder.glob("figures/*.svg"):
        path.write_bytes(memory.recall(drawings.shorten_drawing, path.read_bytes()))


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


def shorten_page(tree: LexborHTMLParser) -> None:
    """Drop indents between tags, and spans of programs in the color of the rest.

    A page is some 1.4 kB lighter for it, one with long programs 4 kB.
    """
    for span in tree.css(PLAIN_SPANS):
        span.unwrap()
    for node in [*find_texts(tree.css("html")[0], {"pre", "textarea"})]:
        node.replace_with(INDENT.sub("\n", node.text_content or ""))


def box_tables(tree: LexborHTMLParser) -> None:
    """Put each table in the boxes that let it scroll, as Material's script would.

    Else it would lay them all out a second time.
    """
    for table in tree.css("table:not([class])"):
        replace_with_html(table, BOX.format(table.html))


def defer_scripts(tree: LexborHTMLParser) -> None:
    """Ask for scripts once the page is drawn: on a slow line they hold up fonts."""
    if scripts := tree.css("body > script[src]"):
        late, asks = tree.create_node("template"), tree.create_node("script")
        late.attrs["id"] = "late"
        late.inner_html = "".join(node.html or "" for node in scripts)
        asks.insert_child(LATE)
        for node in (late, asks):
            tree.css("body")[0].insert_child(node, move=True)
        for node in scripts:
            node.decompose()


def read_names(documents: Iterable[Document]) -> set[str]:
    """Classes, ids and other values that styles may select."""
    nodes = (node for document in documents for node in document.tree.css("*"))
    return {
        word
        for name, value in (pair for node in nodes for pair in node.attributes.items())
        if name in NAMED or name.startswith(("aria-", "data-"))
        for word in (value or "").split()
    }


def send_fonts(
    folder: Path, documents: Sequence[Document], memory: Memory, faces: fonts.Typefaces
) -> None:
    """Leave in each font the glyphs that pages show, or that scripts may write."""
    scripts = [
        path.read_text("utf-8")
        for path in folder.glob("assets/**/*.*js")
        if "javascripts" not in path.parts  # Material's own write what pages hold
    ]
    paths = sorted(folder.rglob("*.woff2"))
    shown = fonts.assign_characters(paths, documents, scripts, faces)
    for path, signs in shown.items():
        path.write_bytes(memory.recall(fonts.subset, path.read_bytes(), sorted(signs)))


def send_styles(
    folder: Path, documents: Sequence[Document], sheets: dict[Path, styles.Rules]
) -> None:
    """Write the sheets without what neither a page nor a script names."""
    scripts = "\n".join(path.read_text("utf-8") for path in folder.rglob("*.js"))
    words = WORD.findall(" ".join(text for _, text in QUOTED_WORDS.findall(scripts)))
    begun = [word for word in words if word.endswith("--")]  # as `x--${side}`
    words += [start + end for start in begun for end in words]
    names = {word for word in words if not word.startswith(UNUSED)}
    names |= read_names(documents)
    sheets = {path: styles.purge(rules, names) for path, rules in sheets.items()}
    pages = " ".join(document.tree.html or "" for document in documents)
    taken = {*WORD.findall(scripts), *WORD.findall(pages)}
    taken = taken.union(*map(styles.read_properties, sheets.values()))
    for path, rules in sheets.items():
        rules = styles.change_addresses(
            styles.drop_properties(rules, taken),
            partial(styles.hold_font, folder=path.parent),
        )
        path.write_text(tinycss2.serialize(rules), "utf-8")
