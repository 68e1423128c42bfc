"""Style sheets: one file for all pages, without what no page uses."""

import os
import posixpath
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import dropwhile, groupby
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import tinycss2
from selectolax.lexbor import LexborNode
from tinycss2.ast import Node
from tinycss2.serializer import serialize_string_value, serialize_url

from measured import SiteError
from measured.html.document import Document

Rules = list[Node]  # or the tokens of a part of one
# Fonts of every formula, within the style: on a slow line they are there when a
# line with a formula is first drawn.
HELD = {
    "KaTeX_Caligraphic-Regular.woff2",
    "KaTeX_Main-Regular.woff2",
    "KaTeX_Math-Italic.woff2",
}


def parse_rules(style: str | Rules) -> Rules:
    """The rules of a sheet that browsers read; those within a group as its content."""
    rules = tinycss2.parse_rule_list(style, skip_comments=True, skip_whitespace=True)
    for rule in filter(is_group, rules):
        rule.content = parse_rules(rule.content)
    return [rule for rule in rules if rule.type != "error"]


def is_group(rule: Node) -> bool:
    return rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports")


def join_styles(
    folder: Path, documents: Iterable[Document], site_url: str | None
) -> dict[Path, Rules]:
    """The rules of each sheet below the folder; those that all pages link in one file.

    Each one more costs a phone a round trip. Raises SiteError if a sheet is missing.
    """
    found = [find_sheets(folder, document, site_url) for document in documents]
    linked = [links for links in found if links]
    sheets = {
        path: parse_rules(path.read_text("utf-8"))
        for path in sorted(folder.rglob("*.css"))
    }
    common = [path for path in [*linked, {}][0] if all(path in x for x in linked)]
    if not common:
        return sheets
    whole, rules = common[0].with_name("all.css"), []
    for links in linked:
        attributes = links[common[0]].attrs
        attributes["href"] = posixpath.join(
            posixpath.dirname(attributes.sget("href")), whole.name
        )
        for path in common[1:]:
            links[path].decompose()
    for path in common:
        up = Path(os.path.relpath(path.parent, whole.parent)).as_posix()
        rules += change_addresses(sheets.pop(path), partial(rebase, up=up))
        path.unlink()
    return {whole: rules} | sheets


def find_sheets(
    folder: Path, document: Document, site_url: str | None
) -> dict[Path, LexborNode]:
    """The site's style sheets that a page links, each with its link."""
    root, found = urlsplit(site_url or "").path or "/", {}
    page = document.path.relative_to(folder).as_posix()
    for link in document.tree.css('link[rel=stylesheet]:not([href*="//"])'):
        address = urlsplit(link.attrs.sget("href")).path
        path = folder / urljoin(f"{root}{page}", address).removeprefix(root)
        if not path.is_file():
            raise SiteError(
                f"{page} links the style sheet {address}, which is not there: mend its "
                "name under extra_css in mkdocs.yml, or put the file below docs/"
            )
        found[path] = link
    return found


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
        elif node.type == "function" and node.lower_name == "url":  # it is in quotes
            text = node.arguments[0]
            text.value = change(text.value)
            text.representation = f'"{serialize_string_value(text.value)}"'
    return rules


def rebase(address: str, up: str) -> str:
    """A relative address as from another folder."""
    is_whole = urlsplit(address).scheme or address.startswith(("/", "#"))
    return address if is_whole else f"{up}/{address}"


def hold_font(address: str, folder: Path) -> str:
    """The font itself instead of the address of one that is HELD."""
    if address.rpartition("/")[2] not in HELD:
        return address
    font = b64encode((folder / address).read_bytes())
    return f"data:font/woff2;base64,{font.decode()}"


def sift(rules: Rules, part: str, sign: str, is_used: Callable[[Rules], bool]) -> Rules:
    """The rules with what is used of a part, between signs; without any, none."""
    between = tinycss2.parse_one_component_value(sign)
    for rule in rules:
        if is_group(rule):
            rule.content = sift(rule.content, part, sign, is_used)
        elif rule.type == "qualified-rule":
            used = [each for each in split(getattr(rule, part), sign) if is_used(each)]
            tokens = [token for each in used for token in (between, *each)][1:]
            setattr(rule, part, tokens)
            rule.content = rule.content if used else []
    return [rule for rule in rules if rule.content != []]


def purge(rules: Rules, names: set[str]) -> Rules:
    """The rules but those of classes, ids or values that no page or script has.

    A first visit is 15 kB lighter for it.
    """
    return sift(
        rules, "prelude", ",", lambda selector: read_requirements(selector) <= names
    )


def read_requirements(selector: Rules) -> set[str]:
    """What an element needs for the selector to match, but what is in :not(...)."""
    return {
        token.value
        for before, token in zip([None, *selector], selector)
        if token.type == "hash" or (token.type == "ident" and before == ".")
    } | {
        token.content[-1].value
        for token in selector
        if token.type == "[] block" and "=" in token.content
    }


def drop_properties(rules: Rules, names: set[str]) -> Rules:
    """The rules without custom properties, such as icons, that nothing names."""

    def is_used(declaration: Rules) -> bool:
        name = next((token.value for token in declaration if token.type == "ident"), "")
        return name in names or not name.startswith("--")

    return sift(rules, "content", ";", is_used)


def read_properties(rules: Rules) -> set[str]:
    """Names of the custom properties whose values the rules take."""
    return {
        node.arguments[0].value
        for node in walk(rules)
        if node.type == "function" and node.lower_name == "var"
    }


def split(tokens: Rules, sign: str) -> list[Rules]:
    """The tokens between the signs, without the blanks before them."""
    return [
        [*dropwhile(lambda token: token.type == "whitespace", part)]
        for is_sign, part in groupby(tokens, lambda token: token == sign)
        if not is_sign
    ]
