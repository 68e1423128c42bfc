"""A project of a few quick programs, run in this process' fork server."""

import pytest

from measured.run.runner import Runner


@pytest.fixture
def runner(tmp_path):
    """A function of programs (name -> text) that writes them and gives a runner."""
    (tmp_path / "snippets").mkdir()

    def make(**programs):
        for name, text in programs.items():
            (tmp_path / "snippets" / f"{name}.py").write_text(text)
        return Runner(tmp_path)

    return make
