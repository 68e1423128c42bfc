"""What is made once, and when it is made anew."""

import os

import pytest

from measured.memory import DAYS, Memory


@pytest.fixture
def memory(tmp_path):
    return Memory(tmp_path / "made")


@pytest.fixture
def double():
    def make(data):
        make.calls.append(data)
        return data * 2

    make.calls = []
    return make


def test_a_thing_is_made_once_and_for_other_arguments_again(memory, double):
    made = [memory.recall(double, data) for data in ("a", "a", "b")]
    assert made == ["aa", "aa", "bb"] and double.calls == ["a", "b"]


def test_where_facts_are_told_they_decide_and_not_the_arguments(memory, double):
    made = [
        memory.recall(double, data, facts=fact)
        for data, fact in (("a", 1), ("b", 1), ("b", 2))
    ]
    assert made == ["aa", "aa", "bb"]


def test_what_another_function_has_made_is_not_taken(memory, double):
    assert memory.recall(double, "a") == "aa"
    assert memory.recall(str.upper, "a") == "A"


@pytest.mark.parametrize("damage", [b"", b"x", b"x\ny", b"\n"])
def test_what_is_damaged_is_made_anew(memory, double, damage):
    memory.recall(double, "a")
    (kept,) = memory.folder.iterdir()
    kept.write_bytes(damage)
    assert [memory.recall(double, "a") for _ in range(2)] == ["aa", "aa"]
    assert double.calls == ["a", "a"]


def test_where_nothing_can_be_kept_it_is_made_all_the_same(tmp_path, double):
    (tmp_path / "file").write_text("")
    memory = Memory(tmp_path / "file" / "made")
    assert [memory.recall(double, "a") for _ in range(2)] == ["aa", "aa"]


def test_with_another_version_of_a_package_everything_is_made_anew(
    memory, double, tmp_path, monkeypatch
):
    memory.recall(double, "a")
    (tmp_path / "markdown-9.dist-info").mkdir()
    monkeypatch.setattr("sysconfig.get_path", lambda name: tmp_path)
    Memory(memory.folder).recall(double, "a")
    assert double.calls == ["a", "a"]


def test_what_long_nobody_asked_for_is_forgotten(memory, double):
    for data in ("asked", "not asked"):
        memory.recall(double, data)
    for path in memory.folder.iterdir():
        os.utime(path, (0, path.stat().st_mtime - 86_400 * (DAYS + 1)))
    memory.recall(double, "asked")
    memory.forget()
    assert len(list(memory.folder.iterdir())) == 1
    memory.recall(double, "asked")
    assert double.calls == ["asked", "not asked"]
