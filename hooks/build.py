"""What MkDocs calls: run and check through the engine, hand MkDocs the results, typeset the maths."""

import html
import logging
import os
import re
import shutil
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path

from jinja2 import FileSystemBytecodeCache
from mkdocs.exceptions import Abort
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File
from mkdocs.utils import CountHandler

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from engine import SiteError  # noqa: E402  the project is not an installed package
from engine.maths import typeset  # noqa: E402
from engine.runner import SENTINEL, cells  # noqa: E402
from pages.downloads import lab as lab_notebook  # noqa: E402
from pages.downloads import notebook  # noqa: E402
from pages.markup import FIGURE as PAGE_FIGURE  # noqa: E402
from pages.markup import NOTEBOOK_MATHS, abbreviations, claims_list, expand, footnotes  # noqa: E402
from pages.progress import Display  # noqa: E402
from pages.project import Project  # noqa: E402

log = logging.getLogger("mkdocs.hooks.build")
logging.getLogger("mkdocs.plugins.mkdocs_jupyter").setLevel(logging.WARNING)
project = None
published = None  # the folder that a whole site replaces; None under `serve` and --dirty
serving = False
background = None  # the thread that runs programs while the site is served
scratch = tempfile.TemporaryDirectory()  # also for mkdocs-jupyter, whose own cache trusts whatever it holds
landed = Path(scratch.name, "landed")  # touched when results have landed
GROUP = 15  # seconds in which results that land are shown together
MATHS = re.compile(r'<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>', re.S)
LAB_MATHS = re.compile(r"<(pre|code|svg|script|style)\b.*?</\1>|" + NOTEBOOK_MATHS.pattern, re.S)
LAB_CODE = re.compile(r'<div class="highlight-ipynb hl-\w+"><pre><span></span>(.*?)</pre></div>', re.S)
MENDED = {'data-md-component="search" role="dialog"': 'data-md-component="search" role="dialog" aria-label="Search"'}
FIGURE = re.compile(r'<img (?=[^>]*src="[^"]*figures/([\w.-]+\.svg)")')
PLACEHOLDER = """<svg xmlns="http://www.w3.org/2000/svg" width="420pt" height="240pt" viewBox="0 0 420 240">
<text x="210" y="120" text-anchor="middle" font-family="sans-serif" fill="#808080">… is being computed</text>
</svg>"""


def stop(error):
    """End the build, every message on a line of its own, and at its line in a pull request on GitHub."""
    for fault in error.faults:
        log.error(fault)
        if os.environ.get("GITHUB_ACTIONS") == "true":
            text = fault.message.replace("%", "%25").replace("\n", "%0A")
            print(f"::error file={fault.file or 'mkdocs.yml'},line={max(fault.line, 1)}::{text}", flush=True)
    raise Abort(f"{len(error.faults)} thing(s) to mend, listed above")


def on_startup(command, dirty):
    global project, published, serving
    project, serving = None, command == "serve"
    published = None if serving or dirty else ""


def on_config(config):
    """Find the project's folders, wherever MkDocs was started, and build the site beside the one that it replaces."""
    global project, published
    root = Path(config.config_file_path).parent
    try:
        if project is None or project.runner.root != root.resolve():
            project = Project(root)
    except SiteError as error:
        stop(error)
    config.mdx_configs["pymdownx.snippets"]["base_path"] = [str(root / "snippets")]
    if "mkdocs-jupyter" in config.plugins:
        config.plugins["mkdocs-jupyter"].config["cache_dir"] = scratch.name
    if not config.repo_url:
        config.edit_uri = None
    if published is not None:
        published, config.site_dir = config.site_dir, f"{config.site_dir}.partial"
    if serving:  # a broken link is told, and the site stays up
        logger = logging.getLogger("mkdocs")
        logger.handlers = [handler for handler in logger.handlers if not isinstance(handler, CountHandler)]


def on_pre_build(config):
    """Run and check everything before a page is made; under `serve` show what there is, and run the rest meanwhile."""
    if serving:
        project.preview()
        for fault in project.faults:
            log.error(fault)
        return
    try:
        project.runner.hold(log.info)
        if published and not Path(published).exists() and Path(f"{published}.old").exists():
            Path(f"{published}.old").rename(published)  # a build died between the two
        with Display(project.runner, log.info) as show:
            project.build(show=show)
    except SiteError as error:
        stop(error)


@event_priority(-100)  # after all plugins have written
def on_post_build(config):
    if serving:
        run_in_background()
    elif published and not any(
        h.get_counts() for h in logging.getLogger("mkdocs").handlers if isinstance(h, CountHandler)
    ):
        publish(Path(config.site_dir), Path(published))  # with a warning, strict mode ends the build right after this
        config.site_dir = published


def publish(whole, site):
    """Put a whole site in the old one's place."""
    old = Path(f"{site}.old")
    shutil.rmtree(old, ignore_errors=True)
    if site.exists():
        site.rename(old)
    whole.rename(site)
    shutil.rmtree(old, ignore_errors=True)


def on_build_error(error):
    if isinstance(error, OSError):
        raise Abort(f"cannot write the site: {error}")


def on_serve(server, config, builder):
    """Rebuild when results have landed."""
    landed.touch()
    server.watch(str(landed))


def on_shutdown():
    """Leave nothing running and nothing half-made."""
    if project:
        project.runner.stopped = True
        if background:
            background.join(10)
        project.runner.lock.release(force=True)
    if published:
        shutil.rmtree(f"{published}.partial", ignore_errors=True)


def run_in_background():
    global background
    if project.runner.stale() and not (background and background.is_alive()):
        background = threading.Thread(target=refresh, daemon=True)
        background.start()


def refresh():
    """Run what is stale; have pages rebuilt as results land, many at a time."""
    runner, since = project.runner, time.monotonic()
    shown = len(runner.stale())

    def show(line=None, runs=(), waiting=()):
        nonlocal shown, since
        if line:
            log.info(line)
        elif len(runs) + len(waiting) != shown and (time.monotonic() - since > GROUP or not runs):
            shown, since = len(runs) + len(waiting), time.monotonic()
            landed.touch()

    try:
        runner.run(show=show)
    except SiteError as error:
        log.error(error)
    show()


def on_files(files, config):
    """Add figures and downloads, which live outside docs/, and show each lab as it was executed."""
    for name, path in project.runner.programs.items():
        result = project.results.get(name)
        if path.suffix == ".ipynb":
            show_lab(files.get_file_from_path(f"labs/{name}.ipynb"), result)
            for ending, solved in (("", False), ("-solved", True)) if cells(path) else ():
                content = lab_notebook(path, project.runner.modules, solved)
                files.append(File.generated(config, f"downloads/labs/{name}{ending}.ipynb", content=content))
            continue
        for figure, content in figures(name, result).items():
            files.append(File.generated(config, f"figures/{figure}", content=content))
    for name, source in project.downloads.items():
        files.append(File.generated(config, f"downloads/{name}.py", content=source))
        if name in project.runner.programs:  # a module that programs share is none that runs
            files.append(File.generated(config, f"downloads/{name}.ipynb", content=notebook(source)))
    return files


def show_lab(file, result):
    if result and file:
        executed = Path(scratch.name, "labs", f"{result.name}.ipynb")  # mkdocs-jupyter knows labs by their folder
        executed.parent.mkdir(exist_ok=True)
        executed.write_bytes(result.files["notebook.ipynb"])
        file.abs_src_path = str(executed)


def figures(name, result):
    """file name -> SVG of what a program drew, or of placeholders for what pages show of it."""
    if result:
        return {figure: result.files[figure] for figure in result.figures}
    shown = {m["file"] for page in project.pages for m in PAGE_FIGURE.finditer(page.text)}
    return {file: PLACEHOLDER for file in shown if Path(file).stem == name}


def on_nav(nav, config, files):
    """The list of claims follows the menu."""
    order = [page.file.src_uri for page in nav.pages]
    project.pages.sort(key=lambda page: order.index(page.uri) if page.uri in order else len(order))


def on_page_read_source(page, config):
    """Fill values, mark claims, fold programs; add the glossary's tooltips and the sources cited."""
    uri = page.file.src_uri
    if not uri.endswith(".md"):
        return None
    source = project.page(uri)
    block = partial(program_block, repo_url=config.repo_url)
    text = expand(source, project.results, project.sections, block, project.notes(uri))
    if "<!-- every claim -->" in text:
        titles = {p.uri: (heading(p), p.uri if p.uri == uri else source.up(p.uri)) for p in project.pages}
        text = text.replace("<!-- every claim -->", claims_list(project.pages, titles))
    glossary = project.docs / "reference" / "glossary.md"
    terms = abbreviations(glossary.read_text("utf-8")) if glossary.exists() and uri != "reference/glossary.md" else {}
    config.mdx_configs["abbr"] = {"glossary": terms}
    return f"{text}\n\n{footnotes(source, project.sources)}"


def on_env(env, config, files):
    """Compile the theme's templates once, not at every build."""
    env.bytecode_cache = FileSystemBytecodeCache(scratch.name)


def on_page_content(content, page, config, files):
    """Show a lab's faults and take its cells; reserve each figure's space."""
    if page.file.src_uri.endswith(".ipynb"):
        return lab_links(Path(page.file.src_uri).stem, config.repo_url) + notes_of_lab(page.file.src_uri) + lab(content)
    return FIGURE.sub(lambda m: m[0] + size(m[1]), content)


def on_post_page(output, page, config):
    """Typeset the maths, after the search has indexed it as TeX."""
    return MATHS.sub(lambda m: formula(m[3], m[2] == "["), mended(output))


def on_post_template(output_content, template_name, config):
    return mended(output_content) if template_name == "404.html" else output_content


def mended(page):
    """The page without what the theme leaves invalid or nameless."""
    for theirs, ours in MENDED.items():
        page = page.replace(theirs, ours)
    return page


def formula(tex, display):
    """TeX as HTML with MathML; as it stands if it is bad, which a note before it says."""
    try:
        return typeset(html.unescape(tex), display=display)
    except SiteError:
        return f"<code>{tex}</code>"


def notes_of_lab(uri):
    """What a preview says above a lab: its faults, or that its outputs are not there yet."""
    faults = [(fault.file, html.escape(fault.message)) for fault in project.notes(uri)]
    if not faults and project.results.get(Path(uri).stem) is None:
        return "<p>… is being computed</p>"
    note = '<div class="admonition failure"><p class="admonition-title">{}</p><pre>{}</pre></div>'
    return "".join(note.format(*fault) for fault in faults)


def lab(content):
    """A notebook's page without nbconvert's own scripts and styles (600 kB): its cells take the site's look."""
    content = content[content.index('<div class="jupyter-wrapper">') :].replace(SENTINEL, "currentColor")
    content = re.sub(r'<div class="zeroclipboard-container">.*?</clipboard-copy>\s*</div>', "", content, flags=re.S)
    content = re.sub(r'<div class="clipboard-copy-txt".*?</div>', "", content, flags=re.S)
    return LAB_MATHS.sub(typeset_lab, LAB_CODE.sub(fold_solution, content))


def fold_solution(match):
    """A cell's code; one with a solution folded, for readers who want to try first."""
    code = f'<div class="language-python highlight"><pre><span></span><code>{match[1]}</code></pre></div>'
    folded = f'<details class="success"><summary>Solution</summary>{code}</details>'
    return folded if "### BEGIN SOLUTION" in match[1] else code


def lab_links(name, repo_url):
    """Where a lab's notebooks are: for learners, solved, and in Colab."""
    link = '<a href="../../downloads/labs/{}.ipynb" download>{}</a>'
    links = [link.format(name, "notebook for learners"), link.format(f"{name}-solved", "with solutions")]
    if colab := colab_folder(repo_url):
        links.append(f'<a href="{colab}labs/{name}.ipynb">Open in Colab</a>')
    return f"<p>Download: {' · '.join(links)}</p>"


def typeset_lab(match):
    tex = match["display"] or match["inline"]
    return formula(tex, bool(match["display"])) if tex else match[0]


def size(figure):
    """The figure's width and height as attributes, in CSS pixels (SVG's points are 4/3 of one)."""
    result = project.results.get(Path(figure).stem)
    svg = result.files[figure].decode() if result and figure in result.files else PLACEHOLDER
    width, height = re.search(r'<svg [^>]*?width="([\d.]+)pt" height="([\d.]+)pt"', svg).groups()
    return f'width="{round(float(width) * 4 / 3)}" height="{round(float(height) * 4 / 3)}" '


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
    lines = [f'??? example "The whole program: {name}.py"', "", "Download: " + " · ".join(links), ""]
    lines += ["```python", f'--8<-- "{name}.py"', "```"]
    return "\n".join([lines[0], *(f"    {line}".rstrip() for line in lines[1:])])
