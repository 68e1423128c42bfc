"""A content security policy: nothing from outside, and no inline script or style but those that the build wrote."""

import re
from base64 import b64encode
from hashlib import sha256
from html import escape

INLINE = re.compile(r"<(script|style)\b([^>]*)>(.*?)</\1>", re.S)
MARK = re.compile(r'\n?\s*<meta http-equiv="Content-Security-Policy"[^>]*>')
FIRST = '<meta charset="utf-8">'  # a policy holds for what comes after it


def protect(folder, offline=False):
    """Write one policy into every page below the folder, so that it holds whichever page a visit starts on.

    offline: the pages are opened from a folder, where some browsers do not count files as the page's own.
    Formulas and drawings have style attributes, which no policy can list; they cannot load or run anything here.
    """
    paths = sorted(folder.rglob("*.html"))
    pages = [MARK.sub("", path.read_text("utf-8")) for path in paths]
    scripts, styles = (hashes(pages, kind) for kind in ("script", "style"))
    tag = f'\n      <meta http-equiv="Content-Security-Policy" content="{escape(policy(scripts, styles, offline))}">'
    for path, page in zip(paths, pages):
        path.write_text(page.replace(FIRST, FIRST + tag, 1), "utf-8")


def policy(scripts, styles, offline):
    text = "; ".join(
        [
            "default-src 'none'",
            " ".join(["script-src 'self'", *scripts]),
            "style-src 'self' 'unsafe-inline'",  # for browsers that know not the next two
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


def hashes(pages, kind):
    """Sources of all inline elements of a kind, data blocks left out: they never run."""
    texts = {text for page in pages for element, rest, text in INLINE.findall(page) if element == kind and runs(rest)}
    return sorted(f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in texts)


def runs(attributes):
    return "src=" not in attributes and "json" not in attributes
