"""What a site says of itself in mkdocs.yml, and what MkDocs is told of it."""

import logging
from pathlib import Path

from mkdocs.config.base import Config
from mkdocs.config.config_options import ListOfItems, Type
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.utils import CountHandler

from measured.text.project import Settings


class Options(Config):
    """What a site says of itself in mkdocs.yml.

    Pages are named as in `nav`, patterns of them as by fnmatch; "" is none.
    """

    glossary = Type(str, default="")  # its terms get tips on all other pages
    sources = Type(str, default="")  # `[^key]` cites one of its list
    notation = Type(str, default="")  # symbols are linked to its table
    untimed = ListOfItems(Type(str), default=[])  # patterns: tell no time to read
    unprinted = ListOfItems(Type(str), default=[])  # patterns: not on paper
    frameworks = Type(dict, default={})  # package -> its name: first that of programs
    kinds = Type(dict, default={})  # folder -> learningResourceType by schema.org
    card_font = Type(str, default="")  # the variable font of cards that are shared
    send = Type(bool, default=False)  # what is sent is small and safe; for Material

    @property
    def settings(self) -> Settings:
        """The pages with a task of their own."""
        special = self.glossary, self.sources, self.notation
        return Settings(*special, self.frameworks)


def configure(config: MkDocsConfig, send: bool) -> None:
    """Set what follows from the plugin being there."""
    config.extra_css.insert(0, "assets/katex/katex.min.css")
    if "mkdocs-jupyter" in config.plugins:  # its own cache trusts whatever it holds
        config.plugins["mkdocs-jupyter"].config["cache"] = False
        logging.getLogger("mkdocs.plugins.mkdocs_jupyter").setLevel(logging.WARNING)
    if not config.repo_url:
        config.edit_uri = None
    if send:
        config.theme.dirs.insert(0, str(Path(__file__).parent / "theme"))
        config.theme.static_templates |= {"robots.txt"}
    if is_offline(config):  # browsers load no worker and no module from a folder
        # Material's offline plugin would load its own from outside.
        config.extra["polyfills"] = ["assets/offline/worker.js"]
        config.extra_javascript = [
            script
            for script in config.extra_javascript
            if getattr(script, "type", "") != "module"
        ]


def is_offline(config: MkDocsConfig) -> bool:
    """Whether the site is made to be opened from a folder."""
    plugin = config.plugins.get("material/offline")
    return plugin is not None and plugin.config.enabled


def count_warnings(strict: bool) -> list[CountHandler]:
    """Let warnings end a strict build, under `-q` too, else not; what counts them."""
    logger = logging.getLogger("mkdocs")
    counters = [each for each in logger.handlers if isinstance(each, CountHandler)]
    if strict:  # `-q` would leave them uncounted, and the cause untold
        logger.setLevel(min(logger.level, logging.WARNING))
    else:
        for counter in counters:
            logger.removeHandler(counter)
    return counters
