"""Unit tests of what measured/send leaves out, until they have moved to its room."""

from base64 import b64decode, b64encode
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from measured import SiteError
from measured.send.bundle import patched
from measured.send.slim import PICTURE, indexed, purged, slim, without_unused_properties

PAGE_OF = '<!doctype html><html lang="en"><title>x</title><link rel="icon" href="data:,"><h1>One</h1>{}'
SHEET = """:root{--used:1px;--unused:url("data:image/svg+xml,<svg d='(;'/>");color:red}
.used{margin:var(--used)}.unused{margin:0}.unused,.used .late{margin:1px}a:not(.unused){margin:2px}
@media print{.unused{margin:3px}}@media screen{.unused{margin:4px}.used{margin:5px}}"""


def test_rules_of_classes_that_no_page_has_are_left_out_and_all_others_kept():
    kept = without_unused_properties(purged(SHEET, {"used", "late"}), '<p style="margin:var(--unused)">')
    assert "--unused:url" in kept
    kept = without_unused_properties(purged(SHEET, {"used", "late"}), purged(SHEET, {"used", "late"}))
    assert "--unused" not in kept and "--used:1px" in kept and "color:red" in kept
    assert ".used .late{margin:1px}" in kept and "a:not(.unused){margin:2px}" in kept
    assert "print" not in kept and "@media screen{.used{margin:5px}}" in kept and "margin:0" not in kept


def pixels(address):
    return np.asarray(Image.open(BytesIO(b64decode(address.partition(",")[2]))).convert("RGBA"))


@pytest.mark.parametrize("colours", [200, 2000])
def test_a_picture_in_a_drawing_keeps_every_pixel_and_grows_no_longer(colours):
    palette = np.random.default_rng(0).integers(0, 256, (colours, 4), np.uint8)
    written = BytesIO()
    Image.fromarray(palette[np.arange(4000) % colours].reshape(50, 80, 4)).save(written, "png")
    address = f"data:image/png;base64,{b64encode(written.getvalue()).decode()}"
    shorter = PICTURE.sub(indexed, address)
    assert np.array_equal(pixels(shorter), pixels(address))
    assert len(shorter) < len(address) if colours <= 256 else shorter == address


@pytest.mark.parametrize(
    "markup",
    ['{"features": ["content.code.annotate"]}', '<pre class="mermaid"></pre>', '<a href="x" data-preview>x</a>'],
)
def test_a_page_that_needs_what_is_left_out_of_the_script_is_a_clear_error(tmp_path, markup):
    (tmp_path / "all.css").write_text("")
    link = '<link rel="stylesheet" href="all.css">'
    (tmp_path / "index.html").write_text(PAGE_OF.format(link + markup))
    with pytest.raises(SiteError, match="index.html: .* needs what is left out of Material's script: see CUTS"):
        slim(tmp_path, tmp_path / "cache")


def test_a_changed_script_of_material_is_a_clear_error():
    with pytest.raises(
        SiteError, match="Material's script no longer holds .*: see PATCHES and CUTS in measured/send/bundle.py"
    ):
        patched("another script")
