"""Mail: letters kept by the transaction that causes them, then sent through SMTP or into a folder."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from collections.abc import Sequence
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self
from uuid import UUID

from pydantic import Field, SecretStr, field_validator, model_validator
from sqlalchemy import (
    Column,
    DateTime,
    Index,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
    delete,
    insert,
    select,
    update,
)

from kit.ids import now, uuid7
from kit.settings import ServiceSettings
from kit.telemetry import log
from kit.work import Tx, Work

if TYPE_CHECKING:  # a service that runs needs none of it, and it is eight megabytes
    from alembic.operations import Operations

metadata = MetaData()

#: Letters that wait. They hold an address and a secret link, so a row leaves as soon as its letter has.
letters = Table(
    "letters",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("about", Uuid),  # whom it is about: erased with them
    Column("recipient", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("written_at", DateTime(timezone=True), nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("tries", SmallInteger, nullable=False),
    Index("letters_due", "due_at"),
    Index("letters_about", "about"),
)

#: One that sends has this long before another takes the letter up.
LEASE = timedelta(minutes=2)
#: After this a letter is of no use to anyone.
GIVEN_UP_AFTER = timedelta(days=2)
FIRST_PAUSE_S, LONGEST_PAUSE_S = 5, 1800
AT_ONCE, LOOK_EVERY_S = 8, 5.0


def create_mail(op: Operations) -> None:
    """The table, for a service's migration."""
    metadata.create_all(op.get_bind())


class MailingSettings(ServiceSettings):
    """Where letters go: an SMTP server, or a folder. With neither they wait."""

    mail_folder: Path | None = None
    mail_from: str = "Punchcard <no-reply@localhost>"
    smtp_host: str | None = None
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_timeout_s: float = Field(default=15, gt=0, le=100)

    @field_validator("mail_from")
    @classmethod
    def _from(cls, text: str) -> str:
        if "@" not in parseaddr(text)[1] or "\n" in text:
            raise ValueError("must be an address, or a name and an address: Shop <post@shop.example>")
        return text

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.mail_folder is not None and self.smtp_host is not None:
            raise ValueError("MAIL_FOLDER and SMTP_HOST exclude one another")
        if (self.smtp_user is None) != (self.smtp_password is None):
            raise ValueError("SMTP_USER and SMTP_PASSWORD go together")
        return self


class Letter(NamedTuple):
    """Plain text to one address. `about` is the person whose erasure takes it back."""

    to: str
    subject: str
    text: str
    about: UUID | None = None


class Refused(Exception):
    """The server will not take this letter, now or later."""


class Mail:
    """The post office of one service; `run` is its background work."""

    def __init__(self, work: Work, settings: MailingSettings) -> None:
        self._work = work
        self._settings = settings
        self._something = asyncio.Event()

    async def post(self, tx: Tx, letter: Letter) -> None:
        """Send it once this transaction has committed; sent twice at most where a process is killed."""
        moment = now()
        row = {
            "id": uuid7(),
            "about": letter.about,
            "recipient": letter.to,
            "subject": letter.subject,
            "body": letter.text,
            "written_at": moment,
            "due_at": moment,
            "tries": 0,
        }
        await tx.conn.execute(insert(letters), [row])
        tx.after_commit(self._something.set)

    async def take_back(self, tx: Tx, about: UUID) -> None:
        """Forget the letters about this person that have not left."""
        await tx.conn.execute(delete(letters).where(letters.c.about == about))

    async def run(self) -> None:
        """Send what is due, for ever."""
        if self._settings.mail_folder is None and self._settings.smtp_host is None:
            log.warning("no mail leaves: set SMTP_HOST or MAIL_FOLDER; letters wait")
            return
        if self._settings.mail_folder is not None:
            log.info("mail is written to %s", self._settings.mail_folder)
        while True:
            self._something.clear()
            while await self.send_due():
                pass
            try:
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._something.wait()
            except TimeoutError:
                continue

    async def send_due(self) -> int:
        """Send a few of those that are due; how many were tried."""
        rows = await self._claim()
        await asyncio.gather(*(self._send(row) for row in rows))
        return len(rows)

    async def _claim(self) -> Sequence[Any]:
        due = (
            select(letters.c.id)
            .where(letters.c.due_at <= now())
            .order_by(letters.c.due_at)
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        claim = (
            update(letters)
            .where(letters.c.id.in_(due))
            .values(due_at=now() + LEASE, tries=letters.c.tries + 1)
            .returning(*letters.c)
        )
        async with self._work() as tx:
            return (await tx.conn.execute(claim)).all()

    async def _send(self, row: Any) -> None:
        try:
            await asyncio.to_thread(deliver, self._settings, message_of(row, self._settings.mail_from))
        except (Refused, ValueError) as refused:  # a ValueError: an address that no header can hold
            why = refused if isinstance(refused, Refused) else "its address cannot be written"
            log.error("a letter is given up: %s", why)
        except (OSError, smtplib.SMTPException) as error:
            if now() - row.written_at < GIVEN_UP_AFTER:
                await self._later(row, error)
                return
            log.error("a letter is given up after %s tries: %s", row.tries, type(error).__name__)
        async with self._work() as tx:
            await tx.conn.execute(delete(letters).where(letters.c.id == row.id))

    async def _later(self, row: Any, error: Exception) -> None:
        pause_s = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(row.tries - 1, 12))
        log.warning("a letter waits %s s for its next try: %s", pause_s, type(error).__name__)
        due_at = now() + timedelta(seconds=pause_s)
        async with self._work() as tx:
            await tx.conn.execute(update(letters).where(letters.c.id == row.id).values(due_at=due_at))


def message_of(row: Any, sender: str) -> EmailMessage:
    """The letter as RFC 5322 has it; its Message-ID is the same at every try."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = row.recipient
    message["Subject"] = row.subject
    message["Date"] = format_datetime(row.written_at)
    message["Message-ID"] = f"<{row.id}@{parseaddr(sender)[1].rpartition('@')[2] or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(row.body)
    return message


def deliver(settings: MailingSettings, message: EmailMessage) -> None:
    """Hand it over. Refused when the server never will take it; OSError or SMTPException when not now."""
    if settings.mail_folder is not None:
        _into(settings.mail_folder, message)
        return
    assert settings.smtp_host is not None
    try:
        with _connect(settings) as server:
            if settings.smtp_user and settings.smtp_password:
                server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        ((code, _),) = error.recipients.values()
        if code >= 500:
            raise Refused(f"the server answered {code} to the recipient") from None
        raise
    except smtplib.SMTPNotSupportedError:
        raise Refused("the server cannot do what it takes (SMTPUTF8, STARTTLS or AUTH)") from None
    except (smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as error:
        if error.smtp_code >= 500:
            raise Refused(f"the server answered {error.smtp_code}") from None
        raise


def _connect(settings: MailingSettings) -> smtplib.SMTP:
    assert settings.smtp_host is not None
    context = ssl.create_default_context()
    if settings.smtp_security == "tls":
        return smtplib.SMTP_SSL(
            settings.smtp_host, settings.smtp_port, timeout=settings.smtp_timeout_s, context=context
        )
    server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=settings.smtp_timeout_s)
    if settings.smtp_security == "starttls":
        server.starttls(context=context)
    return server


def _into(folder: Path, message: EmailMessage) -> None:
    """As a file named by the letter's id: whole or not there, and the same one at a second try."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{str(message['Message-ID']).strip('<>').partition('@')[0]}.eml"
    unfinished = folder / f".{name}"
    unfinished.write_bytes(bytes(message))
    unfinished.rename(folder / name)
