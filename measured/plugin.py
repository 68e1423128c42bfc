"""What MkDocs calls: each event is a call or two into the rooms."""

import logging
import os
import shutil
import tempfile
from pathlib import Path

from jinja2 import FileSystemBytecodeCache
from mkdocs.config import config_options
from mkdocs.config.base import Config
from mkdocs.exceptions import Abort
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File
from mkdocs.utils import CountHandler, get_relative_url

from measured import SiteError
from measured.html.document import Document, finish, read_documents
from measured.html.head import Head, about_lab, head, title
from measured.html.lab import lab_page
from measured.html.whole import join_pages
from measured.run.background import Background
from measured.run.program import make_lab, make_notebook, read_cells
from measured.run.progress import Display
from measured.send.publish import publish, restore
from measured.text.extension import MeasuredExtension, read_citation
from measured.text.figures import csv_file, drawings
from measured.text.maths import KATEX
from measured.text.project import Project, Settings

HERE = Path(__file__).parent
WHOLE = "<!-- whole tutorial -->"


class Options(Config):
    """What a site says of itself in mkdocs.yml. Pages are named as in `nav`; "" where there is none."""

    glossary = config_options.Type(str, default="")  # its terms get tips on all other pages
    sources = config_options.Type(str, default="")  # `[^key]` cites one of its list
    notation = config_options.Type(str, default="")  # symbols are linked to its table
    untimed = config_options.ListOfItems(config_options.Type(str), default=[])  # patterns of pages: no reading time
    unprinted = config_options.ListOfItems(config_options.Type(str), default=[])  # pages not in the whole tutorial
    kinds = config_options.Type(dict, default={})  # folder -> schema.org's learningResourceType of its pages
    card_font = config_options.Type(str, default="")  # path of the variable font of shared cards; "": no cards
    send = config_options.Type(bool, default=False)  # make what is sent small and safe: Material's pages only


class Measured(BasePlugin[Options]):
    """MkDocs' builds with measured values: run and check, hand over the results, finish what is built."""

    def __init__(self) -> None:
        self.log = logging.getLogger("mkdocs.plugins.measured")
        self.project: Project | None = None
        self.extension: MeasuredExtension | None = None
        self.published: Path | None = None  # what a whole site replaces; None under `serve` and --dirty
        self.serving = self.dirty = False
        self.cards: dict[str, tuple] = {}  # image -> what it says
        self.scratch = tempfile.TemporaryDirectory()  # also for mkdocs-jupyter, whose cache trusts what it holds
        self.landed = Path(self.scratch.name, "landed")  # touched when results have landed
        self.background = Background(self.landed, self.log)

    def stop(self, error: SiteError) -> None:
        """End the build, every message on a line of its own, and at its line in a pull request on GitHub."""
        for fault in error.faults:
            self.log.error(fault)
            if os.environ.get("GITHUB_ACTIONS") == "true":
                text = fault.message.replace("%", "%25").replace("\n", "%0A")
                print(f"::error file={fault.file or 'mkdocs.yml'},line={max(fault.line, 1)}::{text}", flush=True)
        raise Abort(f"{len(error.faults)} thing(s) to mend, listed above")

    def on_startup(self, command, dirty):
        self.serving, self.dirty = command == "serve", dirty

    def on_config(self, config):
        """Find the project's folders, wherever MkDocs was started; build beside the site that is replaced."""
        root = Path(config.config_file_path).parent
        self.open(root)
        logging.getLogger("mkdocs.plugins.mkdocs_jupyter").setLevel(logging.WARNING)
        self.extension = MeasuredExtension(self.project, config.repo_url, config.site_url, self.config.untimed)
        config.markdown_extensions.append(self.extension)
        if "mkdocs-jupyter" in config.plugins:
            config.plugins["mkdocs-jupyter"].config["cache_dir"] = self.scratch.name
        if not config.repo_url:
            config.edit_uri = None
        config.extra_css.insert(0, "assets/katex/katex.min.css")
        if self.config.send:
            config.theme.dirs.insert(0, str(HERE / "theme"))
            config.theme.static_templates |= {"robots.txt"}
        if offline(config):  # the plugin would load its own from outside; browsers load no module from a folder
            config.extra["polyfills"] = ["assets/offline/worker.js"]
            # From a folder Material's script ends where it should begin instant navigation: nothing would work.
            config.theme["features"] = [name for name in config.theme["features"] if name != "navigation.instant"]
            config.extra_javascript = [js for js in config.extra_javascript if getattr(js, "type", "") != "module"]
        if not self.serving and not self.dirty:
            self.published, config.site_dir = Path(config.site_dir), f"{config.site_dir}.partial"
        logger = logging.getLogger("mkdocs")
        if config.strict:  # `-q` would leave warnings uncounted, and untold what the build fails for
            logger.setLevel(min(logger.level, logging.WARNING))
        if self.serving:  # a broken link is told, and the site stays up
            logger.handlers = [handler for handler in logger.handlers if not isinstance(handler, CountHandler)]

    def settings(self) -> Settings:
        return Settings(self.config.glossary, self.config.sources, self.config.notation)

    def open(self, root: Path) -> Project:
        """The project in a folder, kept between the builds of `serve`."""
        try:
            if self.project is None or self.project.runner.root != root.resolve():
                self.project = Project(root, self.settings())
        except SiteError as error:
            self.stop(error)
        return self.project

    def on_pre_build(self, config):
        """Run and check everything before a page is made; under `serve` show what there is, and run the rest later."""
        if self.serving:
            self.project.preview()
            for fault in self.project.faults:
                self.log.error(fault)
            return
        try:
            self.project.runner.hold(self.log.info)
            if self.published:
                restore(self.published)
            with Display(self.project.runner, self.log.info) as show:
                self.project.build(show=show)
        except SiteError as error:
            self.stop(error)

    def on_files(self, files, config):
        """Add figures and downloads, which live outside docs/, and show each lab as it was executed."""
        project = self.project
        for name, path in project.runner.programs.items():
            result = project.results.get(name)
            if path.suffix == ".ipynb":
                self.show_lab(files.get_file_from_path(f"labs/{name}.ipynb"), result)
                for ending, solved in (("", False), ("-solved", True)) if read_cells(path) else ():
                    content = make_lab(path, project.runner.modules, solved)
                    files.append(File.generated(config, f"downloads/labs/{name}{ending}.ipynb", content=content))
                continue
            for figure, content in drawings(project, name, result).items():
                files.append(File.generated(config, f"figures/{figure}", content=content))
            if result and result.drawn:
                files.append(File.generated(config, f"figures/{name}.csv", content=csv_file(result.drawn)))
        for name, source in project.downloads.items():
            files.append(File.generated(config, f"downloads/{name}.py", content=source))
            if name in project.runner.programs:  # a module that programs share is none that runs
                files.append(File.generated(config, f"downloads/{name}.ipynb", content=make_notebook(source)))
        for path in [KATEX / "katex.min.css", *sorted((KATEX / "fonts").iterdir()), KATEX / "LICENSE"]:
            uri = f"assets/katex/{path.relative_to(KATEX).as_posix()}"
            files.append(File.generated(config, uri, abs_src_path=str(path)))
        return files

    def show_lab(self, file, result) -> None:
        if result and file:
            executed = Path(self.scratch.name, "labs", f"{result.name}.ipynb")  # mkdocs-jupyter knows labs by folder
            executed.parent.mkdir(exist_ok=True)
            executed.write_bytes(result.files["notebook.ipynb"])
            file.abs_src_path = str(executed)

    def on_nav(self, nav, config, files):
        """The list of claims follows the menu."""
        order = [page.file.src_uri for page in nav.pages]
        self.project.pages.sort(key=lambda page: order.index(page.uri) if page.uri in order else len(order))

    def on_page_markdown(self, markdown, page, config, files):
        """Tell the extension which page is converted next."""
        self.extension.uri = page.file.src_uri

    def on_page_content(self, content, page, config, files):
        """Show a lab's faults and take its cells."""
        if page.file.src_uri.endswith(".ipynb"):
            up = f"{get_relative_url('.', page.file.url)}/"
            return lab_page(self.project, page.file.src_uri, content, up, config.repo_url)
        return None

    def on_env(self, env, config, files):
        """Compile the theme's templates once, not at every build; lay all pages on one, now that they are made."""
        env.bytecode_cache = FileSystemBytecodeCache(self.scratch.name)
        order = [page.uri for page in self.project.pages]  # that of the menu
        made = [f.page for f in files.documentation_pages() if f.src_uri in order]
        pages = sorted(made, key=lambda page: order.index(page.file.src_uri))
        if whole := next((page for page in pages if WHOLE in (page.content or "")), None):
            shown = [page for page in pages if page.content and page.file.src_uri not in self.config.unprinted]
            parts = [(page.url.removeprefix("./"), page.title, page.content) for page in shown]
            whole.content = whole.content.replace(WHOLE, join_pages(parts, whole.url))

    def on_page_context(self, context, page, config, nav):
        """Say in each page's head what it is, and where the way to cite the site is told."""
        about = read_citation(Path(config.config_file_path).parent)
        name, description = page.meta.get("title") or page.title, page.meta.get("description", "")
        if page.file.src_uri.endswith(".ipynb"):
            name, description = about_lab(page.content)
            page.meta["description"] = description
        cite = self.project.page_with("<!-- cite: ")
        context["cite"] = next((p.file.url for p in nav.pages if p.file.src_uri == cite), None)
        if not about or not self.config.send:
            return
        if offline(config):  # a copy, which no search engine sees
            page.canonical_url, context["head"] = None, Head(title(name, config.site_name), "")
            return
        site = {"name": config.site_name, "url": config.site_url, "about": about}
        image = f"assets/cards/{page.file.src_uri.rpartition('.')[0].replace('/', '-')}.png"
        self.cards[image] = (name, description, config.site_name)
        kind = self.config.kinds.get(page.file.src_uri.partition("/")[0], "tutorial")
        context["head"] = head(name, description, kind, page.canonical_url, f"{config.site_url}{image}", site)

    @event_priority(-100)  # after all plugins have written
    def on_post_build(self, config):
        """Finish the pages that MkDocs has written, in one visit; publish them whole."""
        folder = Path(config.site_dir)
        sends = self.config.send and not self.serving
        if sends:
            self.add_files(folder, config)
        documents = read_documents(folder)
        finish(documents, config.site_url)
        if sends:
            self.send(folder, documents, config)
        for document in documents:
            document.write()
        if self.serving:
            self.background.start(self.project.runner)
            return
        counters = [h for h in logging.getLogger("mkdocs").handlers if isinstance(h, CountHandler)]
        if self.published and not any(counter.get_counts() for counter in counters):
            publish(folder, self.published)  # with a warning, strict mode ends the build right after this
            config.site_dir = str(self.published)

    def add_files(self, folder: Path, config) -> None:
        """Add what a copy in a folder needs, and each page's card."""
        from measured.send.card import draw_card  # slow to import, and not needed to serve

        if offline(config):
            (folder / "404.html").unlink()  # a server shows it
            shutil.copytree(HERE / "send" / "offline", folder / "assets" / "offline")
            (folder / "assets/offline/README.txt").rename(folder / "README.txt")
        for image, words in self.cards.items():
            path = folder / image
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(draw_card(*words, str(Path(config.config_file_path).parent / self.config.card_font)))

    def send(self, folder: Path, documents: list[Document], config) -> None:
        """Make what the site sends small and safe."""
        from measured.send.policy import protect
        from measured.send.steps import send

        try:
            if self.published:  # else what was left out for the last build's pages may be missing
                send(folder, documents, self.project.runner.root / ".cache" / "fonts", config.site_url)
        except SiteError as error:
            self.stop(error)
        protect(documents, offline(config))

    def on_build_error(self, error):
        if isinstance(error, SiteError):
            self.stop(error)
        if isinstance(error, OSError):
            raise Abort(f"cannot write the site: {error}")

    def on_serve(self, server, config, builder):
        """Rebuild when results have landed."""
        self.landed.touch()
        server.watch(str(self.landed))

    def on_shutdown(self):
        """Leave nothing running and nothing half-made."""
        if self.project:
            self.project.runner.stopped = True
            self.background.join(10)
            self.project.runner.lock.release(force=True)
        if self.published:
            shutil.rmtree(f"{self.published}.partial", ignore_errors=True)


def offline(config) -> bool:
    """Whether the site is made to be opened from a folder."""
    return "material/offline" in config.plugins and config.plugins["material/offline"].config.enabled
