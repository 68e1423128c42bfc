"""What a page's HTML sends: nothing that no reader needs, its scripts last."""

import re
from collections.abc import Iterable

from selectolax.lexbor import LexborHTMLParser

from measured.html.document import Document, find_texts, replace_with_html

NAMED = {"class", "id", "for", "dir", "role", "type"}
PLAIN = ", ".join(f'span[class="{name}"]' for name in ("n", "o", "p", "w", "sa"))
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


def shorten(tree: LexborHTMLParser) -> None:
    """Drop indents between tags, and spans of programs in the color of the rest."""
    for span in tree.css(PLAIN):
        span.unwrap()
    for node in [*find_texts(tree.css("html")[0], {"pre", "textarea"})]:
        node.replace_with(INDENT.sub("\n", node.text_content or ""))


def box_tables(tree: LexborHTMLParser) -> None:
    """Put each table in the boxes that let it scroll, as Material's script would."""
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
