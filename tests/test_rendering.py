"""Pages that are not rendered again say what they would say."""

import logging
import shutil

import pytest

from tests.builds import build, files_of
from tests.conftest import Small

LINK = ("# Small\n", "# Small\n\n[There](there.md), [claims](evidence/claims.md#no).\n")
TOLD = ("'there.md', but the target is not found", "'evidence/claims.md' does not")


@pytest.fixture
def rendered(monkeypatch):
    """Paths of the pages that builds in this process have rendered."""
    paths, render = [], "mkdocs.structure.pages.markdown.Markdown"
    real = __import__("markdown").Markdown

    class Counted(real):
        def convert(self, source):
            paths.append(source.strip().splitlines()[0])
            return super().convert(source)

    monkeypatch.setattr(render, Counted)
    return paths


def test_only_the_page_that_was_edited_is_rendered(small, rendered):
    small.edit("docs/index.md", "Its square root", "The square root")
    good, said = build(small)
    assert good, said
    assert rendered == ["# Small"] and "The square root" in small.read("index.html")


def test_what_was_said_of_a_page_is_said_again_until_it_is_mended(small, rendered):
    small.edit("docs/index.md", *LINK)
    for _ in range(2):
        good, said = build(small)
        assert not good and all(what in said for what in TOLD), said
    assert rendered == ["# Small"]
    small.write("docs/there.md", "# There\n")
    good, said = build(small)
    assert not good and TOLD[0] not in said and TOLD[1] in said, said


def test_what_a_quiet_build_did_not_say_is_said_by_the_next(small):
    small.edit("docs/index.md", *LINK)
    small.run("mkdocs", "build", "-q", "--no-strict")
    good, said = build(small)
    assert not good and all(what in said for what in TOLD), said


def test_a_site_from_memory_is_the_same_as_one_made_anew(small, tmp_path):
    small.edit("docs/index.md", "Its square root", "The square root")
    anew = Small(tmp_path / "anew")
    shutil.copytree(small.root, anew.root, ignore=shutil.ignore_patterns("made"))
    for site in (small, anew):
        good, said = build(site, SOURCE_DATE_EPOCH="0")
        assert good, said
    assert files_of(small) == files_of(anew)


def test_an_option_of_mkdocs_yml_makes_pages_anew(small, rendered):
    small.edit("mkdocs.yml", "site_name: Small", "site_name: Small\nsite_url: http://x")
    assert build(small).good
    assert "# Small" in rendered


def test_no_listener_stays_behind(small):
    before = list(logging.getLogger("mkdocs").handlers)
    small.edit("docs/index.md", "Its square root", "The square root")
    build(small)
    assert logging.getLogger("mkdocs").handlers == before
