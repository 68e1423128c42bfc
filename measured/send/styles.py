"""Style sheets: one file for all pages, without what no page uses."""

import os
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import tinycss2
from tinycss2.ast import Node
from tinycss2.serializer import serialize_string_value, serialize_url

from measured import SiteError
from measured.html.document import Document

Rules = list[Node]
# Fonts of every formula, within the style: on a slow line they are there when a
# line with a formula is first drawn.
HELD = {
    "KaTeX_Caligraphic-Regular.woff2",
    "KaTeX_Main-Regular.woff2",
    "KaTeX_Math-Italic.woff2",
}


def parse(style: str) -> Rules:
    """A style sheet's rules; those within @media and @supports as their content."""
    return nest(
        tinycss2.parse_stylesheet(style, skip_comments=True, skip_whitespace=True)
    )


def nest(rules: Rules) -> Rules:
    for rule in rules:
        if is_group(rule):
            inner = tinycss2.parse_rule_list(
                rule.content, skip_comments=True, skip_whitespace=True
            )
            rule.content = nest(inner)
    return [rule for rule in rules if rule.type != "error"]  # browsers drop them too


def is_group(rule: Node) -> bool:
    return rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports")


def join_styles(
    folder: Path, documents: Iterable[Document], site_url: str | None
) -> dict[Path, Rules]:
    """The rules of each sheet below the folder; those that all pages link in one file.

    Each one more costs a phone a round trip. Raises SiteError if a sheet is missing.
    """
    linked = {}  # of each page that links any: sheet -> the link
    for document in documents:
        found = {}
        for link in document.tree.css("link[rel=stylesheet]"):
            if path := locate(folder, document, link.attrs.sget("href"), site_url):
                found[path] = link
        if found:
            linked[document.path] = found
    sheets = {
        path: parse(path.read_text("utf-8")) for path in sorted(folder.rglob("*.css"))
    }
    first = next(iter(linked.values()), {})
    common = [path for path in first if all(path in links for links in linked.values())]
    if not common:
        return sheets
    whole = common[0].with_name("all.css")
    for links in linked.values():
        address = links[common[0]].attrs.sget("href")
        links[common[0]].attrs["href"] = f"{address.rpartition('/')[0]}/{whole.name}"
        for path in common[1:]:
            links[path].decompose()
    rules: Rules = []
    for path in common:
        up = Path(os.path.relpath(path.parent, whole.parent)).as_posix()
        rules += change_addresses(sheets.pop(path), lambda x, up=up: rebase(x, up))
        path.unlink()
    return {whole: rules} | sheets


def locate(
    folder: Path, document: Document, address: str, site_url: str | None
) -> Path | None:
    """The file that a page's link means, or None if it leads out of the site."""
    parsed = urlsplit(address)
    if parsed.netloc:
        return None
    root = urlsplit(site_url or "").path or "/"  # where links of the 404 page start
    if parsed.path.startswith("/"):
        path = folder / parsed.path.removeprefix(root).lstrip("/")
    else:
        path = Path(os.path.normpath(document.path.parent / parsed.path))
    if not path.is_file():
        page = document.path.relative_to(folder).as_posix()
        raise SiteError(
            f"{page} links the style sheet {address}, which is not there: mend its "
            "name under extra_css in mkdocs.yml, or put the file below docs/"
        )
    return path


def walk(nodes: Iterable[Node]) -> Iterator[Node]:
    """All nodes of rules, however deep."""
    for node in nodes:
        yield node
        for part in ("prelude", "content", "arguments"):
            yield from walk(getattr(node, part, None) or [])


def change_addresses(rules: Rules, change: Callable[[str], str]) -> Rules:
    """The rules, each url(...) in them changed."""
    for node in walk(rules):
        if node.type == "url":
            node.value = change(node.value)
            node.representation = f"url({serialize_url(node.value)})"
        elif node.type == "function" and node.lower_name == "url":
            for text in node.arguments:
                if text.type == "string":
                    text.value = change(text.value)
                    text.representation = f'"{serialize_string_value(text.value)}"'
    return rules


def rebase(address: str, up: str) -> str:
    """A relative address as from another folder."""
    parsed = urlsplit(address)
    is_relative = parsed.path and not parsed.scheme and not address.startswith("/")
    return f"{up}/{address}" if is_relative else address


def hold_fonts(rules: Rules, folder: Path) -> Rules:
    """The rules of a sheet in the folder, with the fonts that they HELD in them."""

    def data(address: str) -> str:
        if address.rpartition("/")[2] not in HELD:
            return address
        font = b64encode((folder / address).read_bytes()).decode()
        return f"data:font/woff2;base64,{font}"

    return change_addresses(rules, data)


def purge(rules: Rules, names: set[str]) -> Rules:
    """The rules but those of classes, ids or values that no page or script has."""
    kept = []
    for rule in rules:
        if is_group(rule):
            rule.content = purge(rule.content, names)
        elif rule.type == "qualified-rule":
            selectors = [s for s in split(rule.prelude, ",") if required(s) <= names]
            rule.prelude = join([strip(selector) for selector in selectors], ",")
        if rule.type == "at-rule" and not is_group(rule):
            kept.append(rule)
        elif rule.content if is_group(rule) else rule.prelude:
            kept.append(rule)
    return kept


def required(selector: list[Node]) -> set[str]:
    """What an element needs for the selector to match, but what is in :not(...)."""
    found = set()
    for before, token in zip([None, *selector], selector):
        if token.type == "hash" or (token.type == "ident" and before == "."):
            found.add(token.value)
        elif token.type == "[] block" and "=" in token.content:
            found.add(token.content[-1].value)
    return found


def drop_properties(rules: Rules, names: set[str]) -> Rules:
    """The rules without custom properties, such as icons, that nothing names."""
    for rule in rules:
        if is_group(rule):
            rule.content = drop_properties(rule.content, names)
        elif rule.type == "qualified-rule":
            declarations = split(rule.content, ";")
            kept = [each for each in declarations if custom(each) in names | {""}]
            rule.content = join(kept, ";")
    return [rule for rule in rules if rule.content != []]


def custom(declaration: list[Node]) -> str:
    """The name of the custom property that is declared, or ""."""
    first = next(
        (t for t in declaration if t.type not in ("whitespace", "comment")), None
    )
    is_custom = first and first.type == "ident" and first.value.startswith("--")
    return first.value if is_custom else ""


def properties(rules: Rules) -> set[str]:
    """Names of the custom properties whose values the rules take."""
    calls = (n for n in walk(rules) if n.type == "function" and n.lower_name == "var")
    return {token.value for call in calls for token in call.arguments[:1]}


def split(tokens: list[Node], sign: str) -> list[list[Node]]:
    parts: list[list[Node]] = [[]]
    for token in tokens:
        if token == sign:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def join(parts: list[list[Node]], sign: str) -> list[Node]:
    comma = tinycss2.parse_one_component_value(sign)
    return [token for part in parts for token in (comma, *part)][1:]


def strip(tokens: list[Node]) -> list[Node]:
    """The tokens without blanks at both ends."""
    solid = [i for i, token in enumerate(tokens) if token.type != "whitespace"]
    return tokens[solid[0] : solid[-1] + 1] if solid else []
