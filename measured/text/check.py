"""Whether what a page says holds: every fault with its line, cause and remedy."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import chain
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
from measured.text.scanner import NOTEBOOK_MATHS, VALUE, scan

# Besides code, maths, values and comments, what may hold a digit that no run filled.
MAY_HOLD_DIGITS = re.compile(
    r"""^[ \t]*\d+\.[ ] | ^[ \t]*\[\^.*?\]:.* | \[\^[^\]]+\] | \]\([^)]*\)
    | \{:?[ ][^}]*\} | <[^>]*> | \b([Ff]loat(16|32|64)|[Bb]float16)\b
    | \bPython\s3(\.\d+)? | \b[123]D\b""",
    re.M | re.X,
)
PART = re.compile(r"^\[([\w-]+)\]$", re.M)  # of printed output
FORMULA = re.compile(r"(?<!\\)(?:\\\\)*(\\[(\[]|\$\$|\\begin\{)")
TICKS = "`" * 80  # more than a line of any output has
STRAY_DIGITS = "digit in prose: '{}': fill it with a value, or put it in code"
NO_FORMULA = (
    "'{}' begins no formula: leave blank lines around one that is displayed, "
    "or put it in code"
)


def no_twins(name: str) -> Mapping[str, str]:
    """None, as where programs are written once."""
    return {}


def check(
    page: Page,
    results: Results,
    sections: Mapping[str, Collection[str]],
    sources: Mapping[str, str],
    bibliography: str = "",
    twins: Callable[[str], Mapping[str, str]] = no_twins,
) -> list[Fault]:
    """Fill page.claims and return every fault.

    sections: file of a program -> names of its sections. sources: name -> text. twins:
    tells of a program those that are shown with it, as Project.twins.
    """
    page.claims.clear()
    faults = []
    lines = check_lines(page, results, sections, sources, bibliography)
    shown = check_twins(page, results, sections, twins)
    for position, step, *what in chain(check_parts(page, results), lines, shown):
        try:
            step(*what)
        except Pending:
            pass
        except SiteError as error:
            faults.append(Fault(f"docs/{page.uri}", page.line(position), str(error)))
    return faults


def check_parts(page: Page, results: Results) -> Iterator[tuple]:
    """A position, and what raises SiteError for a fault there: function, arguments.

    Of values, formulas, claims and whole programs.
    """
    for part in page.parts:
        if part.kind in ("value", "maths"):
            for value in VALUE.findall(part.text):
                yield part.start, format_value, value, results
        if part.kind == "maths":
            yield part.start, typeset, fill(part.tex, results), part.display
        if part.kind == "front matter" and VALUE.search(part.text):
            yield part.start, raise_fault, "no value is filled in front matter"
        if part.kind == "comment":
            if whole := PROGRAM.fullmatch(part.text):
                yield part.start, find_result, whole["program"], results
            if claim := CLAIM.fullmatch(part.text):
                for piece in scan(claim["label"] or ""):
                    if piece.kind == "maths":
                        tex = fill(piece.tex, results)
                        yield part.start, typeset, tex, piece.display
                yield part.start, add_claim, page, part.start, claim, results


def check_lines(
    page: Page,
    results: Results,
    sections: Mapping[str, Collection[str]],
    sources: Mapping[str, str],
    bibliography: str,
) -> Iterator[tuple]:
    """The same of includes, figures, sources, digits, and what only begins like TeX."""
    for line in INCLUDE.finditer(page.text):
        part = [part for part in page.parts if part.start <= line.start()][-1]
        ticks = part.opening["ticks"] if part.kind == "fence" else ""
        yield line.start(), check_include, line["path"] or "", ticks, results, sections
    for match in FIGURE.finditer(page.running):
        yield match.start(), check_figure, match, page, results
    defined = sources.keys() | set(re.findall(r"^\[\^(\w+)\]:", page.text, re.M))
    for match in CITATION.finditer(page.running):
        if (key := match[1]) not in defined:
            message = f"unknown source '[^{key}]': add it to docs/{bibliography}"
            yield match.start(), raise_fault, message
    prose = page.only("prose")
    for match in FORMULA.finditer(prose):
        yield match.start(1), raise_fault, NO_FORMULA.format(match[1])
    if page.uri != bibliography:  # one long citation
        for position, digits in stray_digits(prose):
            yield position, raise_fault, STRAY_DIGITS.format(digits)


def check_twins(
    page: Page,
    results: Results,
    sections: Mapping[str, Collection[str]],
    twins: Callable[[str], Mapping[str, str]],
) -> Iterator[tuple]:
    """The same of what stands in tabs beside parts of programs: twins have them too."""
    for line in INCLUDE.finditer(page.text):
        if match := INCLUDABLE.fullmatch(line["path"] or ""):
            name = match["program"] or Path(match["file"]).stem
            for twin in [*twins(name).values()][1:]:
                path = line["path"].replace(name, twin, 1)
                yield line.start(), check_include, path, TICKS, results, sections


def raise_fault(message: str) -> None:
    raise SiteError(message)


def add_claim(
    page: Page, position: int, match: re.Match[str], results: Results
) -> None:
    """Add what the claim found to the page: None if it has no numbers."""
    page.claims.append(None)
    slug = re.sub(r"\W+", "-", page.uri.removesuffix(".md"))
    claim = Claim(
        page.uri,
        page.line(position),
        f"{slug}-{len(page.claims)}",
        fill(match["label"] or sentence_before(page.text, position), results),
        *compare(match["terms"], results),
    )
    page.claims[-1] = claim
    if not claim.holds:
        raise SiteError(
            f"false claim: {match['terms'].strip()}\n  measured: {claim.measured}"
        )


def check_include(
    path: str, ticks: str, results: Results, sections: Mapping[str, Collection[str]]
) -> None:
    """Raise SiteError for what cannot stand in a block of `ticks` ("": in none)."""
    match = INCLUDABLE.fullmatch(path)
    if not match or not ticks:
        raise SiteError(
            f"""cannot include '{path}': include "name.py", "name.py:section", """
            '"name/output.txt" or "name/output.txt:part" on one line of a fenced block'
        )
    if program := match["program"]:
        if re.search(rf"^\s*{ticks}", read_output(match, results), re.M):
            raise SiteError(
                f"the output of {program} has a line of {ticks}: "
                "fence it with more of them"
            )
    elif match["file"] not in sections:
        raise SiteError(f"cannot include '{path}': there is no {place(match['file'])}")
    elif match["section"] and match["section"] not in sections[match["file"]]:
        has = ", ".join(sorted(sections[match["file"]])) or "none"
        raise SiteError(
            f"unknown section '{match['section']}' of {place(match['file'])}: "
            f"it has {has}"
        )


def read_output(match: re.Match[str], results: Results) -> str:
    """What a program printed; of a part, the lines behind its name in brackets, up to
    the next. Raises SiteError.

    match: of INCLUDABLE.
    """
    output = find_result(match["program"], results).output
    if not match["part"]:
        return output
    _, *found = PART.split(output)
    parts = dict(zip(found[::2], found[1::2]))
    if match["part"] not in parts:
        has = ", ".join(parts) or "none: print a line '[name]' before each"
        message = f"unknown part '{match['part']}' of the output of {match['program']}"
        raise SiteError(f"{message}: it has {has}")
    return parts[match["part"]].strip("\n")


def place(file: str) -> str:
    """A file that is included, relative to the project: of a package, or a program."""
    return file if "/" in file else f"snippets/{file}"


def check_figure(match: re.Match[str], page: Page, results: Results) -> None:
    """Raise SiteError for a figure that no program drew or that says nothing."""
    file, alt, program = match["file"], match["alt"], Path(match["file"]).stem
    figures = find_result(program, results).figures if program in results else []
    if file not in figures:
        drew = ", ".join(figures) or (
            "no figure" if program in results else "no such program"
        )
        raise SiteError(f"no program drew '{file}' (snippets/{program}.py: {drew})")
    if match["path"] != page.up(""):
        raise SiteError(f"the figure's link must be {page.up('figures/' + file)}")
    if not alt.strip():
        raise SiteError(
            f"the figure {file} has no alt text: say what it shows, with values"
        )
    if "{{" not in alt:
        raise SiteError(
            f"the alt text of {file} has no measured value: "
            f"say one, as {{{{ {program}.name }}}}"
        )


def sentence_before(text: str, position: int) -> str:
    """The last sentence of the block that ends there, free of comments and links."""
    block = re.split(r"\n[ \t]*\n|\|", text[:position].rstrip(" \n|"))[-1]
    marks = r"^\s*(?:[-*]|\d+\.|#+|!!!.*|\?\?\?.*)\s"
    block = re.sub(rf"<!--.*?-->|\[\^[^\]]+\]|{marks}", " ", block, flags=re.S)
    block = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", block)
    ends = r"(?<=[.!?])[)*\"”]*\s+(?=[A-Z\\{`*\"“(])"
    return re.split(ends, " ".join(block.split()))[-1].replace("**", "").strip("* ")


def stray_digits(prose: str) -> list[tuple[int, str]]:
    """(position, text) of digits in prose that no run has filled."""
    prose = MAY_HOLD_DIGITS.sub(lambda match: blank(match[0]), prose)
    return [(match.start(), match[0]) for match in re.finditer(r"\S*\d\S*", prose)]


def check_cell(text: str) -> list[str]:
    """Faults of a notebook's text cell: bad TeX, stray digits."""
    faults, running = [], Page("", text).running
    for match in NOTEBOOK_MATHS.finditer(running):
        try:
            typeset(match["display"] or match["inline"], bool(match["display"]))
        except SiteError as error:
            faults.append(str(error))
    prose = NOTEBOOK_MATHS.sub(lambda match: blank(match[0]), running)
    return faults + [STRAY_DIGITS.format(digits) for _, digits in stray_digits(prose)]
