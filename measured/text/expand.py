"""A page's source as Markdown that knows nothing of programs and claims."""

import html
import re
from collections.abc import Callable, Iterable, Mapping

from measured import Fault, SiteError
from measured.text.check import check_include
from measured.text.claims import Claim, Pending, fill
from measured.text.page import CLAIM, INCLUDE, PROGRAM, Page
from measured.text.project import Project
from measured.text.scanner import Part

SECTION = re.compile(r'--8<-- "(?P<file>\w+\.py):(?P<section>[\w-]+)"')
ANY = "`" * 8  # ticks of a block, where the lines of an output do not matter
Fold = Callable[[str, Page], str]  # a program's name -> Markdown of the folded program


def expand(page: Page, project: Project, fold: Fold) -> str:
    """The page's Markdown without front matter.

    Values and output are in place, claims marked, programs folded, faults noted.
    """
    claims, results = iter(page.claims), project.results
    listing = project.page_with("<!-- every claim -->")
    faults = project.notes(page.uri)

    def replace(part: Part) -> str:
        if part.kind in ("value", "maths"):
            return fill(part.text, results)
        if part.kind == "fence":
            return expand_block(part, project)
        if part.kind == "comment" and CLAIM.fullmatch(part.text):
            return link_claim(next(claims), page, listing)
        if part.kind == "comment" and (whole := PROGRAM.fullmatch(part.text)):
            return fold(whole["name"], page) if whole["name"] in results else ""
        return part.text if part.kind != "front matter" else ""

    noted = Page(page.uri, note(page, faults)) if faults else page
    return "".join(replace(part) for part in noted.parts)


def expand_block(block: Part, project: Project) -> str:
    """A fenced block with the outputs that it includes; a part of a program is named."""

    def include(match: re.Match[str]) -> str:
        path = match["path"] or ""
        try:
            check_include(path, ANY, project.results, project.sections)
        except SiteError as error:
            pending = isinstance(error, Pending)
            return match["lead"] + ("… is being computed" if pending else "…")
        result = project.results.get(path.removesuffix("/output.txt"))
        if not result:
            return match[0]
        return "\n".join(match["lead"] + line for line in result.output.split("\n"))

    text, rows = block.text, block.rows
    if block.opening["info"] == "python" and len(rows) == 1:
        if part := SECTION.fullmatch(rows[0]):
            opening = block.opening[0]
            title = f'{opening} title="{part["file"]} · {part["section"]}"'
            text = text.replace(opening, title, 1)
    return INCLUDE.sub(include, text)


def note(page: Page, faults: Iterable[Fault]) -> str:
    """The page's text with a red note before each block that has a fault."""
    lines = page.text.split("\n")
    front = sum(p.text.count("\n") for p in page.parts if p.kind == "front matter")
    for fault in sorted(faults, reverse=True):
        starts = [part for part in page.parts if part.line <= max(fault.line, 1)]
        start = starts[-1].line if starts[-1].kind == "fence" else max(fault.line, 1)
        while start > front + 1 and (
            lines[start - 1][:1].isspace() or lines[start - 2].strip()
        ):
            start -= 1
        message = fault.message.replace("--8<--", "-8<-").split("\n")
        title = f'!!! failure "{fault.file}, line {fault.line}"'
        block = ["``````text", *message, "``````"]
        indented = [f"    {line}" for line in block]
        lines[start - 1 : start - 1] = [title, "", *indented, ""]
    return "\n".join(lines)


def link_claim(claim: Claim | None, page: Page, listing: str | None) -> str:
    """A small mark, ✓ or ✗, that leads from a sentence to its claim in the list, if any.

    listing: the page that lists all claims.
    """
    if claim is None:
        return "…"
    sign, title = ("✓", "Checked by this build") if claim.holds else ("✗", "False")
    title = html.escape(f"{title}: {claim.measured}")
    if listing is None:
        return f'<span class="claim" id="at-{claim.id}" title="{title}">{sign}</span>'
    target = "" if page.uri == listing else page.up(listing)
    return f'[{sign}]({target}#{claim.id}){{ .claim #at-{claim.id} title="{title}" }}'


def claims_list(pages: Iterable[Page], titles: Mapping[str, tuple[str, str]]) -> str:
    """Markdown tables of every claim, page by page.

    titles: uri -> (title, link from the list).
    """
    lines = []
    for page in pages:
        if claims := [claim for claim in page.claims if claim]:
            title, link = titles[page.uri]
            lines += ["", f"## [{title}]({link})", ""]
            lines += ["| Statement | Measured |", "| --- | --- |"]
            lines += [row(claim, f"{link}#at-{claim.id}") for claim in claims]
    return "\n".join(lines)


def row(claim: Claim, link: str) -> str:
    """One claim as a table row; names of values may break at underscores."""
    sentence = claim.sentence.replace("|", "\\|")
    values = [text[2:-2].strip() for text, *_ in claim.terms if text.startswith("{{")]
    names = [value.replace("_", "_<wbr>") for value in values]
    notes = "<br>".join(f"<small>{note}</small>" for note in [*names, claim.room])
    where = f"[Where it stands]({link}){{ .where }}"
    statement = f'<span id="{claim.id}"></span>{sentence} {where}'
    return f"| {statement} | `{claim.measured}`<br>{notes} |"


def footnotes(page: Page, sources: Mapping[str, str]) -> str:
    """Definitions of the sources that the page cites."""
    known = [key for key in page.cited if key in sources]
    return "\n".join(f"[^{key}]: {sources[key]}" for key in known)
