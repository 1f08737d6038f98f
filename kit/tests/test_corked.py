"""What a turn of the loop writes leaves in one piece, in order, before the connection ends."""

from __future__ import annotations

import asyncio

import pytest

import kit.corked
from kit.corked import Corked


class Recorder:
    """A transport that notes what it is told."""

    def __init__(self) -> None:
        self.seen: list[bytes | str] = []

    def write(self, data: bytes) -> None:
        self.seen.append(data)

    def close(self) -> None:
        self.seen.append("closed")

    def write_eof(self) -> None:
        self.seen.append("our half closed")

    def can_write_eof(self) -> bool:
        return True

    def abort(self) -> None:
        self.seen.append("aborted")

    def is_closing(self) -> bool:
        return not {"closed", "aborted"}.isdisjoint(self.seen)

    def get_extra_info(self, name: str) -> str:
        return f"the {name}"


async def test_head_and_body_leave_together():
    recorder = Recorder()
    corked = Corked(recorder, asyncio.get_running_loop())  # type: ignore[arg-type]

    corked.write(b"head ")
    corked.write(b"body")
    assert recorder.seen == []
    await asyncio.sleep(0)
    corked.write(b"next")
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert recorder.seen == [b"head body", b"next"]


async def test_what_was_written_leaves_before_the_end():
    recorder = Recorder()
    corked = Corked(recorder, asyncio.get_running_loop())  # type: ignore[arg-type]

    corked.write(b"last words")
    corked.close()
    await asyncio.sleep(0)

    assert recorder.seen == [b"last words", "closed"]


async def test_all_else_is_the_transports_own():
    corked = Corked(Recorder(), asyncio.get_running_loop())  # type: ignore[arg-type]

    assert corked.get_extra_info("peer") == "the peer"


async def test_a_connection_that_ended_before_its_turn_takes_nothing_more():
    recorder = Recorder()
    corked = Corked(recorder, asyncio.get_running_loop())  # type: ignore[arg-type]

    corked.write(b"too late")
    recorder.close()
    await asyncio.sleep(0)

    assert recorder.seen == ["closed"]


async def test_a_caller_who_still_sends_may_read_the_last_words(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(kit.corked, "LINGER_S", 0.01)
    recorder = Recorder()
    corked = Corked(recorder, asyncio.get_running_loop(), lambda: True)  # type: ignore[arg-type]

    corked.write(b"last words")
    corked.close()
    corked.close()
    corked.write(b"never heard")
    still_open = list(recorder.seen)
    await asyncio.sleep(0.05)

    assert (still_open, corked.is_closing()) == ([b"last words", "our half closed"], True)
    assert recorder.seen[2:] == ["aborted"]
