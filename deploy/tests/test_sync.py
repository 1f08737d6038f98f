"""What the environment is made with."""

import importlib.util
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "sync.py"


@pytest.fixture
def sync():
    spec = importlib.util.spec_from_file_location("sync_script", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    # How long the real trial takes does not matter here.
    module._TRIAL = "import sys; print(*sys.version_info[:2], 0.01)"
    return module


def fake(folder, text):
    folder.mkdir()
    path = folder / f"python3.{sys.version_info.minor}"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_the_quickest_python_of_the_same_version_is_taken(sync, tmp_path, monkeypatch):
    quick = fake(tmp_path / "quick", f"echo 3 {sys.version_info.minor} 0.000001")
    fake(tmp_path / "slow", f"echo 3 {sys.version_info.minor} 99")
    monkeypatch.setenv("PATH", f"{tmp_path / 'slow'}:{tmp_path / 'quick'}")

    assert sync.quickest() == str(quick)


@pytest.mark.parametrize("said", ["echo 3 2 0.000001", "exit 1", "echo no such command"])
def test_one_of_another_version_or_that_does_not_run_is_not(sync, tmp_path, monkeypatch, said):
    fake(tmp_path / "other", said)
    monkeypatch.setenv("PATH", str(tmp_path / "other"))

    assert sync.quickest() == sys.executable


def test_what_is_going_to_be_installed_is_counted(sync, tmp_path, monkeypatch):
    lock = tmp_path / "requirements.lock"
    lock.write_text(
        "# made from a==1\naiohttp==3.1 \\\n    --hash=sha256:1\npsutil==7.0 ; sys_platform == 'linux'\n"
    )
    monkeypatch.setattr(sync, "LOCK", lock)

    assert sync.locked() == 2


def test_what_could_not_be_installed_is_told_with_the_programs_own_words(sync):
    with pytest.raises(sync.Cannot, match=r"(?s)no luck; check the network.*out of paper"):
        sync.run([sys.executable, "-c", "import sys; sys.exit('out of paper')"], "no luck", shown=True)
