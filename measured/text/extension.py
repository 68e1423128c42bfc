"""Pages with measured values, claims, figures, programs, sources and maths, as HTML.

An extension of Python-Markdown that knows no generator: links and images lead where
the page's source says, for the generator to rewrite.
"""

import re
from collections.abc import Callable, Sequence
from fnmatch import fnmatch
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring, tostring

import yaml
from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.util import HTML_PLACEHOLDER_RE, AtomicString
from pymdownx.superfences import SuperFencesBlockPreprocessor

from measured.text.expand import claims_list, expand, footnotes
from measured.text.figures import build, make_figure, only
from measured.text.lanes import draw_lanes
from measured.text.maths import formula, hold
from measured.text.page import Page, abbreviations
from measured.text.project import Project
from measured.text.reading import minutes, route

NEEDED = [
    "abbr",  # the glossary's terms
    "admonition",  # notes of faults
    "attr_list",  # ids of claims and sources
    "footnotes",  # sources
    "md_in_html",  # paths through pages
    "pymdownx.arithmatex",  # finds the maths
    "pymdownx.details",  # whole programs, folded
    "pymdownx.snippets",  # programs and their sections
]
MARKER = re.compile(r"^<!-- (every claim|cite|path)(?:: (.*))? -->$", re.M)
LANES = re.compile(r"<!-- lanes: (\w+)\n(.*)\n-->", re.S)
# A row of the table of symbols, which is a line of Markdown.
SYMBOL = re.compile(r'<span id="([\w-]+)" data-tex="([^"]+)"></span>[^|]*\|([^|]*)\|')
UNLINKED = {"a", "summary", "figcaption", "pre", "code", "svg", "th"}
UNLINKED |= {"h1", "h2", "h3", "h4", "h5", "h6"}


class MeasuredExtension(Extension):
    """The pages of a project. Set `uri`, the page's path below docs/, and convert."""

    def __init__(
        self,
        project: Project,
        repo_url: str = "",
        site_url: str = "",
        untimed: Sequence[str] = (),
    ) -> None:
        """untimed: patterns of pages that do not tell the time to read them."""
        self.project, self.untimed = project, untimed
        self.repo_url, self.site_url = repo_url, site_url
        self.uri = ""
        self.folded: set[str] = set()  # programs that stand whole on the page

    @property
    def page(self) -> Page:
        """The page that is converted."""
        return self.project.page(self.uri)

    def extendMarkdown(self, md: Markdown) -> None:
        """Register what pages need, and the steps of their conversion."""
        snippets = {
            "base_path": [str(self.project.runner.root / "snippets")],
            "check_paths": True,
            "dedent_subsections": True,
        }
        maths = {"generic": True}
        settings = {"pymdownx.arithmatex": maths, "pymdownx.snippets": snippets}
        md.registerExtensions(NEEDED, settings)
        if not any(
            isinstance(e, SuperFencesBlockPreprocessor) for e in md.preprocessors
        ):
            md.registerExtensions(["pymdownx.superfences"], {})  # blocks in folds
        self.md = md
        md.preprocessors.register(Step(self.fill), "measured_fill", 40)  # snippets: 32
        md.inlinePatterns.register(
            Small(r"<small>(.*?)</small>"), "small", 91
        )  # HTML: 90
        # After abbr (7) and toc (5), before MkDocs rewrites addresses (0).
        md.treeprocessors.register(Step(self.finish), "measured_finish", 3)
        # After what reads headings, so that these are told as TeX.
        md.treeprocessors.register(Step(typeset_formulas), "measured_maths", -1)

    def fill(self, lines: list[str]) -> list[str]:
        """The page's source, filled; it takes the place of `lines`."""
        project, page = self.project, self.page
        self.folded = set()
        text = MARKER.sub(self.write, expand(page, project, self.fold))
        terms, glossary = {}, project.docs / project.settings.glossary
        if glossary.is_file() and page.uri != project.settings.glossary:
            terms = abbreviations(glossary.read_text("utf-8"))
        tips = (f"*[{term}]: {meaning}" for term, meaning in terms.items())
        return [
            *text.split("\n"),
            "",
            *footnotes(page, project.sources).split("\n"),
            "",
            *tips,
        ]

    def fold(self, name: str, page: Page) -> str:
        """The whole program, and remember that it is here."""
        self.folded.add(name)
        return program_block(name, page, self.repo_url)

    def whole(self, program: str) -> str:
        """Where the whole program is: folded on this page, or else as a file."""
        here = program in self.folded
        return (
            f"#program-{program}" if here else self.page.up(f"downloads/{program}.py")
        )

    def write(self, marker: re.Match) -> str:
        """How to cite the site, a way through pages, or all claims."""
        page, pages = self.page, self.project.pages
        if marker[1] == "cite":
            return citation(
                read_citation(self.project.runner.root), marker[2], self.site_url
            )
        if marker[1] == "path":
            way = map(self.project.page, marker[2].split())
            return route([(one, heading(one), page.up(one.uri)) for one in way])
        links = {one.uri: one.uri if one is page else page.up(one.uri) for one in pages}
        return claims_list(
            pages, {one.uri: (heading(one), links[one.uri]) for one in pages}
        )

    def finish(self, root: Element) -> None:
        """Make figures, labels of programs, the time to read, and links of symbols."""
        timed = not any(fnmatch(self.uri, pattern) for pattern in self.untimed)
        title = root.find(".//h1") if timed else None
        for parent in list(root.iter()):
            for place, child in reversed(list(enumerate(parent))):
                if child is title:
                    told = f"{minutes(self.page)} min read"
                    attributes = {"class": "reading", "data-search-exclude": ""}
                    parent.insert(place + 1, build("p", attributes, told))
                elif (block := self.block(child)) is not None:
                    block.tail, parent[place] = child.tail, block
                elif (image := only(child, "img")) is not None:
                    self.figure(parent, place, image)
        table, pages = self.project.settings.notation, self.project.pages
        others = (page.text for page in pages if page.uri == table != self.uri)
        link = symbol_linker(symbols(next(others, "")), self.page.up(table))
        lay_formulas(root, link)

    def block(self, paragraph: Element) -> Element | None:
        """A drawing or a part of a program, which so far are put aside as text."""
        stashed = HTML_PLACEHOLDER_RE.fullmatch((paragraph.text or "").strip())
        html = str(self.md.htmlStash.rawHtmlBlocks[int(stashed[1])]) if stashed else ""
        if lanes := LANES.match(html):
            result = self.project.results.get(lanes[1])
            return draw_lanes(result.drawn[0], lanes[2].split("\n")) if result else None
        return self.label(html) if '<span class="filename">' in html else None

    def label(self, html: str) -> Element | None:
        """A part of a program, the file's name above it linked to the whole."""
        block = fromstring(html)
        file, dot, section = (block[0].text or "").partition(" · ")
        program = file.removesuffix(".py")
        if program not in self.project.downloads:
            return None
        link = build("a", {"href": self.whole(program)}, file)
        label = build("span", {"class": "filename"}, link, f"{dot}{section}")
        code = "".join(tostring(part, "unicode", method="html") for part in block[1:])
        return build("div", block.attrib, label, self.md.htmlStash.store(code))

    def figure(self, parent: Element, place: int, image: Element) -> None:
        """Put a figure in place of a program's image and of the caption behind it."""
        source = image.get("src", "").removeprefix(self.page.up("figures/"))
        program = source.removesuffix(".svg")
        if not re.fullmatch(r"\w+\.svg", source) or program not in self.project.results:
            return
        after = [only(paragraph, "em") for paragraph in parent[place + 1 : place + 2]]
        caption = after[0] if after else None
        end = place + (1 if caption is None else 2)
        link = build(
            "a", {"class": "program", "href": self.whole(program)}, f"{program}.py"
        )
        result = self.project.results[program]
        made = make_figure(image, caption, link, result, self.page)
        made[-1].tail = parent[end - 1].tail
        parent[place:end] = made


class Step:
    """A function as a step of the conversion."""

    def __init__(self, run: Callable) -> None:
        self.run = run


class Small(InlineProcessor):
    """Small print: names of values, without tips on the words in them."""

    def handleMatch(self, m: re.Match, data: str) -> tuple[Element, int, int]:
        """The element; a long name may break where the text says so."""
        first, *rest = map(AtomicString, m[1].split("<wbr>"))
        small = Element("small")
        small.text = first
        for text in rest:
            small.append(Element("wbr"))
            small[-1].tail = text
        return small, m.start(), m.end()


def typeset_formulas(root: Element) -> None:
    """Typeset what arithmatex has found."""
    for parent in list(root.iter()):
        for place, child in enumerate(parent):
            if child.get("class") == "arithmatex":
                parent[place] = formula((child.text or "")[2:-2], child.tag == "div")
                parent[place].tail = child.tail


def lay_formulas(parent: Element, link: Callable[[Element], Element]) -> None:
    """Link symbols in lines of text, and hold each formula and the mark behind it."""
    for place, child in enumerate(parent):
        if child.tag == "span" and child.get("class") == "arithmatex":
            tex, behind = (child.text or "")[2:-2], child.tail or ""
            child.tail = None
            parent[place] = hold(link(child), tex, behind)
        else:
            lay_formulas(
                child, lambda it: it
            ) if child.tag in UNLINKED else lay_formulas(child, link)


def symbol_linker(meanings: dict[str, tuple[str, str]], target: str) -> Callable:
    """What links a formula to the first symbol in it that no formula before has had.

    meanings: TeX -> (id, name). target: address of the page on notation.
    """
    todo = dict(meanings)
    longest = sorted(map(re.escape, meanings), key=len, reverse=True)
    token = re.compile(rf"(?<![\\A-Za-z])(?:{'|'.join(longest)})(?![A-Za-z])")

    def link(found: Element) -> Element:
        new = next(
            (tex for tex in token.findall(found.text or "") if tex in todo), None
        )
        if new is None:
            return found
        id, name = todo.pop(new)
        attributes = {"class": "symbol", "href": f"{target}#{id}", "title": name}
        return build("a", attributes, found)

    return link


def symbols(notation: str) -> dict[str, tuple[str, str]]:
    """TeX -> (id, name) of every symbol that the page on notation explains."""
    meanings = {}
    for id, tex, text in SYMBOL.findall(notation):
        words = " ".join(re.sub(r"\\\(.*?\\\)", "", text).split()).strip(" ,;")
        meanings[tex] = id, re.split("[,;]", words)[0].strip()
    return meanings


def heading(page: Page) -> str:
    """The page's title, as Markdown."""
    return re.search(r"^# (.*)$", page.text, re.M)[1]


def read_citation(root: Path) -> dict | None:
    """What CITATION.cff says of the site; None where there is none."""
    path = root / "CITATION.cff"
    return yaml.safe_load(path.read_text("utf-8")) if path.exists() else None


def citation(about: dict, key: str, site_url: str) -> str:
    """The site's citation as Markdown: BibTeX and words."""
    names = " and ".join(author["name"] for author in about["authors"])
    year, title = about["date-released"].year, about["title"]
    fields = {"title": f"{{{title}}}", "author": f"{{{names}}}", "year": year}
    lines = [f"  {field} = {{{value}}}," for field, value in fields.items()]
    lines = [
        "```bibtex",
        f"@misc{{{key},",
        *lines,
        f"  url = {{{site_url}}},",
        "}",
        "```",
    ]
    return "\n".join(
        [*lines, "", f"In words: {names} ({year}). *{title}*. <{site_url}>"]
    )


def colab_folder(repo_url: str) -> str | None:
    """Colab's address of the downloads of a site that is published from GitHub."""
    match = re.match(r"https://github\.com/([^/]+/[^/]+?)(?:\.git)?/?$", repo_url or "")
    colab = "https://colab.research.google.com/github"
    return f"{colab}/{match[1]}/blob/gh-pages/downloads/" if match else None


def program_block(name: str, page: Page, repo_url: str) -> str:
    """The whole program, folded, with its downloads."""
    links = [
        f"[`{name}.py`]({page.up(f'downloads/{name}.py')}){{ download }}",
        f"[notebook]({page.up(f'downloads/{name}.ipynb')}){{ download }}",
    ]
    if colab := colab_folder(repo_url):
        links.append(f"[Open in Colab]({colab}{name}.ipynb)")
    lines = [
        f'??? example "The whole program: {name}.py"',
        "",
        f'    <span id="program-{name}"></span>Download: {" · ".join(links)}',
        "",
        "    ```python",
        f'    --8<-- "{name}.py"',
        "    ```",
    ]
    return "\n".join(lines)
