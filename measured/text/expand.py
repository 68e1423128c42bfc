"""A page's source as Markdown that knows nothing of programs and claims."""

import html
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from measured import Fault, SiteError
from measured.text.check import TICKS, check_include, read_output
from measured.text.claims import REFERENCE, Claim, Pending, fill
from measured.text.page import CLAIM, INCLUDABLE, INCLUDE, PROGRAM, Page
from measured.text.project import Project
from measured.text.scanner import Part

MARKS = {  # strength -> its mark, and what it says to readers
    "exact": ("=", "Exact, the same on all seeds"),
    "firm": ("✓", "Firm, held by fresh seeds"),
    "tentative": ("~", "Tentative, other seeds may say otherwise"),
}
# The only line of a block.
SECTION = re.compile(
    r"""^[ \t>]*`{3,}python\n[ \t>]*--8<--[ ]"(?P<file>\w+\.py):(?P<section>[\w-]+)"
    \n[ \t>]*`+$""",
    re.X,
)


def expand(page: Page, project: Project, fold: Callable[[str, Page], str]) -> str:
    """The page's Markdown without front matter.

    Values and output are in place, claims marked, programs folded, faults noted.
    fold: makes Markdown of the whole program of a name.
    """
    claims = iter(page.claims)
    listing = project.page_with("<!-- every claim -->")

    def replace(part: Part) -> str:
        named = [match["program"] for match in REFERENCE.finditer(part.text)]
        is_absent = any(project.absence(name) for name in named)
        if part.kind in ("value", "maths"):
            return "–" if is_absent else fill(part.text, project.results)
        if part.kind == "comment" and CLAIM.fullmatch(part.text):
            claim = next(claims)
            unseen = "<span></span>"  # a blank line would end the paragraph
            return unseen if is_absent else link_claim(claim, page, listing)
        if part.kind == "comment" and (whole := PROGRAM.fullmatch(part.text)):
            name = whole["program"]
            return fold(name, page) if name in project.results else ""
        return part.text if part.kind != "front matter" else ""

    faults = project.notes(page.uri)
    noted = Page(page.uri, note(page, faults)) if faults else page
    groups = group_blocks(noted.parts, project)
    return "".join(
        expand_blocks(group, project) if group[0].kind == "fence" else replace(group[0])
        for group in groups
    )


def group_blocks(parts: Iterable[Part], project: Project) -> list[list[Part]]:
    """The parts, each alone but for blocks of one program with twins that only blanks
    part.
    """
    groups: list[list[Part]] = []
    for part in parts:
        name = shown_program(part)
        is_next = len(groups) > 1 and name and shown_program(groups[-2][0]) == name
        if is_next and project.twins(name) and not groups[-1][0].text.strip():
            groups.pop()
            groups[-1].append(part)
        else:
            groups.append([part])
    return groups


def shown_program(part: Part) -> str:
    """The program of a block that shows a part of one, or what it printed; else ""."""
    found = INCLUDE.findall("\n".join(part.rows)) if part.kind == "fence" else []
    match = INCLUDABLE.fullmatch(found[0][1]) if len(found) == 1 else None
    return (match["program"] or Path(match["file"]).stem) if match else ""


def expand_blocks(blocks: Sequence[Part], project: Project) -> str:
    """Blocks of one program; a tab for each of its twins if it has any."""
    name = shown_program(blocks[0])
    texts = {
        label: "\n\n".join(
            expand_block(block.text.replace(f'"{name}', f'"{twin}', 1), project)
            for block in blocks
        )
        for label, twin in project.twins(name).items()
    }
    if not texts:
        return expand_block(blocks[0].text, project)
    return open_tabs(texts, blocks[0].opening["lead"])


def open_tabs(texts: Mapping[str, str], lead: str = "") -> str:
    """A set of tabs. texts: label -> Markdown, each line of it behind the lead."""
    tabs = [
        f'{lead}=== "{label}"\n\n{indent(text, lead)}' for label, text in texts.items()
    ]
    return "\n\n".join(tabs).replace("===", "===!", 1)  # no part of a set above


def indent(text: str, lead: str = "") -> str:
    """Markdown as what stands in a box, its lines behind a lead that they have."""
    lines = text.split("\n")
    return "\n".join(f"{lead}    {line[len(lead) :]}".rstrip() for line in lines)


def expand_block(text: str, project: Project) -> str:
    """A block with the outputs that it includes; a part of a program gets its name."""

    def include(match: re.Match[str]) -> str:
        path = match["path"] or ""
        part = INCLUDABLE.fullmatch(path)
        program = (part["program"] or "") if part else ""
        try:
            check_include(path, TICKS, project.results, project.sections)
        except Pending:
            why = project.absence(program) or "… is being computed"
            return f"{match['lead']}{why}"
        except SiteError:
            return f"{match['lead']}…"
        if not part or not program:
            return f'{match["lead"]}--8<-- "{path}"'
        lines = read_output(part, project.results).split("\n")
        return "\n".join(match["lead"] + line for line in lines)

    if part := SECTION.match(text):
        title = f' title="{part["file"]} · {part["section"]}"'
        text = text.replace("python\n", f"python{title}\n", 1)
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
