"""Whether what a page says holds: every fault with its line, cause and remedy."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from pathlib import Path

from measured import Fault, SiteError
from measured.text.claims import (
    Claim,
    Pending,
    Results,
    compare,
    fill,
    find_result,
    format_value,
)
from measured.text.maths import typeset
from measured.text.page import (
    CITATION,
    CLAIM,
    FIGURE,
    INCLUDABLE,
    INCLUDE,
    PROGRAM,
    Page,
    blank,
)
from measured.text.scanner import NOTEBOOK_MATHS, VALUE, Part, scan

# Besides code, maths, values and comments, what may hold a digit that no run has filled.
MAY_HOLD_DIGITS = re.compile(
    r"""^[ \t]*\d+\.[ ] | ^[ \t]*\[\^.*?\]:.* | \[\^[^\]]+\] | \]\([^)]*\)
    | \{:?[ ][^}]*\} | <[^>]*> | \b[Ff]loat(16|32|64)\b | \bPython\s3(\.\d+)?
    | \b[123]D\b""",
    re.M | re.X,
)
FORMULA = re.compile(r"(?<!\\)(?:\\\\)*(\\[(\[]|\$\$|\\begin\{)")
Step = tuple[
    int, Callable[[], None]
]  # position; what raises SiteError for a fault there
Sections = Mapping[str, Collection[str]]  # file of a program -> names of its sections


def check(
    page: Page,
    results: Results,
    sections: Sections,
    sources: Mapping[str, str],
    bibliography: str = "",
) -> list[Fault]:
    """Fill page.claims and return every fault. sources: name -> text."""
    page.claims.clear()
    steps = [
        *check_parts(page, results),
        *check_includes(page, results, sections),
        *check_running(page, results, sources, bibliography),
    ]
    faults = []
    for position, step in steps:
        try:
            step()
        except Pending:
            pass
        except SiteError as error:
            line = page.line(position)
            faults.append(Fault(f"docs/{page.uri}", line, str(error)))
    return faults


def check_parts(page: Page, results: Results) -> Iterator[Step]:
    """Values, formulas, claims and whole programs."""
    for part in page.parts:
        if part.kind in ("value", "maths"):
            for value in VALUE.finditer(part.text):
                yield part.start, partial(format_value, value[0], results)
        if part.kind == "maths":
            yield part.start, partial(check_maths, [part], results)
        if part.kind == "front matter" and VALUE.search(part.text):
            yield part.start, partial(refuse, "no value is filled in front matter")
        if part.kind == "comment":
            if whole := PROGRAM.fullmatch(part.text):
                yield part.start, partial(find_result, whole["name"], results)
            if claim := CLAIM.fullmatch(part.text):
                label = scan(claim["label"] or "")
                yield part.start, partial(check_maths, label, results)
                yield part.start, partial(add_claim, page, part.start, claim, results)


def check_includes(page: Page, results: Results, sections: Sections) -> Iterator[Step]:
    """Lines that include a program or its output."""
    for match in INCLUDE.finditer(page.text):
        fence = page.part_at(match.start())
        ticks = fence.opening["ticks"] if fence.kind == "fence" else ""
        include = match["path"] or ""
        yield match.start(), partial(check_include, include, ticks, results, sections)


def check_running(
    page: Page, results: Results, sources: Mapping[str, str], bibliography: str
) -> Iterator[Step]:
    """Figures, sources and digits, and what is no formula though it begins like one."""
    running, prose = page.running, page.only("prose")
    for match in FIGURE.finditer(running):
        yield match.start(), partial(check_figure, match, page, results)
    defined = sources.keys() | set(re.findall(r"^\[\^(\w+)\]:", page.text, re.M))
    for match in CITATION.finditer(running):
        yield match.start(), partial(check_source, match[1], defined, bibliography)
    for match in FORMULA.finditer(prose):
        remedy = "leave blank lines around one that is displayed, or put it in code"
        message = f"'{match[1]}' begins no formula: {remedy}"
        yield match.start(1), partial(refuse, message)
    if page.uri != bibliography:  # one long citation
        for position, digits in stray_digits(prose):
            yield position, partial(refuse, describe_stray(digits))


def refuse(message: str) -> None:
    """Raise SiteError."""
    raise SiteError(message)


def add_claim(
    page: Page, position: int, match: re.Match[str], results: Results
) -> None:
    """Add what the claim found to the page: None if it has no numbers."""
    page.claims.append(None)
    terms, signs = compare(match["terms"], results)
    sentence = match["label"] or sentence_before(page.text, position)
    page.claims[-1] = found = Claim(
        page.uri,
        page.line(position),
        f"{page.slug}-{len(page.claims)}",
        fill(sentence, results),
        terms,
        signs,
    )
    if not found.holds:
        claim = match["terms"].strip()
        raise SiteError(f"false claim: {claim}\n  measured: {found.measured}")


def check_source(key: str, sources: Collection[str], bibliography: str) -> None:
    """Raise SiteError for a source that is not in the list."""
    if key not in sources:
        raise SiteError(f"unknown source '[^{key}]': add it to docs/{bibliography}")


def check_maths(parts: list[Part], results: Results) -> None:
    """Typeset every formula of the parts. Raises SiteError for the first bad one."""
    for part in parts:
        if part.kind == "maths":
            typeset(fill(part.tex, results), display=part.display)


def check_include(path: str, ticks: str, results: Results, sections: Sections) -> None:
    """Raise SiteError for what cannot stand in a block that `ticks` open ("": in none)."""
    match = INCLUDABLE.fullmatch(path)
    if not match or not ticks:
        allowed = '"name.py", "name.py:section" or "name/output.txt"'
        where = "on one line of a fenced block"
        raise SiteError(f"cannot include '{path}': include {allowed} {where}")
    if program := match["program"]:
        if re.search(rf"^\s*{ticks}", find_result(program, results).output, re.M):
            reason = f"has a line of {ticks}: fence it with more of them"
            raise SiteError(f"the output of {program} {reason}")
    elif match["file"] not in sections:
        raise SiteError(
            f"cannot include '{path}': there is no snippets/{match['file']}"
        )
    elif match["section"] and match["section"] not in sections[match["file"]]:
        has = ", ".join(sorted(sections[match["file"]])) or "none"
        section = f"unknown section '{match['section']}' of snippets/{match['file']}"
        raise SiteError(f"{section}: it has {has}")


def check_figure(match: re.Match[str], page: Page, results: Results) -> None:
    """Raise SiteError for a figure that no program drew or that says nothing."""
    file, alt = match["file"], match["alt"]
    program = Path(file).stem
    figures = find_result(program, results).figures if program in results else []
    if file not in figures:
        drew = ", ".join(figures) or "no figure"
        drew = drew if program in results else "no such program"
        raise SiteError(f"no program drew '{file}' (snippets/{program}.py: {drew})")
    if match["path"] != page.up(""):
        raise SiteError(f"the figure's link must be {page.up('figures/' + file)}")
    if not alt.strip():
        raise SiteError(
            f"the figure {file} has no alt text: say what it shows, with values"
        )
    if "{{" not in alt:
        value = f"say one, as {{{{ {program}.name }}}}"
        raise SiteError(f"the alt text of {file} has no measured value: {value}")


def sentence_before(text: str, position: int) -> str:
    """The last sentence of the block that ends at `position`, free of comments and links."""
    block = re.split(r"\n[ \t]*\n|\|", text[:position].rstrip(" \n|"))[-1]
    marks = r"^\s*(?:[-*]|\d+\.|#+|!!!.*|\?\?\?.*)\s"
    block = re.sub(rf"<!--.*?-->|\[\^[^\]]+\]|{marks}", " ", block, flags=re.S)
    block = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", block)
    block = " ".join(block.split())
    sentences = re.split(r"(?<=[.!?])[)*\"”]*\s+(?=[A-Z\\{`*\"“(])", block)
    return sentences[-1].replace("**", "").strip("* ")


def stray_digits(prose: str) -> list[tuple[int, str]]:
    """(position, text) of digits in prose that no run has filled."""
    prose = MAY_HOLD_DIGITS.sub(lambda match: blank(match[0]), prose)
    return [(match.start(), match[0]) for match in re.finditer(r"\S*\d\S*", prose)]


def describe_stray(digits: str) -> str:
    """What to do about them."""
    return f"digit in prose: '{digits}': fill it with a value, or put it in code"


def check_cell(text: str) -> list[str]:
    """Faults of a notebook's text cell: bad TeX, stray digits."""
    faults, running = [], Page("", text).running
    for match in NOTEBOOK_MATHS.finditer(running):
        try:
            typeset(match["display"] or match["inline"], display=bool(match["display"]))
        except SiteError as error:
            faults.append(str(error))
    prose = NOTEBOOK_MATHS.sub(lambda match: blank(match[0]), running)
    return faults + [describe_stray(digits) for _, digits in stray_digits(prose)]
