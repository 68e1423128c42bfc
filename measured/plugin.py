"""What MkDocs calls: each event is a call or two into the rooms."""

import logging
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache
from mkdocs.config.base import Config
from mkdocs.config.config_options import ListOfItems, Type
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import CountHandler, get_relative_url

from measured import SiteError
from measured.html.document import Document, finish, read_documents
from measured.html.head import about_lab, describe
from measured.html.lab import lab_page
from measured.html.whole import join_pages
from measured.run.background import Background
from measured.run.progress import Display
from measured.send.offline import WORKER, add_offline
from measured.send.policy import protect
from measured.send.publish import publish, restore
from measured.text.extension import MeasuredExtension, read_citation
from measured.text.files import list_files
from measured.text.project import Project, Settings

LOG = logging.getLogger("mkdocs.plugins.measured")
THEME = Path(__file__).parent / "theme"
WHOLE = "<!-- whole tutorial -->"


class Options(Config):
    """What a site says of itself in mkdocs.yml.

    Pages are named as in `nav`, patterns of them as by fnmatch; "" is none.
    """

    glossary = Type(str, default="")  # its terms get tips on all other pages
    sources = Type(str, default="")  # `[^key]` cites one of its list
    notation = Type(str, default="")  # symbols are linked to its table
    untimed = ListOfItems(Type(str), default=[])  # patterns: tell no time to read
    unprinted = ListOfItems(Type(str), default=[])  # not in the whole tutorial
    kinds = Type(dict, default={})  # folder -> learningResourceType by schema.org
    card_font = Type(str, default="")  # the variable font of cards that are shared
    send = Type(bool, default=False)  # what is sent is small and safe; for Material


class Measured(BasePlugin[Options]):
    """Run and check what pages say, hand over the results, finish what is built."""

    project: Project
    extension: MeasuredExtension

    def __init__(self) -> None:
        self.published: Path | None = None  # what a whole site replaces, if it does
        self.serving = self.dirty = False
        self.cards: dict[str, tuple] = {}  # image -> what it says
        # Also for mkdocs-jupyter, whose own cache trusts whatever it holds.
        self.scratch = tempfile.TemporaryDirectory()
        self.background = Background(Path(self.scratch.name, "landed"), LOG)

    def on_startup(self, *, command: str, dirty: bool) -> None:
        self.serving, self.dirty = command == "serve", dirty

    def on_config(self, config: MkDocsConfig) -> None:
        """Open the project; build beside the site that is to be replaced."""
        root = Path(config.config_file_path).parent
        if not self.is_open(root):
            self.project = Project(root, self.settings)
        self.extension = MeasuredExtension(
            self.project, config.repo_url, config.site_url, self.config.untimed
        )
        config.markdown_extensions.append(self.extension)
        config.extra_css.insert(0, "assets/katex/katex.min.css")
        if "mkdocs-jupyter" in config.plugins:
            config.plugins["mkdocs-jupyter"].config["cache_dir"] = self.scratch.name
            logging.getLogger("mkdocs.plugins.mkdocs_jupyter").setLevel(logging.WARNING)
        if not config.repo_url:
            config.edit_uri = None
        if self.config.send:
            config.theme.dirs.insert(0, str(THEME))
            config.theme.static_templates |= {"robots.txt"}
        if is_offline(config):
            prepare_offline(config)
        if not self.serving and not self.dirty:
            self.published = Path(config.site_dir)
            config.site_dir = f"{config.site_dir}.partial"
        logger = logging.getLogger("mkdocs")
        if config.strict:  # `-q` would leave warnings uncounted, and the cause untold
            logger.setLevel(min(logger.level, logging.WARNING))
        if self.serving:  # a broken link is told, and the site stays up
            logger.handlers = [h for h in logger.handlers if h not in counters()]

    def is_open(self, root: Path) -> bool:
        """Whether the project is there: `serve` keeps it between builds."""
        return hasattr(self, "project") and self.project.runner.root == root.resolve()

    @property
    def settings(self) -> Settings:
        """The pages with a task of their own."""
        options = self.config
        return Settings(options.glossary, options.sources, options.notation)

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Run and check everything; under `serve` check what there is so far."""
        if self.serving:
            self.project.preview()
            for fault in self.project.faults:
                LOG.error(fault)
            return
        self.project.runner.hold(LOG.info)
        if self.published:
            restore(self.published)
        with Display(self.project.runner, LOG.info) as show:
            self.project.build(show=show)

    @event_priority(-50)  # after mkdocs-jupyter has found the labs
    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add what lives outside docs/, and show each lab as it was executed."""
        for uri, content in list_files(self.project):
            where = {"abs_src_path": str(content)}
            how = where if isinstance(content, Path) else {"content": content}
            files.append(File.generated(config, uri, **how))
        for name, result in self.project.results.items():
            file = files.get_file_from_path(f"labs/{name}.ipynb")
            if file and result:  # mkdocs-jupyter knows labs by their folder
                executed = Path(self.scratch.name, "labs", f"{name}.ipynb")
                executed.parent.mkdir(exist_ok=True)
                executed.write_bytes(result.files["notebook.ipynb"])
                file.abs_src_path = str(executed)
        return files

    def on_nav(self, nav: Navigation, **_: Any) -> None:
        """Lists of pages and claims follow the menu."""
        order = [page.file.src_uri for page in nav.pages]
        rank = {uri: place for place, uri in enumerate(order)}
        self.project.pages.sort(key=lambda page: rank.get(page.uri, len(order)))

    def on_page_markdown(self, markdown: str, *, page: Page, **_: Any) -> None:
        """Tell the extension which page is converted next."""
        self.extension.uri = page.file.src_uri

    def on_page_content(
        self, html: str, *, page: Page, config: MkDocsConfig, files: Files
    ) -> str | None:
        """Show a lab's faults and take its cells."""
        if page.file.src_uri.endswith(".ipynb"):
            up, uri = f"{get_relative_url('.', page.file.url)}/", page.file.src_uri
            return lab_page(self.project, uri, html, up, config.repo_url)
        return None

    def on_env(self, env: Environment, *, files: Files, **_: Any) -> None:
        """Compile templates once; lay all pages on one, now that they are made."""
        env.bytecode_cache = FileSystemBytecodeCache(self.scratch.name)
        made = {file.src_uri: file.page for file in files.documentation_pages()}
        pages = [made[page.uri] for page in self.project.pages if page.uri in made]
        pages = [page for page in pages if page.content]
        if whole := next((page for page in pages if WHOLE in page.content), None):
            unprinted = self.config.unprinted
            parts = [
                (page.url.removeprefix("./"), page.title, page.content)
                for page in pages
                if page.file.src_uri not in unprinted
            ]
            text = join_pages(parts, whole.url)
            whole.content = whole.content.replace(WHOLE, text)

    def on_page_context(
        self,
        context: dict[str, Any],
        *,
        page: Page,
        config: MkDocsConfig,
        nav: Navigation,
    ) -> None:
        """Say in each page's head what it is, and where one reads how to cite it."""
        uri, meta = page.file.src_uri, page.meta
        name, description = meta.get("title") or page.title, meta.get("description", "")
        if uri.endswith(".ipynb"):
            name, description = about_lab(page.content)
            meta["description"] = description
        cite = self.project.page_with("<!-- cite: ")
        context["cite"] = next((p.url for p in nav.pages if p.file.src_uri == cite), "")
        context["card"] = card = {"name": name, "description": description}
        about = read_citation(self.project.runner.root)
        if is_offline(config):  # a copy, which no search engine sees
            page.canonical_url = None
        elif about and self.config.card_font:
            image = f"assets/cards/{Path(uri).with_suffix('').as_posix()}.png"
            self.cards[image] = name, description, config.site_name
            card["image"] = image = f"{config.site_url}{image}"
            site = {"name": config.site_name, "url": config.site_url, "about": about}
            kind = self.config.kinds.get(uri.partition("/")[0], "tutorial")
            address = page.canonical_url
            card["data"] = describe(name, description, kind, address, image, site)

    @event_priority(-100)  # after all plugins have written
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Finish the pages that MkDocs has written, in one visit; publish them whole."""
        folder = Path(config.site_dir)
        if is_offline(config):
            add_offline(folder)
        documents = read_documents(folder)
        finish(documents, config.site_url)
        if self.config.send and not self.serving:
            self.send(folder, documents, config)
        for document in documents:
            document.write()
        if self.serving:
            self.background.start(self.project.runner)
        # With a warning, strict mode ends the build right after this.
        elif self.published and not any(each.get_counts() for each in counters()):
            publish(folder, self.published)
            config.site_dir = str(self.published)

    def send(
        self, folder: Path, documents: list[Document], config: MkDocsConfig
    ) -> None:
        """Make what the site sends small and safe."""
        from measured.send.card import add_cards  # slow to import, and not to serve
        from measured.send.steps import send

        root = self.project.runner.root
        add_cards(folder, self.cards, str(root / self.config.card_font))
        if self.published:  # else what was left out before may be missing
            send(folder, documents, root / ".cache" / "fonts", config.site_url)
        protect(documents, is_offline(config))

    def on_build_error(self, *, error: Exception) -> None:
        """End the build with every message, in a pull request on GitHub at its line."""
        if isinstance(error, OSError):
            raise Abort(f"cannot write the site: {error}")
        if not isinstance(error, SiteError):
            return
        for fault in error.faults:
            LOG.error(fault)
            if os.environ.get("GITHUB_ACTIONS") == "true":
                text = fault.message.replace("%", "%25").replace("\n", "%0A")
                place = f"file={fault.file or 'mkdocs.yml'},line={max(fault.line, 1)}"
                print(f"::error {place}::{text}", flush=True)
        raise Abort(f"{len(error.faults)} thing(s) to mend, listed above")

    def on_serve(self, server: LiveReloadServer, **_: Any) -> None:
        """Rebuild when results have landed."""
        self.background.landed.touch()
        server.watch(str(self.background.landed))

    def on_shutdown(self) -> None:
        """Leave nothing running and nothing half-made."""
        if hasattr(self, "project"):
            self.project.runner.stopped = True
            self.background.join(10)
            self.project.runner.lock.release(force=True)
        if self.published:
            shutil.rmtree(f"{self.published}.partial", ignore_errors=True)


def counters() -> list[CountHandler]:
    """What counts warnings for strict mode."""
    handlers = logging.getLogger("mkdocs").handlers
    return [handler for handler in handlers if isinstance(handler, CountHandler)]


def is_offline(config: MkDocsConfig) -> bool:
    """Whether the site is made to be opened from a folder."""
    plugin = config.plugins.get("material/offline")
    return plugin is not None and plugin.config.enabled


def prepare_offline(config: MkDocsConfig) -> None:
    """Leave out what browsers do not load from a folder."""
    config.extra["polyfills"] = [WORKER]  # the offline plugin would ask outside
    # Material's script would end where it should begin instant navigation.
    features = config.theme["features"]
    config.theme["features"] = [f for f in features if f != "navigation.instant"]
    scripts = config.extra_javascript
    config.extra_javascript = [
        script for script in scripts if getattr(script, "type", "") != "module"
    ]
