"""Which Java the broker runs on."""

from pathlib import Path

import pytest

from punchcard.embedded import java
from punchcard.problems import MachineCannot


def a_java(folder: Path, version: str) -> Path:
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "java").touch(mode=0o755)
    (folder / "release").write_text(f'IMPLEMENTOR="Somebody"\nJAVA_VERSION="{version}"\n')
    return folder / "bin" / "java"


@pytest.mark.parametrize(("text", "major"), [("17.0.15", 17), ("25", 25), ("1.8.0_392", 8), ("nothing", 0)])
def test_a_version_is_read_by_its_major_number(text, major):
    assert java.parse_version(text) == major


def test_java_home_comes_before_the_packaged_one(tmp_path, monkeypatch):
    own = a_java(tmp_path / "own", "21.0.2")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "own"))
    monkeypatch.setattr(java, "_packaged", lambda: a_java(tmp_path / "packaged", "25.0.1"))

    assert java.find_java() == own


def test_a_java_that_is_too_old_is_passed_over(tmp_path, monkeypatch):
    a_java(tmp_path / "old", "11.0.20")
    packaged = a_java(tmp_path / "packaged", "25.0.1")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "old"))
    monkeypatch.setenv("PATH", str(tmp_path / "old" / "bin"))
    monkeypatch.setattr(java, "_packaged", lambda: packaged)

    assert java.find_java() == packaged


def test_without_any_java_one_sentence_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(java, "_packaged", lambda: None)

    with pytest.raises(MachineCannot, match="Java 17 or newer"):
        java.find_java()
