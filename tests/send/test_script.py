"""Material's script is changed where it is what we know, for pages that allow it."""

from pathlib import Path

import material
import pytest

from measured import SiteError
from measured.html.document import read_documents
from measured.send.script import CUTS, PATCHES, patch, trim_script

THEME = Path(material.__file__).parent / "templates"
(BUNDLE,) = THEME.glob("assets/javascripts/bundle.*.js")


def test_the_script_gets_all_patches_and_loses_all_cuts():
    text = BUNDLE.read_text("utf-8")
    patched = patch(text)
    assert all(ours in patched for ours in PATCHES.values())
    assert not [start for start, _ in CUTS if start in patched and "function" in start]
    assert len(patched) < len(text) - 10_000


def test_a_changed_script_of_material_is_a_clear_error():
    message = "no longer holds .*: see PATCHES and CUTS in measured/send/script.py"
    with pytest.raises(SiteError, match=f"Material's script {message}"):
        patch("another script")


@pytest.mark.parametrize("lost", [*PATCHES, *(end for _, end in CUTS)])
def test_each_place_that_is_changed_is_missed_when_it_is_gone(lost):
    with pytest.raises(SiteError, match="no longer holds"):
        patch(BUNDLE.read_text("utf-8").replace(lost, ""))


def site(folder, markup):
    script = folder / "assets/javascripts/bundle.1.min.js"
    script.parent.mkdir(parents=True)
    script.write_text(BUNDLE.read_text("utf-8"))
    (folder / "index.html").write_text(f"<!doctype html><title>x</title>{markup}")
    return script


CONFIG = '<script id="__config" type="application/json">{{"features": ["{}"]}}</script>'


@pytest.mark.parametrize(
    "markup, need",
    [
        (CONFIG.format("content.code.annotate"), "content.code.annotate"),
        (CONFIG.format("content.code.select"), "content.code.select"),
        (CONFIG.format("navigation.instant.preview"), "navigation.instant.preview"),
        ('<div class="x annotate"></div>', '<div class="x annotate">'),
        ('<pre class="mermaid"></pre>', '<pre class="mermaid">'),
        ('<a href="x" data-preview>x</a>', '<a href="x" data-preview="">'),
    ],
)
def test_a_page_that_needs_what_is_left_out_is_a_clear_error(tmp_path, markup, need):
    site(tmp_path, markup)
    with pytest.raises(SiteError) as error:
        trim_script(tmp_path, read_documents(tmp_path))
    assert str(error.value) == (
        f"index.html: {need} needs what is left out of Material's script: "
        "see CUTS in measured/send/script.py"
    )


def test_a_page_that_only_speaks_of_it_needs_nothing(tmp_path):
    script = site(tmp_path, CONFIG.format("content.code.copy") + "<p>mermaid</p>")
    trim_script(tmp_path, read_documents(tmp_path))
    assert script.read_text("utf-8") == patch(BUNDLE.read_text("utf-8"))


def test_pages_of_another_theme_may_have_any_class(tmp_path):
    (tmp_path / "index.html").write_text('<pre class="mermaid"></pre>')
    trim_script(tmp_path, read_documents(tmp_path))
