"""Pages with measured values, claims, figures, programs, sources and maths, as HTML.

An extension of Python-Markdown that knows no generator: links and images lead where
the page's source says, for the generator to rewrite.
"""

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatch
from pathlib import Path
from types import SimpleNamespace
from xml.etree.ElementTree import Element, SubElement, fromstring, tostring

import yaml
from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.util import HTML_PLACEHOLDER_RE, AtomicString
from pymdownx.superfences import SuperFencesBlockPreprocessor

from measured import Fault, SiteError
from measured.run.package import is_offered, name_wheel
from measured.text.expand import claims_list, expand, indent
from measured.text.figures import draw_lanes, make_figure, only
from measured.text.maths import lay_formulas, symbol_linker, typeset_formulas
from measured.text.page import CITATION, Page, abbreviations, read_text
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
    "pymdownx.tabbed",  # a program in several frameworks
]
PAGE_MARKER = re.compile(r"^<!-- (every claim|cite|install|path)(?:: (.*))? -->$", re.M)
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
LANES = re.compile(r"<!-- lanes: (\w+)\n(.*)\n-->", re.S)


class MeasuredExtension(Extension):
    """The pages of a project. Set `uri`, the page's path below docs/, and convert."""

    def __init__(
        self,
        project: Project,
        repo_url: str = "",
        site_url: str = "",
        untimed: Sequence[str] = (),
        is_copy: bool = False,
    ) -> None:
        """untimed: patterns of pages that do not tell the time to read them. is_copy:
        whether the site is read from a folder.
        """
        self.project, self.untimed = project, untimed
        self.repo_url, self.site_url, self.is_copy = repo_url, site_url, is_copy
        self.uri = ""
        self.page = Page("", "")  # that is converted
        self.folded: dict[str, str] = {}  # programs that stand whole on it, twins too

    def read_facts(self, uri: str) -> tuple:
        """All that a page's HTML depends on beside the settings of Markdown."""
        project, page = self.project, self.project.page(uri)
        if page is None:
            return ()
        self.page = page
        lists = [self.write(marker) for marker in PAGE_MARKER.finditer(page.text)]
        strengths = [claim and claim.room for claim in page.claims]
        own = project.facts[uri], project.notes(uri), strengths, lists
        return *own, self.repo_url, self.site_url, self.untimed, self.is_copy

    def extendMarkdown(self, md: Markdown) -> None:
        """Register what pages need, and the steps of their conversion."""
        root = self.project.runner.root
        settings = {
            "pymdownx.arithmatex": {"generic": True},
            "pymdownx.tabbed": {"alternate_style": True},
            "pymdownx.snippets": {
                "base_path": [str(root / "snippets"), str(root)],  # of packages
                "check_paths": True,
                "dedent_subsections": True,
            },
        }
        md.registerExtensions(NEEDED, settings)
        steps, trees = md.preprocessors, md.treeprocessors
        if not any(isinstance(step, SuperFencesBlockPreprocessor) for step in steps):
            md.registerExtensions(["pymdownx.superfences"], {})  # blocks in folds
        self.md = md
        # Before snippets (32), and before HTML as it stands (90).
        steps.register(SimpleNamespace(run=self.fill), "measured_fill", 40)
        md.inlinePatterns.register(Small("<small>(.*?)</small>"), "small", 91)
        # After abbr (7), before toc (5) reads headings.
        trees.register(SimpleNamespace(run=mark_terms), "measured_terms", 6)
        # After toc, before MkDocs rewrites addresses (0).
        trees.register(SimpleNamespace(run=self.finish), "measured_finish", 3)
        # After what reads headings, so that these are told as TeX.
        trees.register(SimpleNamespace(run=typeset_formulas), "measured_maths", -1)

    def fill(self, lines: list[str]) -> list[str]:
        """The page's source, filled; of a page of the project as its file has it."""
        project, glossary = self.project, self.project.settings.glossary
        self.folded = {}
        self.page = page = project.page(self.uri) or Page(self.uri, "\n".join(lines))
        filled = PAGE_MARKER.sub(self.write, expand(page, project, self.fold))
        cited = dict.fromkeys(CITATION.findall(page.running))
        notes = [
            f"[^{key}]: {project.sources[key]}"
            for key in cited
            if key in project.sources
        ]
        terms = "" if self.uri == glossary else read_text(project.docs, glossary)
        tips = [f"*[{term}]: {what}" for term, what in abbreviations(terms).items()]
        return [*filled.split("\n"), "", *notes, "", *tips]

    def fold(self, name: str, page: Page) -> str:
        """The whole program, folded, with its downloads and those of its twins."""
        twins = self.project.twins(name)
        self.folded |= {name: name} | {twin: name for twin in twins.values()}
        lines = [f'<span id="program-{name}"></span>Download: {self.link(name, page)}']
        lines += [
            f"In {label}: {self.link(twin, page)}"
            for label, twin in [*twins.items()][1:]
        ]
        text = "\n\n".join([*lines, f'```python\n--8<-- "{name}.py"\n```'])
        return f'??? example "The whole program: {name}.py"\n\n{indent(text)}'

    def link(self, name: str, page: Page) -> str:
        """A program's downloads, and why it was not run here, if it was not."""
        file = page.up(f"downloads/{name}")
        links = f"[`{name}.py`]({file}.py){{ download }}"
        links += f" · [notebook]({file}.ipynb){{ download }}"
        if colab := colab_folder(self.repo_url):
            links += f" · [Open in Colab]({colab}{name}.ipynb)"
        absence = self.project.absence(name)
        return f"{links} ({absence})" if absence else links

    def link_whole(self, program: str) -> str:
        file = self.page.up(f"downloads/{program}.py")
        whole = self.folded.get(program)
        return f"#program-{whole}" if whole else file

    def write(self, marker: re.Match) -> str:
        """The citation, a way through pages, all claims, or how to install a package.

        Raises SiteError.
        """
        page, pages = self.page, {page.uri: page for page in self.project.pages}
        if marker[1] == "every claim":
            return claims_list(self.project.pages, page)
        if marker[1] == "cite":
            if about := read_citation(self.project.runner.root):
                return write_citation(about, marker[2], self.site_url)
            message = "nothing to cite: add a CITATION.cff"
        elif marker[1] == "install":
            folder = self.project.runner.packages.get(marker[2])
            if folder and is_offered(folder):
                site = "" if self.is_copy else self.site_url
                return (
                    f"```console\npip install {site}downloads/{name_wheel(folder)}\n```"
                )
            message = f"no package {marker[2]} with a pyproject.toml of its own"
        else:
            uris = marker[2].split()
            if pages.keys() >= set(uris):
                return route([pages[uri] for uri in uris], page)
            unknown = ", ".join(uri for uri in uris if uri not in pages)
            message = f"a path through unknown pages: {unknown}"
        line = page.line(page.text.find(marker[0]))
        raise SiteError([Fault(f"docs/{page.uri}", line, message)])

    def finish(self, root: Element) -> None:
        """Make figures, labels of programs, the time to read, and links of symbols."""
        uri, settings = self.page.uri, self.project.settings
        untimed = any(fnmatch(uri, pattern) for pattern in self.untimed)
        title = None if untimed else root.find(".//h1")
        for parent in list(root.iter()):
            for place, child in reversed(list(enumerate(parent))):
                if child is title:
                    time = Element("p", {"class": "reading", "data-search-exclude": ""})
                    time.text = f"{minutes(self.page)} min read"
                    parent.insert(place + 1, time)
                elif (block := self.block(child)) is not None:
                    block.tail, parent[place] = child.tail, block
                elif (image := only(child, "img")) is not None:
                    self.figure(parent, place, image)
        for tabs in root.iterfind(".//div[@class='tabbed-set tabbed-alternate']"):
            mark_twins(tabs, settings.frameworks.values())
        notation = settings.notation if uri != settings.notation else ""
        symbols = read_text(self.project.docs, notation)
        lay_formulas(root, symbol_linker(symbols, self.page.up(notation)))

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
        block[0].text = ""
        link = SubElement(block[0], "a", {"href": self.link_whole(program)})
        link.text, link.tail = file, f"{dot}{section}"
        code = "".join(tostring(part, "unicode", method="html") for part in block[1:])
        block[1:], block[0].tail = [], self.md.htmlStash.store(code)
        return block

    def figure(self, parent: Element, place: int, image: Element) -> None:
        """Put a figure in place of a program's image and of the caption behind it."""
        source = image.get("src", "").removeprefix(self.page.up("figures/"))
        program = source.removesuffix(".svg")
        if not re.fullmatch(r"\w+\.svg", source) or program not in self.project.results:
            return
        after = (only(paragraph, "em") for paragraph in parent[place + 1 : place + 2])
        caption = next(after, None)
        end = place + (1 if caption is None else 2)
        link = Element("a", {"class": "program", "href": self.link_whole(program)})
        link.text = f"{program}.py"
        result = self.project.results[program]
        made = make_figure(image, caption, link, result, self.page)
        made[-1].tail = parent[end - 1].tail
        parent[place:end] = made


def mark_twins(tabs: Element, frameworks: Iterable[str]) -> None:
    """Tell tabs of twins from others. The search reads the first program alone."""
    labels = ["".join(label.itertext()) for label in tabs.iter("label")]
    if set(labels) <= set(frameworks):
        tabs.set("class", f"{tabs.get('class')} twins")
        for block in tabs.findall("div[@class='tabbed-content']/div")[1:]:
            block.set("data-search-exclude", "")


def mark_terms(root: Element) -> None:
    """Keep a term's mark where it stands first in a section, in text of its own."""
    parents = {child: parent for parent in root.iter() for child in parent}
    unmarked = {
        inner
        for node in root.iter()
        if node.tag in {*HEADINGS, "th", "a", "label"}
        for inner in node.iter("abbr")
    }
    seen: set[str] = set()
    for node in list(root.iter()):
        if node.tag in HEADINGS:
            seen.clear()
        elif node.tag == "abbr":
            meaning = node.get("title", "")
            if node in unmarked or meaning in seen:
                unwrap(node, parents[node])
            else:
                seen.add(meaning)


def unwrap(node: Element, parent: Element) -> None:
    """Put a node's text in its place."""
    text, place = f"{node.text or ''}{node.tail or ''}", list(parent).index(node)
    parent.remove(node)
    if place:
        parent[place - 1].tail = f"{parent[place - 1].tail or ''}{text}"
    else:
        parent.text = f"{parent.text or ''}{text}"


class Small(InlineProcessor):
    """Small print: names of values, which may break, without tips on words in them."""

    def handleMatch(self, m: re.Match, data: str) -> tuple[Element, int, int]:
        first, *rest = map(AtomicString, m[1].split("<wbr>"))
        small = Element("small")
        small.text = first
        for text in rest:
            SubElement(small, "wbr").tail = text
        return small, m.start(), m.end()


def read_citation(root: Path) -> dict | None:
    """What CITATION.cff says of the site; None where there is none."""
    path = root / "CITATION.cff"
    return yaml.safe_load(path.read_text("utf-8")) if path.exists() else None


def write_citation(about: dict, key: str, site_url: str) -> str:
    names = " and ".join(author["name"] for author in about["authors"])
    year, title = about["date-released"].year, about["title"]
    return f"""```bibtex
@misc{{{key},
  title = {{{{{title}}}}},
  author = {{{{{names}}}}},
  year = {{{year}}},
  url = {{{site_url}}},
}}
```

In words: {names} ({year}). *{title}*. <{site_url}>"""


def colab_folder(repo_url: str) -> str | None:
    """Colab's address of the downloads of a site that is published from GitHub."""
    match = re.match(r"https://github\.com/([^/]+/[^/]+?)(?:\.git)?/?$", repo_url or "")
    colab = "https://colab.research.google.com/github/{}/blob/gh-pages/downloads/"
    return colab.format(match[1]) if match else None
