"""`punchcard rebuild`: what it says, and when it ends with a problem."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from ledger.statistics.rebuilding import RebuildRunning, Rebuilt
from punchcard import rebuild
from punchcard.home import Home
from punchcard.problems import Found, MachineCannot, WrongUsage


def run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, comes: Any, projection: str = rebuild.STATISTICS
) -> str:
    async def made(*_: Any) -> Rebuilt:
        if isinstance(comes, Exception):
            raise comes
        return comes

    monkeypatch.setattr(rebuild, "rebuild", made)
    out = Console(file=io.StringIO(), width=200)
    rebuild.run(Home(tmp_path), projection, "postgresql://nowhere", "nowhere:1", out, out)
    return out.file.getvalue()  # type: ignore[attr-defined]


def test_it_says_how_many_events_it_counted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said = run(monkeypatch, tmp_path, Rebuilt(3, 50_000, 4.0, {}))
    assert said == "50000 events counted anew (12500 a second); now live: 3\n"


@pytest.mark.parametrize(
    ("comes", "problem", "words"),
    [
        (Rebuilt(3, 1, 1.0, {"statistics_days": 2}), Found, "2 rows of statistics_days differed"),
        (RebuildRunning(), MachineCannot, "under way"),
        (ConnectionError("the broker does not answer"), MachineCannot, "the broker does not answer"),
    ],
)
def test_what_is_not_right_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, comes: Any, problem: type[Exception], words: str
) -> None:
    with pytest.raises(problem, match=words):
        run(monkeypatch, tmp_path, comes)


def test_there_is_one_projection_to_rebuild(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="ledger-statistics"):
        run(monkeypatch, tmp_path, None, "wallet")
