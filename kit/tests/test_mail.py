"""Letters leave when their transaction has committed, by a real SMTP server or into a folder, once each."""

from __future__ import annotations

import asyncio
import email
import email.policy
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine, select, update
from sqlalchemy.pool import NullPool

from kit import mail
from kit.ids import now
from kit.mail import Letter, Mail, MailingSettings, letters
from kit.settings import SettingsProblem
from kit.tables import sqlalchemy_url
from kit.testing import Keys
from kit.work import Work, open_engine


class ToySettings(MailingSettings):
    service: ClassVar[str] = "cards"


@pytest.fixture
async def work(plain_database: str) -> AsyncIterator[Work]:
    engine = create_engine(sqlalchemy_url(plain_database), poolclass=NullPool)
    with engine.begin() as connection:
        mail.create_mail(Operations(MigrationContext.configure(connection)))
    pool = open_engine(plain_database, 4)
    yield Work(pool, "cards")
    await pool.dispose()


@pytest.fixture
def office(work: Work, keys: Keys) -> Callable[..., Mail]:
    def make(**settings: Any) -> Mail:
        return Mail(work, ToySettings.load(**keys.settings("cards", "postgresql://x@y/z", **settings)))

    return make


class Server:
    """What an SMTP server was given, and what it answers."""

    def __init__(self) -> None:
        self.got: list[EmailMessage] = []
        self.answer = "250 OK"
        self.to_recipient = "250 OK"

    async def handle_RCPT(self, _: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, _: Any, session: Any, envelope: Any) -> str:
        if self.answer.startswith("250"):
            self.got.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return self.answer


@pytest.fixture
def server() -> Iterator[tuple[Server, dict[str, Any]]]:
    handler = Server()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none"}
    controller.stop()


async def write(work: Work, office: Mail, to: str = "ana@shop.example", **more: Any) -> None:
    async with work() as tx:
        await office.post(tx, Letter(to, "Your card — Büro", "Moien,\n\nhttps://x.example/c/abc", **more))


async def waiting(work: Work) -> list[Any]:
    async with work.read() as conn:
        return list((await conn.execute(select(letters))).all())


async def test_a_letter_arrives_whole_and_its_row_leaves(work, office, server):
    handler, settings = server
    post = office(**settings, mail_from="Shop <post@shop.example>")
    await write(work, post)

    assert await post.send_due() == 1

    (got,) = handler.got
    assert (got["From"], got["To"]) == ("Shop <post@shop.example>", "ana@shop.example")
    assert got["Subject"] == "Your card — Büro"
    assert got.get_content().splitlines() == ["Moien,", "", "https://x.example/c/abc"]
    assert got["Message-ID"].endswith("@shop.example>")
    assert await waiting(work) == []
    assert await post.send_due() == 0


async def test_a_letter_of_a_transaction_that_fails_is_never_sent(work, office, tmp_path):
    post = office(mail_folder=tmp_path / "mail")

    async def fail() -> None:
        async with work() as tx:
            await post.post(tx, Letter("ana@shop.example", "No", "No"))
            raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        await fail()

    assert await post.send_due() == 0


async def test_the_folder_gets_a_readable_file_for_each(work, office, tmp_path):
    post = office(mail_folder=tmp_path / "mail")
    await write(work, post)
    await write(work, post, to="bo@shop.example")

    await post.send_due()

    files = sorted((tmp_path / "mail").iterdir())
    read = [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]
    assert [message["To"] for message in read] == ["ana@shop.example", "bo@shop.example"]
    assert all(file.suffix == ".eml" for file in files)


@pytest.mark.parametrize("answers", [{"answer": "451 later"}, {"to_recipient": "450 later"}])
async def test_a_server_that_is_busy_gets_it_later_with_the_same_message_id(work, office, server, answers):
    handler, settings = server
    post = office(**settings)
    vars(handler).update(answers)
    await write(work, post)

    await post.send_due()
    (row,) = await waiting(work)
    assert row.tries == 1
    assert timedelta(0) < row.due_at - now() <= timedelta(seconds=mail.FIRST_PAUSE_S)

    handler.answer = handler.to_recipient = "250 OK"
    async with work() as tx:
        await tx.conn.execute(update(letters).values(due_at=now()))
    await post.send_due()
    assert handler.got[0]["Message-ID"] == f"<{row.id}@localhost>"
    assert await waiting(work) == []


@pytest.mark.parametrize(
    "answers", [{"answer": "554 never"}, {"to_recipient": "550 no such ana@shop.example"}]
)
async def test_a_letter_that_is_refused_is_given_up_without_its_address_in_the_log(
    work, office, server, answers, caplog
):
    handler, settings = server
    post = office(**settings)
    vars(handler).update(answers)
    await write(work, post)

    await post.send_due()

    assert await waiting(work) == []
    assert "a letter is given up" in caplog.text
    assert "ana" not in caplog.text


async def test_nothing_is_lost_while_the_server_is_away_and_given_up_only_after_days(work, office, caplog):
    post = office(smtp_host="127.0.0.1", smtp_port=1, smtp_security="none")
    await write(work, post)

    await post.send_due()
    assert len(await waiting(work)) == 1

    old = now() - mail.GIVEN_UP_AFTER
    async with work() as tx:
        await tx.conn.execute(update(letters).values(due_at=now(), written_at=old))
    await post.send_due()
    assert await waiting(work) == []
    assert "given up after 2 tries" in caplog.text


async def test_two_processes_send_each_letter_once(work, office, server):
    handler, settings = server
    one, two = office(**settings), office(**settings)
    for number in range(20):
        await write(work, one, to=f"p{number}@shop.example")

    while sum(await asyncio.gather(one.send_due(), two.send_due())):
        pass

    assert sorted(m["To"] for m in handler.got) == sorted(f"p{n}@shop.example" for n in range(20))


async def test_an_address_that_no_header_holds_stops_nobody_elses_letter(work, office, tmp_path, caplog):
    post = office(mail_folder=tmp_path / "mail")
    await write(work, post, to="a@x.example\nBcc: b@x.example")
    await write(work, post)

    await post.send_due()

    assert len(list((tmp_path / "mail").iterdir())) == 1
    assert await waiting(work) == []


async def test_letters_about_a_person_are_taken_back(work, office, tmp_path):
    post, person = office(mail_folder=tmp_path / "mail"), uuid4()
    await write(work, post, about=person)
    await write(work, post, about=uuid4())

    async with work() as tx:
        await post.take_back(tx, person)

    assert await post.send_due() == 1


async def test_the_background_sends_at_once_what_commits_and_waits_where_there_is_no_way_out(
    work, office, tmp_path, caplog
):
    await asyncio.wait_for(office().run(), 5)
    assert "no mail leaves" in caplog.text

    post = office(mail_folder=tmp_path / "mail")
    running = asyncio.create_task(post.run())
    await asyncio.sleep(0.2)
    await write(work, post)
    for _ in range(100):  # less than until it looks by itself
        if list((tmp_path / "mail").glob("*.eml")):
            break
        await asyncio.sleep(0.02)
    else:
        pytest.fail("the letter was not sent at once")
    running.cancel()


@pytest.mark.parametrize(
    "wrong",
    [
        {"mail_folder": Path("mail"), "smtp_host": "x.example"},
        {"smtp_user": "somebody"},
        {"mail_from": "Shop"},
    ],
)
def test_settings_that_contradict_one_another_are_refused(keys, wrong):
    with pytest.raises(SettingsProblem):
        ToySettings.load(**keys.settings("cards", "postgresql://x@y/z", **wrong))
