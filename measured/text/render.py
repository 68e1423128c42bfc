"""A page on its way to HTML."""

import html
import re
from fnmatch import fnmatch
from functools import partial
from pathlib import Path

import yaml

from measured import SiteError
from measured.text.figures import captioned, whole
from measured.text.hero import hero
from measured.text.markup import FIGURE as PAGE_FIGURE
from measured.text.markup import abbreviations, claims_list, expand, footnotes, plain_names
from measured.text.maths import typeset
from measured.text.reading import linked, minutes, route, symbols

MARK = r"(?P<mark>[.,;:?!)]?)"  # behind a formula
MATHS = re.compile(
    r'(?P<link><a class="symbol"[^>]*>)?<(?P<tag>span|div) class="arithmatex">'
    rf"\\(?P<open>[(\[])(?P<tex>.*?)\\[)\]]</(?P=tag)>(?P<end></a>)?{MARK}",
    re.S,
)
SHORT = 24  # characters of TeX: such a formula fits a phone's line, and so does what stands behind it
LABEL = re.compile(r'<span class="filename">(\w+)\.py( · [\w-]+)?</span>')
HERO = re.compile(r"<!-- hero: (\w+) -->")
PATH = re.compile(r"<!-- path: ([^>]*?) -->")
PLACEHOLDER = """<svg xmlns="http://www.w3.org/2000/svg" width="420pt" height="240pt" viewBox="0 0 420 240">
<text x="210" y="120" text-anchor="middle" font-family="sans-serif" fill="#808080">… is being computed</text>
</svg>"""


def figures(project, name, result):
    """file name -> SVG of what a program drew, or of placeholders for what pages show of it."""
    if result:
        return {figure: result.files[figure] for figure in result.figures}
    shown = {m["file"] for page in project.pages for m in PAGE_FIGURE.finditer(page.text)}
    return {file: PLACEHOLDER for file in shown if Path(file).stem == name}


def markdown(project, uri, config):
    source, settings = project.page(uri), project.settings
    block = partial(program_block, repo_url=config.repo_url)
    listed = project.page_with("<!-- every claim -->")
    text = expand(source, project.results, project.sections, block, project.notes(uri), listed)
    if "<!-- every claim -->" in text:
        titles = {p.uri: (heading(p), p.uri if p.uri == uri else source.up(p.uri)) for p in project.pages}
        text = text.replace("<!-- every claim -->", claims_list(project.pages, titles))
    if "<!-- cite -->" in text:
        text = text.replace("<!-- cite -->", citation(read_citation(project.runner.root), config.site_url))
    text = PATH.sub(partial(way, source=source, project=project), HERO.sub(partial(drawing, project=project), text))
    glossary = project.docs / settings.glossary
    terms = abbreviations(glossary.read_text("utf-8")) if glossary.is_file() and uri != settings.glossary else {}
    config.mdx_configs["abbr"] = {"glossary": terms}
    return f"{text}\n\n{footnotes(source, project.sources)}"


def content(project, uri, content, up, notation, untimed):
    source = project.page(uri)
    content = captioned(plain_names(content), project.results, PLACEHOLDER)
    content = LABEL.sub(partial(label, content=content, up=up), content)
    if not any(fnmatch(uri, pattern) for pattern in untimed):
        time = f'<p class="reading" data-search-exclude>{minutes(source)} min read</p>'
        content = content.replace("</h1>", f"</h1>\n{time}", 1)
    if not notation or source.uri == project.settings.notation:
        return content
    return linked(content, symbols(project.page(project.settings.notation).text), notation)


def typeset_page(output):
    return MATHS.sub(typeset_formula, output)


def read_citation(root):
    """What CITATION.cff says of the site; None where there is none."""
    path = root / "CITATION.cff"
    return yaml.safe_load(path.read_text("utf-8")) if path.exists() else None


def citation(about, site_url):
    """The site's citation as Markdown: BibTeX and words."""
    names = " and ".join(author["name"] for author in about["authors"])
    year = about["date-released"].year
    fields = {"title": f"{{{about['title']}}}", "author": f"{{{names}}}", "year": year, "url": site_url}
    lines = ["```bibtex", "@misc{vanishing-gradient-measured,"]
    lines += [f"  {key} = {{{value}}}," for key, value in fields.items()]
    return "\n".join([*lines, "}", "```", "", f"In words: {names} ({year}). *{about['title']}*. <{site_url}>"])


def formula(tex, display):
    """TeX as HTML with MathML; as it stands if it is bad, which a note before it says."""
    try:
        return typeset(html.unescape(tex), display=display)
    except SiteError:
        return f"<code>{tex}</code>"


def typeset_formula(match):
    """A formula of a page, in the link that it may have."""
    typed = formula(match["tex"], match["open"] == "[")
    return with_mark(f"{match['link'] or ''}{typed}{match['end'] or ''}", match["tex"], match["mark"])


def with_mark(typed, tex, mark):
    """The formula with the mark of punctuation behind it, which browsers would put on a line of its own."""
    return f'<span class="unbroken">{typed}{mark}</span>' if mark and len(tex) <= SHORT else typed + mark


def label(match, content, up):
    """Above a part of a program: its file, linked to the whole, and the section's name."""
    program, section = match.groups(default="")
    return f'<span class="filename"><a href="{whole(program, content, up)}">{program}.py</a>{section}</span>'


def way(match, source, project):
    """A path through pages, as a list with the time that each takes."""
    pages = [project.page(uri) for uri in match[1].split()]
    return route([(page, heading(page), source.up(page.uri)) for page in pages])


def drawing(match, project):
    """The home page's drawing, of a program that has a result."""
    result = project.results.get(match[1])
    return hero(result.drawn[0]) if result and result.drawn else ""


def heading(page):
    return re.search(r"^# (.*)$", page.text, re.M)[1]


def colab_folder(repo_url):
    """Colab's address of the downloads of a site that is published from a repository on GitHub, or None."""
    match = re.match(r"https://github\.com/([^/]+/[^/]+?)(?:\.git)?/?$", repo_url or "")
    return match and f"https://colab.research.google.com/github/{match[1]}/blob/gh-pages/downloads/"


def program_block(name, page, repo_url):
    """The whole program, folded, with its downloads."""
    links = [f"[`{name}.py`]({page.up(f'downloads/{name}.py')}){{ download }}"]
    links.append(f"[notebook]({page.up(f'downloads/{name}.ipynb')}){{ download }}")
    if colab := colab_folder(repo_url):
        links.append(f"[Open in Colab]({colab}{name}.ipynb)")
    anchor = f'<span id="program-{name}"></span>'
    lines = [f'??? example "The whole program: {name}.py"', "", f"{anchor}Download: " + " · ".join(links), ""]
    lines += ["```python", f'--8<-- "{name}.py"', "```"]
    return "\n".join([lines[0], *(f"    {line}".rstrip() for line in lines[1:])])
