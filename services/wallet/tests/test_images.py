"""Pictures of programs: where they may come from, what is taken, and that it happens once a change."""

from __future__ import annotations

import asyncio
import io
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import text

from kit.http import Reply
from kit.ids import uuid7
from kit.outward import AnswerTooLarge, NoAnswer, Outward
from kit.work import Work
from punchcard.embedded.wallet_identities import WalletIdentities
from wallet import commands
from wallet.apple.look import Pictures
from wallet.images.decoding import prepared
from wallet.images.fetching import SIZE_LIMIT_BYTES, Fetcher, Unreachable
from wallet.images.guard import Guard, Refused, is_public
from wallet.images.loop import PictureLoop
from wallet.store import pictures as store

from .pass_making import a_program

PUBLIC, URL = "93.184.216.34", "https://cafe.example/logo.png"


def picture(size: tuple[int, int] = (300, 200), form: str = "PNG", colour: str = "#ff0000") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, form)
    return out.getvalue()


def black_and_white(size: tuple[int, int]) -> bytes:
    """As many pixels as are asked for, of one bit each: quickly made."""
    out = io.BytesIO()
    Image.new("1", size).save(out, "PNG", compress_level=1)
    return out.getvalue()


class Web:
    """Answers by URL, and what was asked at which address."""

    def __init__(self) -> None:
        self.answers: dict[str, Reply | Exception] = {}
        self.asked: list[tuple[str, str | None]] = []

    def has(self, url: str, status: int = 200, body: bytes | None = None, **headers: str) -> None:
        told = {"content-type": "image/png", **{k.replace("_", "-"): v for k, v in headers.items()}}
        self.answers[url] = Reply(status, told, picture() if body is None else body)

    async def ask(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, *, address: str | None = None
    ) -> Reply:
        self.asked.append((url, address))
        answer = self.answers[url]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def web() -> Web:
    web = Web()
    web.has(URL)
    return web


class Names:
    """A name server that may say something else the next time."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def fetcher(web: Web, *names: list[str]) -> Fetcher:
    return Fetcher(web, Guard(Names(*(names or ([PUBLIC],)))))


# -- where from


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.9.10",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:a9fe:a9fe",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd12:3456::1",
        "ff02::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2001:0:7f00:1::",
        "::ffff:0:127.0.0.1",
        "fec0::1",
        "3fff::1",
        "5f00::1",
        "no address",
    ],
)
async def test_addresses_that_are_not_public_are_refused(web: Web, address: str):
    assert not is_public(address)

    with pytest.raises(Refused):
        await fetcher(web, [address]).fetch(URL, "logo")
    assert web.asked == []


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
async def test_public_addresses_are_connected_to_as_they_were_checked(web: Web, address: str):
    await fetcher(web, [address]).fetch(URL, "logo")

    assert web.asked == [(URL, address)]


async def test_a_name_with_a_private_address_among_public_ones_is_refused(web: Web):
    with pytest.raises(Refused):
        await fetcher(web, [PUBLIC, "10.0.0.1"]).fetch(URL, "logo")
    assert web.asked == []


async def test_a_name_that_changes_after_it_was_checked_changes_nothing(web: Web):
    names = Names([PUBLIC], ["127.0.0.1"])

    await Fetcher(web, Guard(names)).fetch(URL, "logo")

    # Asked once; what was checked is what was connected to.
    assert (names.asked, web.asked) == (["cafe.example"], [(URL, PUBLIC)])


async def test_a_name_that_changes_between_two_hops_is_refused_at_the_second(web: Web):
    web.has(URL, 302, b"", location="/other.png")

    with pytest.raises(Refused):
        await fetcher(web, [PUBLIC], ["127.0.0.1"]).fetch(URL, "logo")
    assert web.asked == [(URL, PUBLIC)]


@pytest.mark.parametrize(
    "location",
    [
        "http://cafe.example/logo.png",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://localhost/",
        "https://2130706433/",
        "https://0x7f.1/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "//127.0.0.1/",
        "https://cafe.example:6379/",
        "https://user:pw@cafe.example/",
    ],
)
async def test_a_redirect_to_where_nothing_may_be_fetched_is_refused(web: Web, location: str):
    web.has(URL, 302, b"", location=location)

    async def resolve(host: str, port: int) -> list[str]:
        if host == "cafe.example":
            return [PUBLIC]
        # What the system makes of a literal in whatever spelling; it asks no name server for these.
        return [str(row[4][0]) for row in await asyncio.get_running_loop().getaddrinfo(host, port)]

    with pytest.raises(Refused):
        await Fetcher(web, Guard(resolve)).fetch(URL, "logo")
    assert web.asked == [(URL, PUBLIC)]


async def test_a_redirect_to_a_public_address_is_followed_and_checked_anew(web: Web):
    web.has(URL, 301, b"", location="https://cdn.example/a.png")
    web.has("https://cdn.example/a.png")

    await fetcher(web, [PUBLIC], ["1.1.1.1"]).fetch(URL, "logo")

    assert web.asked == [(URL, PUBLIC), ("https://cdn.example/a.png", "1.1.1.1")]


async def test_redirects_in_a_circle_end(web: Web):
    web.has(URL, 302, b"", location=URL)

    with pytest.raises(Refused, match="one to the next"):
        await fetcher(web).fetch(URL, "logo")
    assert len(web.asked) == 4


@pytest.mark.parametrize(
    "url",
    [
        "http://cafe.example/logo.png",
        "https://cafe.example:8443/logo.png",
        "https://me@cafe.example/logo.png",
        "ftp://cafe.example/logo.png",
        "https:///logo.png",
        "https://cafe.example/\r\nhost: x",
        "https://cafe.example:99999/",
        "",
    ],
)
async def test_only_plain_https_addresses_are_asked(web: Web, url: str):
    with pytest.raises(Refused):
        await fetcher(web).fetch(url, "logo")
    assert web.asked == []


@pytest.mark.parametrize(
    "url", ["https://a..b/logo.png", "https://.cafe.example/", f"https://{'a' * 64}.example/"]
)
async def test_a_name_that_cannot_be_one_is_refused(web: Web, url: str):
    with pytest.raises(Refused):
        await Fetcher(web, Guard()).fetch(url, "logo")
    assert web.asked == []


@pytest.mark.parametrize("location", ["https://[::1", "//[x"])
async def test_a_redirect_to_what_is_no_address_is_refused(web: Web, location: str):
    web.has(URL, 302, b"", location=location)

    with pytest.raises(Refused):
        await fetcher(web).fetch(URL, "logo")
    assert web.asked == [(URL, PUBLIC)]


@pytest.mark.parametrize("host", ["xn--a", "xn--zzzzzz--", "0135.184.216.34", "[v1.a]"])
async def test_an_address_that_our_client_cannot_read_is_refused(host: str):
    outward = Outward(1)

    with pytest.raises(Refused):
        await Fetcher(outward, Guard(Names([PUBLIC]))).fetch(f"https://{host}/logo.png", "logo")
    await outward.close()


# -- what is taken


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_written_anew_as_large_as_a_pass_needs_it(form: str):
    logo = Image.open(io.BytesIO(prepared(picture((2000, 1000), form), "logo")))
    hero = Image.open(io.BytesIO(prepared(picture((2000, 1000), form), "hero")))

    assert (logo.format, logo.size) == ("PNG", (300, 150))
    assert (hero.format, hero.size) == ("JPEG", (1125, 432))


def test_nothing_of_the_file_that_came_is_left():
    exif = Image.Exif()
    exif[0x010E] = "who took it, and where"
    out = io.BytesIO()
    Image.new("RGB", (64, 64)).save(out, "JPEG", exif=exif, comment=b"secret place")

    for kind in ("logo", "hero"):
        kept = prepared(out.getvalue(), kind)
        assert b"who took it" not in kept
        assert b"secret place" not in kept


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
        picture()[:100],
        black_and_white((5000, 4000)),
        black_and_white((20_000, 10_000)),
        black_and_white((10_001, 1)),
        b"\x89PNG\r\n\x1a\n" + bytes(200),
    ],
    ids=["nothing", "svg", "gif", "cut off", "too many pixels", "a bomb", "a line", "no picture"],
)
def test_what_is_no_picture_or_too_large_a_one_is_refused(content: bytes):
    with pytest.raises(Refused):
        prepared(content, "logo")


@pytest.mark.parametrize("kind", ["logo", "hero"])
def test_a_picture_whose_notes_are_broken_is_refused(kind: Any):
    notes = b"Exif\0\0MM\0*\0\0\0\x08\0\x02" + (
        # To be turned; and how it is packed, which is a number, as text.
        b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\x01\x03\0\x02\0\0\0\x02x\0\0\0" + bytes(4)
    )
    out = io.BytesIO()
    Image.new("RGB", (64, 64)).save(out, "JPEG", exif=notes)

    with pytest.raises(Refused):
        prepared(out.getvalue(), kind)


async def test_what_is_not_sent_as_a_picture_is_refused(web: Web):
    web.has(URL, content_type="text/html")

    with pytest.raises(Refused, match="not sent as"):
        await fetcher(web).fetch(URL, "logo")


@pytest.mark.parametrize("status", [401, 404, 410])
async def test_what_is_not_there_is_refused_and_what_fails_is_tried_again(web: Web, status: int):
    web.has(URL, status)
    with pytest.raises(Refused):
        await fetcher(web).fetch(URL, "logo")

    for later in (429, 500, 503):
        web.has(URL, later)
        with pytest.raises(Unreachable):
            await fetcher(web).fetch(URL, "logo")


async def test_an_answer_that_is_too_large_is_refused(web: Web):
    web.answers[URL] = AnswerTooLarge()

    with pytest.raises(Refused, match="larger"):
        await fetcher(web).fetch(URL, "logo")


# -- over real TLS, to the checked address


Talks = Callable[[asyncio.StreamWriter], Awaitable[None]]


async def says_nothing(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def dribbles(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: 5000\r\n\r\n")
    await _for_ever(writer, b"x", 0.1)


async def dribbles_its_head(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    await _for_ever(writer, b"x-more: x\r\n", 0.1)


async def promises_for_ever(writer: asyncio.StreamWriter) -> None:
    await _for_ever(writer, b"HTTP/1.1 103 Early Hints\r\n\r\n", 0.01)


async def never_ends(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: image/png\r\n\r\n")
    await _for_ever(writer, b"x" * 65536, 0.0)


async def never_ends_in_pieces(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ntransfer-encoding: chunked\r\n\r\n")
    await _for_ever(writer, b"8000\r\n" + b"x" * 0x8000 + b"\r\n", 0.0)


async def has_an_endless_head(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nx: ")
    await _for_ever(writer, b"x" * 65536, 0.0)


async def _for_ever(writer: asyncio.StreamWriter, part: bytes, pause_s: float) -> None:
    while True:
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(pause_s)


@asynccontextmanager
async def hostile_server(files: WalletIdentities, talks: Talks) -> AsyncIterator[int]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(files.push_certificate, files.push_key)
    talking: set[asyncio.Task[Any] | None] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talking.add(asyncio.current_task())
        with suppress(OSError, asyncio.CancelledError):
            await reader.readuntil(b"\r\n\r\n")
            await talks(writer)
        writer.transport.abort()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]
        for task in talking:
            assert task is not None
            task.cancel()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("talks", "ends"),
    [
        (says_nothing, NoAnswer),
        (dribbles, NoAnswer),
        (dribbles_its_head, NoAnswer),
        (promises_for_ever, NoAnswer),
        (has_an_endless_head, NoAnswer),
        (never_ends, Refused),
        (never_ends_in_pieces, Refused),
    ],
    ids=lambda value: value.__name__,
)
async def test_a_server_that_is_slow_or_never_ends_is_left_in_time(
    identities: WalletIdentities, talks: Talks, ends: type[Exception]
):
    outward = Outward(1.0, ca=identities.authority.read_text(), answer_limit_bytes=SIZE_LIMIT_BYTES)
    guard = Guard(Names(["127.0.0.1"]), allowed=lambda _: True, ports=None)

    async with hostile_server(identities, talks) as port:
        async with asyncio.timeout(10):
            with pytest.raises(ends):
                await Fetcher(outward, guard).fetch(f"https://localhost:{port}/logo.png", "logo")
    await outward.close()


@asynccontextmanager
async def https_server(files: WalletIdentities, body: bytes) -> AsyncIterator[int]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(files.push_certificate, files.push_key)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize(("host", "good"), [("localhost", True), ("cafe.example", False)])
async def test_the_certificate_is_looked_for_under_the_name_not_the_address(
    identities: WalletIdentities, host: str, good: bool
):
    outward = Outward(5, ca=identities.authority.read_text())
    guard = Guard(Names(["127.0.0.1"]), allowed=lambda _: True, ports=None)

    async with https_server(identities, picture()) as port:
        fetching = Fetcher(outward, guard).fetch(f"https://{host}:{port}/logo.png", "logo")
        if good:
            assert Image.open(io.BytesIO(await fetching)).size == (225, 150)
        else:
            with pytest.raises(NoAnswer):
                await fetching
    await outward.close()


# -- once a change


class Known:
    """A projection with these programs."""

    def __init__(self, *programs: Any) -> None:
        self._programs = programs

    async def catch_up(self) -> None:
        return

    def all(self, kind: Any) -> Any:
        return self._programs


async def work_off(work: Work, fetching: Fetcher, *programs: Any) -> None:
    """Until nothing is due."""
    loop = PictureLoop(work, Known(*programs), fetching)  # type: ignore[arg-type]
    async with work() as tx:
        await store.want(tx.conn, programs)
    while await loop._take_one():
        pass


async def changed(work: Work, program: Any) -> None:
    async with work() as tx:
        await commands.note_changed_looks(tx, {program.id}, set(), [program])


@pytest.fixture
def program() -> Callable[..., Any]:
    program_id = uuid7()
    return lambda version=1, **more: a_program(id=program_id, version=version, **{"logo_url": URL, **more})


async def test_a_picture_is_fetched_once_a_change_and_stored_by_its_hash(work: Work, web: Web, program: Any):
    await changed(work, program(1))
    await work_off(work, fetcher(web))
    first = await store.of_program(work, program().id)
    await changed(work, program(1))
    await work_off(work, fetcher(web), program(1))

    assert len(web.asked) == 1
    assert first.logo is not None
    assert first.hero is None
    kept = await store.load(work, first.logo)
    assert kept is not None
    assert Image.open(io.BytesIO(kept)).size == (225, 150)

    await changed(work, program(2))
    await work_off(work, fetcher(web))
    assert len(web.asked) == 2
    assert await store.of_program(work, program().id) == first


async def test_a_new_picture_draws_the_passes_anew_and_the_same_one_does_not(
    work: Work, web: Web, program: Any, a_card: Any
):
    card = a_card(program_id=program().id)
    async with work() as tx:
        await commands.note_cards(tx, [card])
        await commands.hand_out(tx, card.id, "apple")

    async def revision() -> int:
        async with work.read() as conn:
            return int((await conn.execute(text("SELECT revision FROM passes"))).scalar_one())

    await changed(work, program(1))
    before = await revision()
    await work_off(work, fetcher(web))
    first = await revision()
    await changed(work, program(2))
    await work_off(work, fetcher(web))
    second = await revision()

    assert (first - before, second - first) == (1, 1), "one for the picture, then one for the program alone"


async def test_a_refused_picture_is_none_until_the_program_changes(work: Work, web: Web, program: Any):
    await work_off(work, fetcher(web), program(1))
    web.has("https://cafe.example/new.png", 404)

    await changed(work, program(2, logo_url="https://cafe.example/new.png"))
    await work_off(work, fetcher(web))
    assert await store.of_program(work, program().id) == Pictures()

    await work_off(work, fetcher(web))
    assert len(web.asked) == 2
    await changed(work, program(3))
    await work_off(work, fetcher(web))
    assert (await store.of_program(work, program().id)).logo is not None


async def test_a_server_that_fails_is_asked_again_later_and_the_old_picture_stays(
    work: Work, web: Web, program: Any
):
    await work_off(work, fetcher(web), program(1))
    web.answers[URL] = NoAnswer("ConnectTimeout")
    await changed(work, program(2))
    await work_off(work, fetcher(web))

    assert (await store.of_program(work, program().id)).logo is not None
    async with work.read() as conn:
        row = (
            await conn.execute(
                text(
                    "SELECT status, last_error, next_try_at > now() AS waits FROM program_pictures"
                    " WHERE kind = 'logo'"
                )
            )
        ).one()
    assert row == ("wanted", "NoAnswer", True)


async def test_a_fault_with_one_picture_is_counted_and_holds_up_no_other(work: Work, web: Web, program: Any):
    other = a_program(id=uuid7(), logo_url="https://other.example/logo.png")
    web.answers[URL] = RuntimeError("met something new")
    web.has("https://other.example/logo.png")

    await work_off(work, fetcher(web), program(1), other)

    assert (await store.of_program(work, program().id)).logo is None
    assert (await store.of_program(work, other.id)).logo is not None
    async with work.read() as conn:
        waits = await conn.execute(
            text("SELECT last_error FROM program_pictures WHERE next_try_at > now() AND status = 'wanted'")
        )
        assert list(waits.scalars()) == ["RuntimeError"]


async def test_without_an_address_there_is_no_picture_and_an_older_change_brings_none_back(
    work: Work, web: Web, program: Any
):
    await work_off(work, fetcher(web), program(1))

    await changed(work, program(3, logo_url=None))
    await changed(work, program(2))
    await work_off(work, fetcher(web))

    assert len(web.asked) == 1
    assert await store.of_program(work, program().id) == Pictures()


async def test_what_was_tried_before_comes_after_what_is_new(work: Work, program: Any):
    new = a_program(id=uuid7(), logo_url="https://other.example/logo.png")
    async with work() as tx:
        await store.want(tx.conn, [program(1)])
        slow = await store.claim(tx.conn, uuid7(), 60)
        assert slow is not None
        assert await store.later(tx.conn, slow, "NoAnswer", -3600.0)
        await store.want(tx.conn, [new])

    async with work() as tx:
        first, second = [await store.claim(tx.conn, uuid7(), 60) for _ in range(2)]

    assert first is not None
    assert second is not None
    assert (first.program_id, second.program_id) == (new.id, program().id)


async def test_two_loops_never_fetch_the_same_picture_at_once(work: Work, program: Any):
    async with work() as tx:
        await store.want(tx.conn, [program(1)])

    async with work() as one, work() as other:
        assert await store.claim(one.conn, uuid7(), 60) is not None
        assert await store.claim(other.conn, uuid7(), 60) is None
    async with work() as tx:
        assert await store.claim(tx.conn, uuid7(), 60) is None


async def test_what_came_for_an_older_change_is_not_taken(work: Work, program: Any):
    async with work() as tx:
        await store.want(tx.conn, [program(1)])
        old = await store.claim(tx.conn, uuid7(), 60)
    assert old is not None
    await changed(work, program(2, logo_url="https://cafe.example/new.png"))

    async with work() as tx:
        assert not await store.keep(tx.conn, old, bytes(32), b"old")
    assert await store.of_program(work, program().id) == Pictures()


async def test_pictures_that_nobody_has_had_for_a_day_are_forgotten(work: Work, web: Web, program: Any):
    await work_off(work, fetcher(web), program(1))
    await changed(work, program(2, logo_url=None))

    async def left() -> int:
        async with work() as tx:
            await store.forget_unused(tx.conn)
            return int((await tx.conn.execute(text("SELECT count(*) FROM pictures"))).scalar_one())

    assert await left() == 1
    async with work() as tx:
        await tx.conn.execute(text("UPDATE pictures SET fetched_at = now() - interval '25 hours'"))
    assert await left() == 0
