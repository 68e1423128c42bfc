"""What MkDocs calls: each event is a call or two into the rooms."""

import logging
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

from measured import SiteError
from measured.html import document, head, lab, whole
from measured.options import Options, configure, count_warnings, is_offline
from measured.rendering import index_once, read_settings, render_once
from measured.run.background import Background
from measured.run.package import is_offered
from measured.run.progress import Display
from measured.send.folder import add_offline, publish, restore
from measured.send.policy import protect
from measured.text.extension import MeasuredExtension, read_citation
from measured.text.files import list_files
from measured.text.project import Project

LOG = logging.getLogger("mkdocs.plugins.measured")


class Measured(BasePlugin[Options]):
    """Run and check what pages say, hand over the results, finish what is built."""

    def __init__(self) -> None:
        self.root = Path()  # of the project, which `serve` keeps between builds
        self.published: Path | None = None  # what a whole site replaces, if it does
        self.serving = self.dirty = False
        self.scratch = tempfile.TemporaryDirectory()
        self.background = Background(Path(self.scratch.name, "landed"), LOG)

    def on_startup(self, *, command: str, dirty: bool) -> None:
        self.serving, self.dirty = command == "serve", dirty

    def on_config(self, config: MkDocsConfig) -> None:
        """Open the project; build beside the site that is to be replaced."""
        own, root = self.config, Path(config.config_file_path).resolve().parent
        if root != self.root:
            self.root, self.project = root, Project(root, own.settings)
        addresses = config.repo_url or "", config.site_url or ""
        about = *addresses, own.untimed, is_offline(config)
        self.extension = MeasuredExtension(self.project, *about)
        config.markdown_extensions.append(self.extension)
        configure(config, own.send)
        if not self.serving and not self.dirty:
            self.published = Path(config.site_dir)
            config.site_dir = f"{config.site_dir}.partial"
        self.counters = count_warnings(config.strict and not self.serving)

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Run and check everything; under `serve` check what there is so far."""
        if self.serving:
            self.project.preview()
            for fault in self.project.faults:
                LOG.error(fault)
        else:
            self.project.runner.hold(LOG.info)
            if self.published:
                restore(self.published)
            with Display(self.project.runner, LOG.info) as show:
                self.project.build(show=show)

    @event_priority(-50)  # after mkdocs-jupyter has found the labs
    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add what lives outside docs/, and show each lab as it was executed."""
        address = "" if is_offline(config) else config.site_url or ""
        for uri, content in list_files(self.project, address):
            files.append(File.generated(config, uri, content=content))
        for name, result in self.project.results.items():
            file = files.get_file_from_path(f"labs/{name}.ipynb")
            if file and result:  # mkdocs-jupyter knows labs by their folder
                executed = Path(self.scratch.name, "labs", f"{name}.ipynb")
                executed.parent.mkdir(exist_ok=True)
                executed.write_bytes(result.files["notebook.ipynb"])
                file.abs_src_path = str(executed)
        self.settings = read_settings(config, files)
        return files

    def on_nav(self, nav: Navigation, **_: Any) -> None:
        """Lists of pages and claims follow the menu."""
        rank = {page.file.src_uri: place for place, page in enumerate(nav.pages)}
        self.project.pages.sort(key=lambda page: rank.get(page.uri, len(rank)))

    def on_page_markdown(
        self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files
    ) -> None:
        """Tell the extension which page is converted next, if it has to be."""
        self.extension.uri = uri = page.file.src_uri
        facts = uri, markdown, self.settings, self.extension.read_facts(uri)
        render_once(page, self.project.memory, facts)

    def on_page_content(
        self, html: str, *, page: Page, config: MkDocsConfig, files: Files
    ) -> str:
        """Show a lab's faults and take its cells."""
        up, uri = f"{get_relative_url('.', page.file.url)}/", page.file.src_uri
        if uri.endswith(".ipynb"):
            html = lab.lab_page(self.project, uri, html, up, config.repo_url)
        return html

    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> None:
        """Compile templates once; lay all pages on one, now that they are made."""
        memory = self.project.memory
        memory.folder.mkdir(parents=True, exist_ok=True)
        env.bytecode_cache = FileSystemBytecodeCache(str(memory.folder))
        if search := config.plugins.get("material/search"):
            index_once(search.search_index, memory)
        cite = files.get_file_from_path(self.project.page_with("<!-- cite: ") or "")
        env.globals["cite"] = cite.url if cite else ""
        made = {
            file.src_uri: file.page
            for file in files.documentation_pages()
            if file.page and file.page.content is not None  # as with --dirty
        }
        pages = [made[page.uri] for page in self.project.pages if page.uri in made]
        whole.lay_together(pages, self.config.unprinted)
        about = read_citation(self.root)
        for page in made.values():
            self.introduce(page, about, config, files)

    def introduce(
        self, page: Page, about: dict | None, config: MkDocsConfig, files: Files
    ) -> None:
        """Say in a page's head what it is; draw what is shown where it is shared.

        about: what CITATION.cff says of the site.
        """
        uri = page.file.src_uri
        name = str(page.meta.get("title") or page.title)
        if uri.endswith(".ipynb"):
            name, page.meta["description"] = head.about_lab(page.content or "")
        description = page.meta.get("description", "")
        page.meta["card"] = card = {"name": name, "description": description}
        if is_offline(config):  # a copy, which no search engine sees
            page.canonical_url = None
        elif about and self.config.card_font:
            image = f"assets/cards/{uri.rpartition('.')[0].replace('/', '-')}.png"
            card |= {"url": page.canonical_url, "image": f"{config.site_url}{image}"}
            kind = self.config.kinds.get(uri.partition("/")[0], "tutorial")
            site = {"name": config.site_name, "url": config.site_url}
            card["data"] = head.make_json_ld(card, kind, site, about)
            if self.config.send and not self.serving:
                from measured.send.card import draw_card  # slow to import

                font = str(self.root / self.config.card_font)
                words = name, description, config.site_name
                drawn = self.project.memory.recall(draw_card, *words, font)
                files.append(File.generated(config, image, content=drawn))

    @event_priority(-100)  # after all plugins have written
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Finish the pages that MkDocs has written, in one visit, and publish them."""
        folder = Path(config.site_dir)
        if is_offline(config):
            add_offline(folder)
        documents = document.read_documents(folder)
        document.finish(documents, config.site_url)
        if self.published and self.config.send:
            from measured.send.steps import send  # slow to import

            send(folder, documents, self.project.memory, config.site_url)
        if self.config.send and not self.serving:
            protect(documents, is_offline(config))
        for page in documents:
            page.write()
        if self.serving:
            self.background.start(self.project.runner)
        # With a warning, strict mode ends the build right after this.
        elif self.published and not any(each.get_counts() for each in self.counters):
            publish(folder, self.published)
            config.site_dir = str(self.published)
            self.project.memory.forget()

    def on_build_error(self, *, error: Exception) -> None:
        """End the build with every message, in a pull request on GitHub at its line."""
        if isinstance(error, OSError):
            raise Abort(f"cannot write the site: {error}")
        if isinstance(error, SiteError):
            for fault in error.faults:
                LOG.error(fault)
                if os.environ.get("GITHUB_ACTIONS") == "true":
                    print(fault.annotation, flush=True)
            raise Abort(f"{len(error.faults)} thing(s) to mend, listed above")

    def on_serve(self, server: LiveReloadServer, **_: Any) -> None:
        """Rebuild when results have landed, or an offered package has changed."""
        self.background.landed.touch()
        server.watch(str(self.background.landed))
        for folder in filter(is_offered, self.project.runner.packages.values()):
            server.watch(str(folder))

    def on_shutdown(self) -> None:
        """Leave nothing running and nothing half-made."""
        if self.root != Path():
            self.project.runner.stopped = True
            self.background.join(10)
            self.project.runner.lock.release(force=True)
        if self.published:
            shutil.rmtree(f"{self.published}.partial", ignore_errors=True)
