"""Pages rendered, and read for the search, only if something about them has changed."""

import logging
import re
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

from measured.memory import Memory

ADDRESS = re.compile(r" at 0x\w+")  # of an object, another in each process
SETTINGS = (
    *("markdown_extensions", "mdx_configs", "use_directory_urls", "validation"),
    *("site_url", "repo_url"),
)


class Listener(logging.Handler):
    """Notes what is said: (logger, level, message) each."""

    def __init__(self) -> None:
        super().__init__()
        self.notes: list[tuple[str, int, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Note a message."""
        self.notes.append((record.name, record.levelno, record.getMessage()))


def read_settings(config: MkDocsConfig, files: Files) -> str:
    """All that renderings depend on beside their page: equal texts, equal HTML."""
    known = [(file.src_uri, file.url, file.inclusion) for file in files]
    plugins = [(name, dict(plugin.config)) for name, plugin in config.plugins.items()]
    level = logging.getLogger("mkdocs").level  # what is not said cannot be noted
    facts = [config[name] for name in SETTINGS], plugins, known, level
    return ADDRESS.sub("", repr(facts))


def render_once(page: Page, memory: Memory, facts: Any) -> None:
    """Have the page rendered but once of the same facts; what was said is said again.

    facts: all that it is made of, as of Memory.recall.
    """
    render = page.render

    def recall(config: MkDocsConfig, files: Files) -> None:
        listener = Listener()

        def make() -> tuple:
            before = dict(vars(page))
            logger = logging.getLogger("mkdocs")
            logger.addHandler(listener)
            try:
                render(config, files)
            finally:
                logger.removeHandler(listener)
            state = {
                name: value
                for name, value in vars(page).items()
                if name not in before or before[name] is not value
            }
            links = state.pop("links_to_anchors", None) or {}  # by File
            named = {file.src_uri: anchors for file, anchors in links.items()}
            return state, named, listener.notes

        state, named, notes = memory.recall(make, facts=facts)
        if notes is not listener.notes:  # it has not been rendered now
            vars(page).update(state)
            page.links_to_anchors = {
                file: anchors
                for uri, anchors in named.items()
                if (file := files.get_file_from_path(uri))
            }
            for name, level, message in notes:
                logging.getLogger(name).log(level, message)

    page.render = recall  # type: ignore[method-assign]


def index_once(index: Any, memory: Memory) -> None:
    """Have Material's search read a page but once of the same content."""
    add = index.add_entry_from_context

    def read(page: Page) -> list[dict]:
        start = len(index.entries)
        add(page)
        found = index.entries[start:]
        del index.entries[start:]
        return found

    def recall(page: Page) -> None:
        facts = page.content, page.url, page.title, page.meta, str(page.toc)
        index.entries += memory.recall(read, page, facts=facts)

    index.add_entry_from_context = recall
