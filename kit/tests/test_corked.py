"""What a turn of the loop writes leaves in one piece, in order, before the connection ends."""

from __future__ import annotations

import asyncio

from kit.corked import _Corked


class Recorder:
    """A transport that notes what it is told."""

    def __init__(self) -> None:
        self.seen: list[bytes | str] = []

    def write(self, data: bytes) -> None:
        self.seen.append(data)

    def close(self) -> None:
        self.seen.append("closed")

    def get_extra_info(self, name: str) -> str:
        return f"the {name}"


async def test_head_and_body_leave_together():
    recorder = Recorder()
    corked = _Corked(recorder, asyncio.get_running_loop())  # type: ignore[arg-type]

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
    corked = _Corked(recorder, asyncio.get_running_loop())  # type: ignore[arg-type]

    corked.write(b"last words")
    corked.close()
    await asyncio.sleep(0)

    assert recorder.seen == [b"last words", "closed"]


async def test_all_else_is_the_transports_own():
    corked = _Corked(Recorder(), asyncio.get_running_loop())  # type: ignore[arg-type]

    assert corked.get_extra_info("peer") == "the peer"
