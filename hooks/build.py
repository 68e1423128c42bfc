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
from mkdocs.utils import CountHandler, get_relative_url

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from engine import SiteError  # noqa: E402  the project is not an installed package
from engine.maths import typeset  # noqa: E402
from engine.runner import SENTINEL, cells  # noqa: E402
from pages.card import card  # noqa: E402
from pages.downloads import lab as lab_notebook  # noqa: E402
from pages.downloads import notebook  # noqa: E402
from pages.figures import captioned, csv_file, whole  # noqa: E402
from pages.head import Head, about_lab, citation, head, read_citation, title  # noqa: E402
from pages.hero import hero  # noqa: E402
from pages.markup import FIGURE as PAGE_FIGURE  # noqa: E402
from pages.markup import NOTEBOOK_MATHS, abbreviations, claims_list, expand, footnotes, plain_names  # noqa: E402
from pages.mend import lab, mended  # noqa: E402
from pages.policy import protect  # noqa: E402
from pages.progress import Display  # noqa: E402
from pages.project import Project  # noqa: E402
from pages.reading import linked, minutes, route, symbols  # noqa: E402
from pages.slim import slim  # noqa: E402
from pages.whole import joined  # noqa: E402

log = logging.getLogger("mkdocs.hooks.build")
logging.getLogger("mkdocs.plugins.mkdocs_jupyter").setLevel(logging.WARNING)
project = None
published = None  # the folder that a whole site replaces; None under `serve` and --dirty
serving = False
cards = {}  # image -> what it says
background = None  # the thread that runs programs while the site is served
scratch = tempfile.TemporaryDirectory()  # also for mkdocs-jupyter, whose own cache trusts whatever it holds
landed = Path(scratch.name, "landed")  # touched when results have landed
GROUP = 15  # seconds in which results that land are shown together
MARK = r"(?P<mark>[.,;:?!)]?)"  # behind a formula
MATHS = re.compile(
    r'(?P<link><a class="symbol"[^>]*>)?<(?P<tag>span|div) class="arithmatex">'
    rf"\\(?P<open>[(\[])(?P<tex>.*?)\\[)\]]</(?P=tag)>(?P<end></a>)?{MARK}",
    re.S,
)
LAB_MATHS = re.compile(rf"<(pre|code|svg|script|style)\b.*?</\1>|(?:{NOTEBOOK_MATHS.pattern}){MARK}", re.S)
SHORT = 24  # characters of TeX: such a formula fits a phone's line, and so does what stands behind it
OFFLINE = ROOT / "hooks" / "offline"
CITE = "reference/cite.md"
FONT = ROOT / "docs" / "assets" / "fonts" / "source-sans-3-latin-wght-normal.woff2"
LABEL = re.compile(r'<span class="filename">(\w+)\.py( · [\w-]+)?</span>')
HERO = re.compile(r"<!-- hero: (\w+) -->")
PATH = re.compile(r"<!-- path: ([^>]*?) -->")
NOTATION = "reference/notation.md"
WHOLE = "<!-- whole tutorial -->"
NOT_ON_PAPER = {
    "evidence/claims.md",
    "reference/bibliography.md",
    "reference/cite.md",
    "reference/how-this-site-is-built.md",
    "reference/whole-tutorial.md",
}
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
    if offline(config):  # the plugin would load its own from outside; browsers load no module from a folder
        config.extra["polyfills"] = ["assets/offline/worker.js"]
        # From a folder Material's script ends where it should begin instant navigation: nothing of a page would work.
        config.theme["features"] = [name for name in config.theme["features"] if name != "navigation.instant"]
        config.extra_javascript = [js for js in config.extra_javascript if getattr(js, "type", "") != "module"]
    if published is not None:
        published, config.site_dir = config.site_dir, f"{config.site_dir}.partial"
    if serving:  # a broken link is told, and the site stays up
        logger = logging.getLogger("mkdocs")
        logger.handlers = [handler for handler in logger.handlers if not isinstance(handler, CountHandler)]


def offline(config):
    """Whether the site is made to be opened from a folder: `make offline`."""
    return "material/offline" in config.plugins and config.plugins["material/offline"].config.enabled


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


def on_page_context(context, page, config, nav):
    """Say in each page's head what it is, and where the way to cite the site is told."""
    about = read_citation(ROOT)
    site = {"name": config.site_name, "url": config.site_url, "about": about}
    name, description = page.meta.get("title") or page.title, page.meta.get("description", "")
    if page.file.src_uri.endswith(".ipynb"):
        name, description = about_lab(page.content)
        page.meta["description"] = description
    context["cite"] = next((p.file.url for p in nav.pages if p.file.src_uri == CITE), None)
    if offline(config):  # a copy, which no search engine sees
        page.canonical_url, context["head"] = None, Head(title(name, config.site_name), "")
        return
    image = f"assets/cards/{page.file.src_uri.rpartition('.')[0].replace('/', '-')}.png"
    cards[image] = (name, description, config.site_name)
    context["head"] = head(name, description, page.file.src_uri, page.canonical_url, f"{config.site_url}{image}", site)


@event_priority(-100)  # after all plugins have written
def on_post_build(config):
    if serving:
        run_in_background()
        return
    if offline(config):
        Path(config.site_dir, "404.html").unlink()  # a server shows it
        shutil.copytree(OFFLINE, Path(config.site_dir, "assets", "offline"))
        Path(config.site_dir, "assets", "offline", "README.txt").rename(Path(config.site_dir, "README.txt"))
    for image, words in cards.items():
        path = Path(config.site_dir, image)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(card(*words, str(FONT)))
    try:
        if published:  # else what was left out for the last build's pages may be missing
            slim(Path(config.site_dir), project.runner.root / ".cache" / "fonts")
    except SiteError as error:
        stop(error)
    protect(Path(config.site_dir), offline(config))
    if published and not any(
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
        if result and result.drawn:
            files.append(File.generated(config, f"figures/{name}.csv", content=csv_file(result.drawn)))
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
    if uri == CITE:
        text = text.replace("<!-- cite -->", citation(read_citation(ROOT), config.site_url))
    text = PATH.sub(partial(way, source=source), HERO.sub(drawing, text))
    glossary = project.docs / "reference" / "glossary.md"
    terms = abbreviations(glossary.read_text("utf-8")) if glossary.exists() and uri != "reference/glossary.md" else {}
    config.mdx_configs["abbr"] = {"glossary": terms}
    return f"{text}\n\n{footnotes(source, project.sources)}"


def on_env(env, config, files):
    """Compile the theme's templates once, not at every build; lay all pages on one, now that they are made."""
    env.bytecode_cache = FileSystemBytecodeCache(scratch.name)
    order = [page.uri for page in project.pages]  # that of the menu
    pages = sorted(
        (f.page for f in files.documentation_pages() if f.src_uri in order), key=lambda p: order.index(p.file.src_uri)
    )
    if whole_page := next((page for page in pages if WHOLE in (page.content or "")), None):
        shown = [page for page in pages if page.content and page.file.src_uri not in NOT_ON_PAPER]
        parts = [(page.url.removeprefix("./"), page.title, page.content) for page in shown]
        whole_page.content = whole_page.content.replace(WHOLE, joined(parts, whole_page.url))


def on_page_content(content, page, config, files):
    """Show a lab's faults and take its cells; give figures their captions and data, and blocks their programs."""
    up = f"{get_relative_url('.', page.file.url)}/"
    if page.file.src_uri.endswith(".ipynb"):
        uri = page.file.src_uri
        text = LAB_MATHS.sub(typeset_lab, lab(content).replace(SENTINEL, "currentColor"))
        return lab_links(Path(uri).stem, up, config.repo_url) + notes_of_lab(uri) + text
    source = project.page(page.file.src_uri)
    content = captioned(plain_names(content), project.results, PLACEHOLDER)
    content = LABEL.sub(partial(label, content=content, up=up), content)
    if not project.has(NOTATION) or source.uri == NOTATION:
        return timed(content, source)
    notation = get_relative_url(files.get_file_from_path(NOTATION).url, page.file.url)
    return linked(timed(content, source), symbols(project.page(NOTATION).text), notation)


def on_post_page(output, page, config):
    """Typeset the maths, after the search has indexed it as TeX."""
    return MATHS.sub(typeset_page, mended(output, config.site_url))


def on_post_template(output_content, template_name, config):
    return mended(output_content, config.site_url) if template_name == "404.html" else output_content


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


def lab_links(name, up, repo_url):
    """Where a lab's notebooks are: for learners, solved, and in Colab. up: to the site's root."""
    link = f'<a href="{up}downloads/labs/{{}}.ipynb" download>{{}}</a>'
    links = [link.format(name, "notebook for learners"), link.format(f"{name}-solved", "with solutions")]
    if colab := colab_folder(repo_url):
        links.append(f'<a href="{colab}labs/{name}.ipynb">Open in Colab</a>')
    return f'<p class="downloads">Download: {" · ".join(links)}</p>'


def typeset_page(match):
    """A formula of a page, in the link that it may have."""
    typed = formula(match["tex"], match["open"] == "[")
    return with_mark(f"{match['link'] or ''}{typed}{match['end'] or ''}", match["tex"], match["mark"])


def typeset_lab(match):
    if match["display"]:
        return formula(match["display"], True) + match["mark"]
    return with_mark(formula(match["inline"], False), match["inline"], match["mark"]) if match["inline"] else match[0]


def with_mark(typed, tex, mark):
    """The formula with the mark of punctuation behind it, which browsers would put on a line of its own."""
    return f'<span class="unbroken">{typed}{mark}</span>' if mark and len(tex) <= SHORT else typed + mark


def timed(content, source):
    """The page with its time to read under its title; the front page and those for looking up have none."""
    if source.uri.startswith("reference/") or "/" not in source.uri:
        return content
    time = f'<p class="reading" data-search-exclude>{minutes(source)} min read</p>'
    return content.replace("</h1>", f"</h1>\n{time}", 1)


def label(match, content, up):
    """Above a part of a program: its file, linked to the whole, and the section's name."""
    program, section = match.groups(default="")
    return f'<span class="filename"><a href="{whole(program, content, up)}">{program}.py</a>{section}</span>'


def way(match, source):
    """A path through pages, as a list with the time that each takes."""
    pages = [project.page(uri) for uri in match[1].split()]
    return route([(page, heading(page), source.up(page.uri)) for page in pages])


def drawing(match):
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
