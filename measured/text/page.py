"""A page's source, the programs that it uses, and what the glossary and sources say."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path

from measured.text.claims import REFERENCE, Claim
from measured.text.scanner import Part, scan

CLAIM = re.compile(
    r"<!--\s*claim\s*(?:\((?P<label>[^)]*)\))?\s*:(?P<terms>.*?)-->", re.S
)
PROGRAM = re.compile(r"<!--\s*program:\s*(?P<program>\S*?)\s*-->")
INCLUDE = re.compile(r'^(?P<lead>[ \t>]*)--8<--[ \t]*(?:"(?P<path>[^"\n]*)")?.*$', re.M)
INCLUDABLE = re.compile(
    r"(?P<file>(?:\w+/)?[\w-]+\.py)(?::(?P<section>[\w-]+))?"
    r"|(?P<program>[\w-]+)/output\.txt(?::(?P<part>[\w-]+))?"
)
FIGURE = re.compile(
    r"!\[(?P<alt>[^\]]*)\]\((?P<path>[^)\s]*?)figures/(?P<file>[^)\s]+)\)"
)
CITATION = re.compile(r"\[\^(\w+)\](?!:)")
TERM = re.compile(r"^(\S[^\n]*)\n:[ ]+((?:[^\n]+\n?(?:[ ]{4})?)+)", re.M)
SOURCE = re.compile(r"^- (.*?)\s*\{:? ?#(\w+) ?\}[ ]*$", re.M)


@dataclass
class Page:
    """One Markdown page: `uri` below docs/, `text` as written, front matter included.

    claims: of each claim what was found; None while it has no numbers.
    """

    uri: str
    text: str
    claims: list[Claim | None] = field(default_factory=list)

    @cached_property
    def parts(self) -> list[Part]:
        """What the page is made of."""
        return scan(self.text)

    @property
    def title(self) -> str:
        """Its heading, as Markdown; its address if it has none."""
        found = re.search("^# (.*)$", self.text, re.M)
        return found[1] if found else self.uri

    def line(self, position: int) -> int:
        """The number of a position's line, from 1."""
        return self.text.count("\n", 0, position) + 1

    def up(self, target: str) -> str:
        """A link from this page to a path of the site's root."""
        return "../" * self.uri.count("/") + target

    def only(self, *kinds: str) -> str:
        """The text with spaces in place of other parts, so that positions hold."""
        return "".join(
            part.text if part.kind in kinds else blank(part.text) for part in self.parts
        )

    @property
    def running(self) -> str:
        """The text without code and comments."""
        return self.only("prose", "value", "maths")

    def used(self) -> dict[str, int]:
        """Programs that the page uses, each with the line where it first does."""
        values = REFERENCE.finditer(self.only("value", "maths", "comment"))
        whole = PROGRAM.finditer(self.only("comment"))
        found = [(m.start(), m["program"]) for m in chain(values, whole)]
        figures = FIGURE.finditer(self.running)
        found += [(m.start(), Path(m["file"]).stem) for m in figures]
        for m in INCLUDE.finditer(self.only("fence")):
            if part := INCLUDABLE.fullmatch(m["path"] or ""):
                found.append((m.start(), part["program"] or Path(part["file"]).stem))
        return {name: self.line(at) for at, name in sorted(found, reverse=True)}


def blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def read_pages(docs: Path) -> list[Page]:
    """Every Markdown page below `docs`."""
    return [
        Page(path.relative_to(docs).as_posix(), path.read_text("utf-8"))
        for path in sorted(docs.rglob("*.md"))
    ]


def read_text(docs: Path, uri: str) -> str:
    """A page with a task of its own; "" where there is none."""
    path = docs / uri
    return path.read_text("utf-8") if path.is_file() else ""


def abbreviations(glossary: str) -> dict[str, str]:
    """form -> meaning of the glossary's terms. A line may hold several forms."""
    meanings = {
        variant.strip(): " ".join(text.split())
        for terms, text in TERM.findall(glossary)
        for variant in terms.split(",")
    }
    return {
        first + term[1:]: text
        for term, text in meanings.items()
        for first in (term[0], term[0].lower(), term[0].upper())
    }
