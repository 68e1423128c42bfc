"""A page's source, the programs that it uses, and what the glossary and sources say."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from measured.text.claims import REFERENCE, Claim
from measured.text.scanner import Kind, Part, scan

CLAIM = re.compile(
    r"<!--\s*claim\s*(?:\((?P<label>[^)]*)\))?\s*:(?P<terms>.*?)-->", re.S
)
PROGRAM = re.compile(r"<!--\s*program:\s*(?P<name>\S*?)\s*-->")
INCLUDE = re.compile(r'^(?P<lead>[ \t>]*)--8<--[ \t]*(?:"(?P<path>[^"\n]*)")?.*$', re.M)
INCLUDABLE = re.compile(
    r"(?P<file>[\w-]+\.py)(?::(?P<section>[\w-]+))?|(?P<program>[\w-]+)/output\.txt"
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
    def slug(self) -> str:
        """The page's address in names of claims."""
        return re.sub(r"\W+", "-", self.uri.removesuffix(".md"))

    def line(self, position: int) -> int:
        """The number of a position's line, from 1."""
        return self.text.count("\n", 0, position) + 1

    def up(self, target: str) -> str:
        """A link from this page to a path of the site's root."""
        return "../" * self.uri.count("/") + target

    def only(self, *kinds: Kind) -> str:
        """The text with spaces in place of other parts, so that positions hold."""
        return "".join(
            part.text if part.kind in kinds else blank(part.text) for part in self.parts
        )

    @property
    def running(self) -> str:
        """The text without code and comments."""
        return self.only("prose", "value", "maths")

    def part_at(self, position: int) -> Part:
        """The part that a position is in."""
        return next(part for part in self.parts if position < part.end)

    @property
    def cited(self) -> list[str]:
        """Keys of the sources that the page cites."""
        return list(dict.fromkeys(CITATION.findall(self.running)))

    def used(self) -> dict[str, int]:
        """Programs that the page uses in any way, each with the line where it first does."""
        values = REFERENCE.finditer(self.only("value", "maths", "comment"))
        found = [(m.start(), m["program"]) for m in values]
        for m in FIGURE.finditer(self.running):
            found.append((m.start(), Path(m["file"]).stem))
        for m in PROGRAM.finditer(self.only("comment")):
            found.append((m.start(), m["name"]))
        for m in INCLUDE.finditer(self.only("fence")):
            if included := INCLUDABLE.fullmatch(m["path"] or ""):
                program = included["program"] or Path(included["file"]).stem
                found.append((m.start(), program))
        return {name: self.line(at) for at, name in sorted(found, reverse=True)}


def blank(text: str) -> str:
    """Spaces in place of the text, line ends kept."""
    return re.sub(r"[^\n]", " ", text)


def read_pages(docs: Path) -> list[Page]:
    """Every Markdown page below `docs`."""
    paths = sorted(docs.rglob("*.md"))
    return [Page(p.relative_to(docs).as_posix(), p.read_text("utf-8")) for p in paths]


def abbreviations(glossary: str) -> dict[str, str]:
    """form -> meaning of the glossary's terms. A line may hold variants, parted by commas."""
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


def read_sources(bibliography: str) -> dict[str, str]:
    """name -> text of every source in the bibliography."""
    return {key: text for text, key in SOURCE.findall(bibliography)}
