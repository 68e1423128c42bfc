"""A page's source as Markdown that knows nothing of programs and claims."""

import html
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from measured import Fault, SiteError
from measured.text.check import check_include, read_output
from measured.text.claims import Claim, Pending, fill
from measured.text.page import CLAIM, INCLUDABLE, INCLUDE, PROGRAM, Page
from measured.text.project import Project
from measured.text.scanner import Part

MARKS = {  # strength -> its mark, and what it says to readers
    "exact": ("=", "Exact, the same on all seeds"),
    "firm": ("✓", "Firm, held by fresh seeds"),
    "tentative": ("~", "Tentative, other seeds may say otherwise"),
}
SECTION = re.compile(r'--8<-- "(?P<file>\w+\.py):(?P<section>[\w-]+)"')


def expand(page: Page, project: Project, fold: Callable[[str, Page], str]) -> str:
    """The page's Markdown without front matter.

    Values and output are in place, claims marked, programs folded, faults noted.
    fold: makes Markdown of the whole program of a name.
    """
    claims = iter(page.claims)
    listing = project.page_with("<!-- every claim -->")

    def replace(part: Part) -> str:
        if part.kind in ("value", "maths"):
            return fill(part.text, project.results)
        if part.kind == "fence":
            return expand_block(part, project)
        if part.kind == "comment" and CLAIM.fullmatch(part.text):
            return link_claim(next(claims), page, listing)
        if part.kind == "comment" and (whole := PROGRAM.fullmatch(part.text)):
            name = whole["program"]
            return fold(name, page) if name in project.results else ""
        return part.text if part.kind != "front matter" else ""

    faults = project.notes(page.uri)
    noted = Page(page.uri, note(page, faults)) if faults else page
    return "".join(replace(part) for part in noted.parts)


def expand_block(block: Part, project: Project) -> str:
    """A block with the outputs that it includes; a part of a program gets its name."""

    def include(match: re.Match[str]) -> str:
        path = match["path"] or ""
        try:  # with more ticks than a line of any output has
            check_include(path, "`" * 80, project.results, project.sections)
        except Pending:
            return f"{match['lead']}… is being computed"
        except SiteError:
            return f"{match['lead']}…"
        printed = INCLUDABLE.fullmatch(path)
        if not printed or not printed["program"]:
            return f'{match["lead"]}--8<-- "{path}"'
        lines = read_output(printed, project.results).split("\n")
        return "\n".join(match["lead"] + line for line in lines)

    text, part = block.text, SECTION.fullmatch("\n".join(block.rows))
    if part and block.opening["info"] == "python":
        title = f' title="{part["file"]} · {part["section"]}"'
        text = text.replace("\n", f"{title}\n", 1)
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
        block = [f"    {line}" for line in ("``````text", *message, "``````")]
        lines[start - 1 : start - 1] = [title, "", *block, ""]
    return "\n".join(lines)


def link_claim(claim: Claim | None, page: Page, listing: str | None) -> str:
    """A small mark that leads from a sentence to its claim in the list: how strong it
    is, or ✗.

    listing: the page that lists all claims, if there is one.
    """
    if claim is None:
        return "…"
    sign, verdict = MARKS[claim.strength] if claim.holds else ("✗", "False")
    title = html.escape(f"{verdict}: {claim.measured}")
    if listing is None:
        return f'<span class="claim" id="at-{claim.id}" title="{title}">{sign}</span>'
    target = "" if page.uri == listing else page.up(listing)
    return f'[{sign}]({target}#{claim.id}){{ .claim #at-{claim.id} title="{title}" }}'


def claims_list(pages: Sequence[Page], page: Page) -> str:
    """Markdown tables of every claim of the pages, and how many are how strong, to
    stand on one of them.
    """
    strengths = Counter(
        claim.strength for one in pages for claim in one.claims if claim
    )
    counts = [f"{strengths[name]} are {name} ({MARKS[name][0]})" for name in MARKS]
    lines = [f"Of {strengths.total()} claims {', '.join(counts)}."]
    for one in pages:
        if claims := [claim for claim in one.claims if claim]:
            lines += ["", f"## [{one.title}]({page.up(one.uri)})", ""]
            lines += ["| Statement | Measured |", "| --- | --- |"]
            lines += [row(claim, page.up(one.uri)) for claim in claims]
    return "\n".join(lines)


def row(claim: Claim, link: str) -> str:
    """One claim as a table row; names of values may break at underscores."""
    sentence = claim.sentence.replace("|", "\\|")
    names = [
        text[2:-2].strip().replace("_", "_<wbr>")
        for text, *_ in claim.terms
        if text.startswith("{{")
    ]
    notes = "<br>".join(f"<small>{note}</small>" for note in [*names, claim.room])
    return (
        f'| <span id="{claim.id}"></span>{sentence} '
        f"[Where it stands]({link}#at-{claim.id}){{ .where }} "
        f"| `{claim.measured}`<br>{notes} |"
    )
