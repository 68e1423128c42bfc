"""A content security policy: no inline script or style but those that the build wrote.

Nothing comes from outside. Formulas and drawings have style attributes, which no
policy can list; they cannot load or run anything here.
"""

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256

from measured.html.document import Document

NAME = "Content-Security-Policy"


def protect(documents: Sequence[Document], offline: bool = False) -> None:
    """Give every page one policy, so that it holds whichever a visit starts on.

    offline: pages are opened from a folder, where some browsers do not count files
    as the page's own.
    """
    scripts, styles = (hash_inline(documents, tag) for tag in ("script", "style"))
    text = write_policy(scripts, styles, offline)
    for document in documents:
        tree = document.tree
        for old in tree.css(f'meta[http-equiv="{NAME}"]'):
            old.decompose()
        mark = tree.create_node("meta")
        mark.attrs["http-equiv"], mark.attrs["content"] = NAME, text
        if first := tree.css_first("meta[charset]") or tree.css_first("title"):
            first.insert_after(mark, move=True)  # it holds for what comes after it


def write_policy(scripts: list[str], styles: list[str], offline: bool) -> str:
    """The policy's text. scripts, styles: sources of what is inline."""
    text = "; ".join(
        [
            "default-src 'none'",
            " ".join(["script-src 'self'", *scripts]),
            "style-src 'self' 'unsafe-inline'",  # for browsers without the next two
            " ".join(["style-src-elem 'self'", *styles]),
            "style-src-attr 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            *["frame-src 'self'"] * offline,  # the search runs in one
        ]
    )
    return text.replace("'self'", "'self' file:") if offline else text


def hash_inline(documents: Sequence[Document], tag: str) -> list[str]:
    """Sources of all inline scripts or styles."""
    texts = {text for document in documents for text in document.inline(tag)}
    digests = (b64encode(sha256(text.encode()).digest()).decode() for text in texts)
    return sorted(f"'sha256-{digest}'" for digest in digests)
