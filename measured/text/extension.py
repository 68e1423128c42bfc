"""Measured pages for Python-Markdown: values, claims, figures, programs, sources, maths.

Knows no generator: links and images are written as in the page's source.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import yaml
from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AMP_SUBSTITUTE, HTML_PLACEHOLDER_RE, AtomicString
from pymdownx.superfences import SuperFencesBlockPreprocessor

from measured.text.figures import PLACEHOLDER, build, caption_in, fold_data, program_of, show
from measured.text.lanes import draw_lanes
from measured.text.markup import Page, abbreviations, claims_list, expand, footnotes
from measured.text.maths import MARKS, formula, hold
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
FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.S)
MARKER = re.compile(r"^<!-- (every claim|cite|path)(?:: ([^>]*?))? -->$", re.M)
LANES = re.compile(r"<!-- lanes: (\w+)\n(.*)\n-->", re.S)
UNLINKED = {"a", "summary", "figcaption", "pre", "code", "svg", "th"}
UNLINKED |= {f"h{level}" for level in range(1, 7)}


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
        super().__init__()
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
        settings = {"pymdownx.arithmatex": {"generic": True}, "pymdownx.snippets": snippets}
        md.registerExtensions(NEEDED, settings)
        fences = md.preprocessors["fenced_code_block"] if "fenced_code_block" in md.preprocessors else None
        if not isinstance(fences, SuperFencesBlockPreprocessor):  # may have fences of its own
            md.registerExtensions(["pymdownx.superfences"], {})  # labels; blocks in folds
        md.preprocessors.register(Source(self), "measured_source", 40)  # snippets: 32
        md.inlinePatterns.register(Small(r"<small>(.*?)</small>", md), "small", 91)  # HTML: 90
        md.treeprocessors.register(Plain(md), "measured_plain", 7.5)  # abbr: 7
        # After abbr and toc (5), before MkDocs rewrites addresses (0).
        md.treeprocessors.register(Finish(md, self), "measured_finish", 3)
        # After what reads headings, so that these are told as TeX.
        md.treeprocessors.register(Typeset(md), "measured_typeset", -1)

    def whole(self, program: str) -> str:
        """Where the whole program is: folded on this page, or else as a file."""
        if program in self.folded:
            return f"#program-{program}"
        return self.page.up(f"downloads/{program}.py")


class Source(Preprocessor):
    """The page's source, filled, in place of what is converted."""

    def __init__(self, measured: MeasuredExtension) -> None:
        self.measured = measured

    def run(self, lines: list[str]) -> list[str]:
        """Values and output in place, claims marked, programs folded, sources added."""
        project, page = self.measured.project, self.measured.page
        self.measured.folded = set()
        notes = project.notes(page.uri)
        body = FRONT_MATTER.sub(lambda found: "\n" * found[0].count("\n"), page.text)
        blank = replace(page, text=body)  # lines stay where faults are told
        text = expand(blank, project.results, project.sections, self.fold, notes)
        text = MARKER.sub(self.write, text)
        terms = [f"*[{term}]: {meaning}" for term, meaning in self.glossary().items()]
        return [*text.split("\n"), "", *footnotes(page, project.sources).split("\n"), "", *terms]

    def fold(self, name: str, page: Page) -> str:
        """The whole program, and remember that it is here."""
        self.measured.folded.add(name)
        return program_block(name, page, self.measured.repo_url)

    def write(self, marker: re.Match) -> str:
        """What stands for a marker."""
        write = {"every claim": self.every_claim, "cite": self.cite, "path": self.path}
        return write[marker[1]](marker[2])

    def every_claim(self, _: str | None) -> str:
        """The list of all claims."""
        page, pages = self.measured.page, self.measured.project.pages
        links = {one.uri: one.uri if one is page else page.up(one.uri) for one in pages}
        titles = {one.uri: (heading(one), links[one.uri]) for one in pages}
        return claims_list(pages, titles)

    def cite(self, key: str) -> str:
        """How to cite the site."""
        about = read_citation(self.measured.project.runner.root)
        return citation(about, key, self.measured.site_url)

    def path(self, uris: str) -> str:
        """A way through pages, as a list with the time that each takes."""
        pages = [self.measured.project.page(uri) for uri in uris.split()]
        up = self.measured.page.up
        return route([(page, heading(page), up(page.uri)) for page in pages])

    def glossary(self) -> dict[str, str]:
        """Terms with tips; none on the glossary's own page."""
        project = self.measured.project
        path = project.docs / project.settings.glossary
        if not path.is_file() or self.measured.uri == project.settings.glossary:
            return {}
        return abbreviations(path.read_text("utf-8"))


class Small(InlineProcessor):
    """Small print as an element, so that `Plain` finds what is in it."""

    def handleMatch(self, m: re.Match, data: str) -> tuple[Element, int, int]:
        """The element, and where it stands."""
        return build("small", None, m[1]), m.start(), m.end()


class Plain(Treeprocessor):
    """Names of values, in small print, get no tips on the words within them."""

    def run(self, root: Element) -> None:
        """Make what stands in small print text that no later step splits."""
        for small in root.iter("small"):
            for element in small.iter():
                element.text = AtomicString(element.text or "")
                for child in element:
                    child.tail = AtomicString(child.tail or "")


class Finish(Treeprocessor):
    """Figures, labels of programs, the time to read, and symbols."""

    def __init__(self, md: Markdown, measured: MeasuredExtension) -> None:
        super().__init__(md)
        self.measured = measured

    def run(self, root: Element) -> None:
        """Finish the page's tree."""
        for parent in list(root.iter()):
            for child in list(parent):
                if block := self.block(child):
                    block.tail = child.tail
                    parent[list(parent).index(child)] = block
                elif program := program_of(child, self.measured.page):
                    self.figure(parent, child, program)
        uri, project = self.measured.uri, self.measured.project
        if not any(fnmatch(uri, pattern) for pattern in self.measured.untimed):
            tell_time(root, minutes(self.measured.page))
        notation = project.settings.notation
        if notation and uri != notation:
            target = self.measured.page.up(notation)
            link_symbols(root, symbols(project.page(notation).text), target)

    def block(self, paragraph: Element) -> Element | None:
        """What Python-Markdown has put aside as HTML, if that is not yet finished."""
        stashed = HTML_PLACEHOLDER_RE.fullmatch((paragraph.text or "").strip())
        if not stashed or len(paragraph):
            return None
        html = self.md.htmlStash.rawHtmlBlocks[int(stashed[1])]
        if lanes := LANES.match(str(html)):
            result = self.measured.project.results.get(lanes[1])
            return draw_lanes(result.drawn[0], lanes[2].split("\n")) if result else None
        return self.label(html) if '<span class="filename">' in str(html) else None

    def label(self, html: str) -> Element | None:
        """A part of a program, the file's name above it linked to the whole."""
        block = fromstring(html)
        label = block.find("span[@class='filename']")
        file, dot, section = label.text.partition(" · ")
        if file.removesuffix(".py") not in self.measured.project.downloads:
            return None
        for element in block.iter():  # an ampersand in code begins no entity
            element.text = (element.text or "").replace("&", f"{AMP_SUBSTITUTE}amp;")
            element.tail = (element.tail or "").replace("&", f"{AMP_SUBSTITUTE}amp;")
        label.text = ""
        address = self.measured.whole(file.removesuffix(".py"))
        label.append(build("a", {"href": address}, file))
        label[0].tail = f"{dot}{section}"
        return block

    def figure(self, parent: Element, paragraph: Element, program: str) -> None:
        """Put a figure with its data in place of a paragraph and of the caption after."""
        place = list(parent).index(paragraph)
        after = parent[place + 1] if place + 1 < len(parent) else None
        caption = caption_in(after) if after is not None else None
        last = paragraph if caption is None else after
        address = {"class": "program", "href": self.measured.whole(program)}
        result = self.measured.project.results.get(program)
        svg = result.files[f"{program}.svg"] if result else PLACEHOLDER
        shown = [show(paragraph[0], caption, build("a", address, f"{program}.py"), svg)]
        shown += [fold_data(result, self.measured.page)] if result else []
        shown[-1].tail = last.tail
        parent[place : list(parent).index(last) + 1] = shown


class Typeset(Treeprocessor):
    """Every formula that arithmatex has found, typeset."""

    def run(self, root: Element) -> None:
        """Typeset them where they stand, in the links that they may have."""
        for parent in list(root.iter()):
            for place, child in enumerate(parent):
                linked = child.get("class") == "symbol" and len(child)
                found = child[0] if linked else child
                if found.get("class") == "arithmatex":
                    parent[place] = self.typeset(child, found)

    def typeset(self, child: Element, found: Element) -> Element:
        """What stands in the place of a formula, or of its link, with all behind it."""
        tex, display, after = found.text[2:-2], found.tag == "div", child.tail or ""
        typed = formula(tex, display)
        if found is not child:
            child[0] = typed
            typed = child
        mark = "" if display or after[:1] not in MARKS else after[:1]
        held = hold(typed, tex, mark)
        held.tail = (held.tail or "") + after.removeprefix(mark)
        return held


def tell_time(root: Element, time: int) -> None:
    """Put the time to read below the heading."""
    for parent in root.iter():
        for place, child in enumerate(parent):
            if child.tag == "h1":
                attributes = {"class": "reading", "data-search-exclude": ""}
                told = build("p", attributes, f"{time} min read")
                child.tail, told.tail = "\n", child.tail
                parent.insert(place + 1, told)
                return


def symbols(notation: str) -> dict[str, tuple[str, str]]:
    """TeX -> (id, name) of every symbol that the page on notation explains."""
    # A row of its table is a line; Python-Markdown has not yet made it HTML.
    row = re.compile(r'<span id="([\w-]+)" data-tex="([^"]+)"></span>[^|]*\|([^|]*)\|')
    texts = [(tex, id, re.sub(r"\\\(.*?\\\)|\s+", " ", text)) for id, tex, text in row.findall(notation)]
    return {tex: (id, re.split(r"[,;]", text.strip(" ,;"))[0].strip()) for tex, id, text in texts}


def link_symbols(root: Element, meanings: dict[str, tuple[str, str]], target: str) -> None:
    """Link each symbol, at its first use in a line of text, to its meaning.

    meanings: TeX -> (id, name). target: address of the page on notation.
    """
    if not meanings:
        return
    todo = dict(meanings)
    longest = sorted(map(re.escape, meanings), key=len, reverse=True)
    token = re.compile(rf"(?<![\\A-Za-z])(?:{'|'.join(longest)})(?![A-Za-z])")
    for parent, place, found in list(lines_formulas(root)):
        new = next((tex for tex in token.findall(found.text) if tex in todo), None)
        if new is not None:
            id, name = todo.pop(new)
            attributes = {"class": "symbol", "href": f"{target}#{id}", "title": name}
            parent[place] = build("a", attributes, found)
            parent[place].tail, found.tail = found.tail, None


def lines_formulas(parent: Element) -> Iterator[tuple[Element, int, Element]]:
    """(parent, place in it, formula) of all that stand in lines of text."""
    for place, child in enumerate(parent):
        if child.tag == "span" and child.get("class") == "arithmatex":
            yield parent, place, child
        elif child.tag not in UNLINKED:
            yield from lines_formulas(child)


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
    fields = {"title": f"{{{title}}}", "author": f"{{{names}}}", "year": year, "url": site_url}
    lines = ["```bibtex", f"@misc{{{key},"]
    lines += [f"  {field} = {{{value}}}," for field, value in fields.items()]
    return "\n".join([*lines, "}", "```", "", f"In words: {names} ({year}). *{title}*. <{site_url}>"])


def colab_folder(repo_url: str) -> str | None:
    """Colab's address of the downloads of a site published from GitHub."""
    match = re.match(r"https://github\.com/([^/]+/[^/]+?)(?:\.git)?/?$", repo_url or "")
    colab = "https://colab.research.google.com/github"
    return f"{colab}/{match[1]}/blob/gh-pages/downloads/" if match else None


def program_block(name: str, page: Page, repo_url: str) -> str:
    """The whole program, folded, with its downloads."""
    links = [f"[`{name}.py`]({page.up(f'downloads/{name}.py')}){{ download }}"]
    links.append(f"[notebook]({page.up(f'downloads/{name}.ipynb')}){{ download }}")
    if colab := colab_folder(repo_url):
        links.append(f"[Open in Colab]({colab}{name}.ipynb)")
    anchor = f'<span id="program-{name}"></span>'
    lines = [f"{anchor}Download: " + " · ".join(links), ""]
    lines += ["```python", f'--8<-- "{name}.py"', "```"]
    folded = [f'??? example "The whole program: {name}.py"', ""]
    return "\n".join(folded + [f"    {line}".rstrip() for line in lines])
