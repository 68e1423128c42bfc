"""The whole tutorial on one page, for paper: the pages one after another, their links led to each other."""

import posixpath
import re

LEFT_OUT = re.compile(
    r'<details class="(?:example|data)".*?</details>|<p class="reading".*?</p>'
    r'|<a [^>]*class="(?:headerlink|claim)".*?</a>',
    re.S,
)
ATTRIBUTE = re.compile(r'(?P<before>\s)(?P<name>id|for|name|href|src|aria-labelledby)="(?P<value>[^"]*)"')
HEADING = re.compile(r"<(/?)h([1-5])\b")


def joined(parts, here):
    """HTML of all parts with a list of contents.

    parts: (address, title, HTML) of each page; here: this page's own address; addresses are below the site's root.
    """
    known = {address: anchor(address) for address, *_ in parts}
    contents = "".join(f'<li><a href="#{known[address]}">{title}</a></li>' for address, title, _ in parts)
    bodies = (
        f'<div class="part"><span id="{known[address]}"></span>{moved(content, address, known, here)}</div>'
        for address, _, content in parts
    )
    return f'<ol class="contents">{contents}</ol>{"".join(bodies)}'


def anchor(address):
    return "page-" + (re.sub(r"\W+", "-", address).strip("-") or "home")


def moved(content, address, known, here):
    """A page's HTML one level of headings lower, its names its own, its links right from the one page."""

    def attribute(match):
        name, value = match["name"], match["value"]
        if name in ("href", "src"):
            value = link(value, address, known, here)
        elif name != "name" or value.startswith("__"):
            value = " ".join(f"{known[address]}-{part}" for part in value.split())
        return f'{match["before"]}{name}="{value}"'

    content = LEFT_OUT.sub("", content)
    return ATTRIBUTE.sub(attribute, HEADING.sub(lambda m: f"<{m[1]}h{int(m[2]) + 1}", content))


def link(target, address, known, here):
    """Where a page's link leads from the one page: to a part of it if that has what is meant."""
    if re.match(r"[a-z]+:|//", target):
        return target
    path, _, name = target.partition("#")
    if name.startswith("program-"):  # folded on its page, and left out here
        path, name = "../" * address.count("/") + f"downloads/{name.removeprefix('program-')}.py", ""
    place = posixpath.normpath(posixpath.join(folder(address), path)) if path else address.rstrip("/")
    page = place if place in known else "" if place in (".", "") else f"{place}/"
    if page in known:
        return f"#{known[page]}-{name}" if name else f"#{known[page]}"
    is_page = not posixpath.splitext(place)[1]
    return posixpath.relpath(place, folder(here) or ".") + ("/" if is_page else "") + (f"#{name}" if name else "")


def folder(address):
    """Of a page's address, problem/depth/ or, in a site for a folder, problem/depth.html."""
    return address if address.endswith("/") else posixpath.dirname(address)
