"""Material's script is changed where it is what we know."""

from pathlib import Path

import material
import pytest

from measured import SiteError
from measured.send.script import PATCHES, patch, patch_scripts

THEME = Path(material.__file__).parent / "templates"
(BUNDLE,) = THEME.glob("assets/javascripts/bundle.*.js")


def test_the_script_gets_all_patches(tmp_path):
    script = tmp_path / "assets/javascripts/bundle.1.min.js"
    script.parent.mkdir(parents=True)
    script.write_bytes(BUNDLE.read_bytes())
    patch_scripts(tmp_path)
    patched = script.read_text("utf-8")
    assert all(ours in patched for ours in PATCHES.values())


def test_a_site_without_material_s_script_has_none_to_patch(tmp_path):
    patch_scripts(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_changed_script_of_material_is_a_clear_error():
    message = "no longer holds .*: see PATCHES in measured/send/script.py"
    with pytest.raises(SiteError, match=f"Material's script {message}"):
        patch("another script")


@pytest.mark.parametrize("lost", PATCHES)
def test_each_place_that_is_patched_is_missed_when_it_is_gone(lost):
    with pytest.raises(SiteError, match="no longer holds"):
        patch(BUNDLE.read_text("utf-8").replace(lost, ""))
