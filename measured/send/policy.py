"""A content security policy: no inline script or style but those that the build wrote.

Nothing comes from outside. Formulas and drawings have style attributes, which no
policy can list; they cannot load or run anything here.
"""

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256

from measured.html.document import Document

NAME = "Content-Security-Policy"
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src {script}",
        "style-src 'self' 'unsafe-inline'",  # for browsers without the next two
        "style-src-elem {style}",
        "style-src-attr 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
)


def protect(documents: Sequence[Document], offline: bool = False) -> None:
    """Give every page the same policy, so that a server can send it as a header too.

    offline: pages are opened from a folder, where some browsers do not count files
    as the page's own.
    """
    inline = {tag: hash_inline(documents, tag) for tag in ("script", "style")}
    text = POLICY.format_map(inline)
    if offline:  # the search runs in a frame
        text = f"{text}; frame-src 'self'".replace("'self'", "'self' file:")
    for tree in (document.tree for document in documents):
        for old in tree.css(f'meta[http-equiv="{NAME}"]'):
            old.decompose()
        mark = tree.create_node("meta")
        mark.attrs["http-equiv"], mark.attrs["content"] = NAME, text
        if first := tree.css_first("meta[charset]") or tree.css_first("title"):
            first.insert_after(mark, move=True)  # it holds for what comes after it


def hash_inline(documents: Sequence[Document], tag: str) -> str:
    """The site itself and all inline scripts or styles, as sources of a policy."""
    texts = {text for document in documents for text in document.inline(tag)}
    digests = (b64encode(sha256(text.encode()).digest()).decode() for text in texts)
    return " ".join(["'self'", *sorted(f"'sha256-{digest}'" for digest in digests)])
