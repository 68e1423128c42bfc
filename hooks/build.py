"""What MkDocs calls: run and check through the engine, hand MkDocs the results, typeset the maths."""

import html
import logging
import os
import re
import sys
from pathlib import Path

import nbformat
from mkdocs.exceptions import Abort
from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from engine import SiteError  # noqa: E402  the project is not an installed package
from engine.downloads import notebook, self_contained  # noqa: E402
from engine.maths import typeset  # noqa: E402
from engine.pages import NOTEBOOK_MATHS, abbreviations, claims_list, expand  # noqa: E402
from engine.project import Project  # noqa: E402
from engine.runner import ENGINE, ENVIRONMENT, SENTINEL, fingerprint  # noqa: E402

log = logging.getLogger("mkdocs.hooks.build")
project = None
MATHS = re.compile(r'<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>', re.S)
LAB_MATHS = re.compile(r"<(pre|code|svg|script|style)\b.*?</\1>|" + NOTEBOOK_MATHS.pattern, re.S)
LAB_CODE = re.compile(r'<div class="highlight-ipynb hl-\w+"><pre><span></span>(.*?)</pre></div>', re.S)
FIGURE = re.compile(r'<img (?=[^>]*src="[^"]*figures/([\w.-]+\.svg)")')


def stop(error):
    """End the build, every message on a line of its own; `serve` stays up and waits for the next edit."""
    for message in error.messages:
        log.error(message)
    raise Abort(f"{len(error.messages)} thing(s) to mend, listed above")


def on_config(config):
    """Point includes and labs at this project's folders, wherever MkDocs was started."""
    global project
    project = Project(Path(config.config_file_path).parent)
    root = project.runner.root
    config.mdx_configs["pymdownx.snippets"]["base_path"] = [str(root / "snippets"), str(project.runner.cache)]
    labs = config.plugins.get("mkdocs-jupyter")
    if labs:  # its own key knows neither versions nor what a lab imports
        key = fingerprint(*project.runner.modules.values())
        labs.config["cache_dir"] = str(root / ".cache" / "labs" / key[:16])
    if not config.repo_url:
        config.edit_uri = None
    backend = {"MPLBACKEND"}  # a notebook draws inline
    os.environ.update({name: value for name, value in ENVIRONMENT.items() if name not in backend})
    os.environ["MATPLOTLIBRC"] = str(ENGINE / "matplotlibrc")


def on_pre_build(config):
    """Run and check everything before MkDocs empties the old site."""
    try:
        project.build(report=log.info)
    except SiteError as error:
        stop(error)


def on_files(files, config):
    """Add figures and downloads, which live outside docs/."""
    for name, result in project.results.items():
        for figure in result.figures:
            files.append(File.generated(config, f"figures/{figure}", abs_src_path=str(result.folder / figure)))
        source = self_contained(project.runner.programs[name], project.runner.modules)
        files.append(File.generated(config, f"downloads/{name}.py", content=source))
        cells = nbformat.writes(notebook(source))
        files.append(File.generated(config, f"downloads/{name}.ipynb", content=cells))
    return files


def on_nav(nav, config, files):
    """The list of claims follows the menu."""
    order = [page.file.src_uri for page in nav.pages]
    project.pages.sort(key=lambda page: order.index(page.uri) if page.uri in order else len(order))


def on_page_markdown(markdown, page, config, files):
    """Fill values, mark claims, fold programs; add the glossary's tooltips and the sources cited."""
    uri = page.file.src_uri
    if not uri.endswith(".md"):
        return None
    source = project.page(uri)
    source.text = markdown  # without its front matter
    text = expand(source, project.results, lambda name, page: program_block(name, page, config.repo_url))
    if "<!-- every claim -->" in text:
        titles = {p.uri: (heading(p), p.uri if p.uri == uri else source.up(p.uri)) for p in project.pages}
        text = text.replace("<!-- every claim -->", claims_list(project.pages, titles))
    extra = [project.footnotes(source)]
    glossary = project.docs / "reference" / "glossary.md"
    if glossary.exists() and uri != "reference/glossary.md":
        extra.append(abbreviations(glossary.read_text()))
    return "\n\n".join([text, *extra])


def on_page_content(content, page, config, files):
    """Typeset the maths, and reserve each figure's space."""
    if page.file.src_uri.endswith(".ipynb"):
        return lab(content)
    content = MATHS.sub(lambda m: typeset(html.unescape(m[3]), display=m[2] == "["), content)
    return FIGURE.sub(lambda m: m[0] + size(m[1]), content)


def lab(content):
    """A notebook's page without nbconvert's own scripts and styles (600 kB): its cells take the site's look."""
    content = content[content.index('<div class="jupyter-wrapper">') :].replace(SENTINEL, "currentColor")
    content = re.sub(r'<div class="zeroclipboard-container">.*?</clipboard-copy>\s*</div>', "", content, flags=re.S)
    content = re.sub(r'<div class="clipboard-copy-txt".*?</div>', "", content, flags=re.S)
    code = r'<div class="language-python highlight"><pre><span></span><code>\1</code></pre></div>'
    return LAB_MATHS.sub(typeset_lab, LAB_CODE.sub(code, content))


def typeset_lab(match):
    tex = match["display"] or match["inline"]
    return typeset(html.unescape(tex), display=bool(match["display"])) if tex else match[0]


def size(figure):
    """The figure's width and height as attributes, in CSS pixels (SVG's points are 4/3 of one)."""
    path = next(result.folder / figure for result in project.results.values() if figure in result.figures)
    width, height = re.search(r'<svg [^>]*?width="([\d.]+)pt" height="([\d.]+)pt"', path.read_text()).groups()
    return f'width="{round(float(width) * 4 / 3)}" height="{round(float(height) * 4 / 3)}" '


def heading(page):
    return re.search(r"^# (.*)$", page.text, re.M)[1]


def program_block(name, page, repo_url):
    """The whole program, folded, with its downloads."""
    links = [f"[`{name}.py`]({page.up(f'downloads/{name}.py')}){{ download }}"]
    links.append(f"[notebook]({page.up(f'downloads/{name}.ipynb')}){{ download }}")
    if match := re.match(r"https://github\.com/([^/]+/[^/]+?)(?:\.git)?/?$", repo_url or ""):
        colab = f"https://colab.research.google.com/github/{match[1]}/blob/gh-pages/downloads/{name}.ipynb"
        links.append(f"[Open in Colab]({colab})")
    lines = [f'??? example "The whole program: {name}.py"', "", "Download: " + " · ".join(links), ""]
    lines += ["```python", f'--8<-- "{name}.py"', "```"]
    return "\n".join([lines[0], *(f"    {line}".rstrip() for line in lines[1:])])
