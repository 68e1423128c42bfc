"""How a page reads: its sentences measured, its time, paths through pages, and symbols linked to their meaning."""

import re
from dataclasses import dataclass
from statistics import median

from measured import Fault
from measured.text.markup import MARKUP, MATHS, abbreviations

WORDS_PER_MINUTE = 200
LONGEST, TYPICAL = 30, 14  # words in a sentence
BANNED = re.compile(r"\bsimply\b", re.I)
ABBREVIATION = re.compile(r"(?<![\w/.])[A-Z]{2,}(?![\w/])")
NO_PROSE = re.compile(
    r"""^[ \t]*\|.*$ | ^\#+\ .*$ | ^\s*\[\^\w+\]:.*$ | <svg\b[\s\S]*?</svg> | <[^>]*>
    | !\[[^\]]*\]\([^)]*\) | \{:?[ ][^}]*\} | \[\^\w+\]""",
    re.M | re.X,
)
MARK = "\N{SECTION SIGN}"  # before what starts a block
STARTS = re.compile(r"^[ \t>]*(?:[-*+]|\d+\.|:|(?:!!!|\?\?\?\+?)\s+\w+)[ \t]+", re.M)
SENTENCE = re.compile(r"(?<=[.!?])[)*\"”’]*\s+(?=[A-Z0-9\\`*\"“(\[])")


@dataclass(frozen=True)
class Sentence:
    page: str
    line: int
    text: str

    @property
    def words(self):
        return len(re.findall(r"\S*\w\S*", self.text))


def prose(text):
    """A page's text without what is no prose, line by line where it was; a value or a formula is a word."""
    text = re.sub(r"\A---\n.*?\n---\n", blank, text, flags=re.S)
    text = MARKUP.sub(lambda m: "0" if m["value"] else "code" if m["code"] else blank(m), text)
    text = MATHS.sub(lambda m: "formula" + blank(m) if m["inline"] else blank(m), text)
    text = NO_PROSE.sub(blank, text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return text.replace("*", "")


def blank(match):
    return "\n" * match[0].count("\n")


def sentences(page):
    """Every sentence of a page, in lists, boxes and captions too; no headings, tables, code or alt texts."""
    text, found, at = STARTS.sub(MARK, prose(page.text)), [], 0
    ends = [m.end() for m in re.finditer(rf"(?={MARK})|\n[ \t]*\n|{SENTENCE.pattern}", text)]
    for end in [*ends, len(text)]:
        part = text[at:end]
        if re.search(r"\w", part):
            line = text.count("\n", 0, at + len(part) - len(part.lstrip())) + 1
            found.append(Sentence(page.uri, line, " ".join(part.replace(MARK, "").split())))
        at = end
    return found


def prose_faults(docs, pages, settings):
    """Every Fault in how the pages read; the list of sources has no sentences of its own."""
    glossary = docs / settings.glossary
    terms = abbreviations(glossary.read_text("utf-8")) if glossary.is_file() else {}
    known = {name for term in terms for name in ABBREVIATION.findall(term)}
    pages = [page for page in pages if page.uri != settings.sources]
    return [Fault(f"docs/{page.uri}", line, message) for page in pages for line, message in hard(page, known)]


def hard(page, known):
    """(line, message) of what makes a page hard to read. known: abbreviations that the glossary explains."""
    found = sentences(page)
    for one in found:
        if one.words > LONGEST:
            yield one.line, f"a sentence of {one.words} words, at most {LONGEST} are read well: split it\n  {one.text}"
        if BANNED.search(one.text):
            yield one.line, f'"simply" is never simple for who does not know: leave it out\n  {one.text}'
        for name in ABBREVIATION.findall(one.text):
            if name not in known and f"({name})" not in page.text:
                yield one.line, f"{name} is explained nowhere: add it to docs/reference/glossary.md\n  {one.text}"
    if found and (middle := median(one.words for one in found)) > TYPICAL:
        yield 1, f"half of its sentences have more than {middle:g} words, at most {TYPICAL} are read well: split some"


def minutes(page):
    """Minutes to read the page with its code, without the programs folded at its end."""
    return max(1, round(len(re.findall(r"\S*\w\S*", re.sub(r"<!--.*?-->", "", page.text))) / WORDS_PER_MINUTE))


def route(steps):
    """Markdown of a way through the pages. steps: (page, title, link) of each."""
    items = [f"1. [{title}]({link}) <small>{minutes(page)} min</small>" for page, title, link in steps]
    total = f"<small>Together about {sum(minutes(page) for page, *_ in steps)} minutes.</small>"
    return "\n".join(['<div class="path" markdown>', "", *items, "", total, "", "</div>"])
