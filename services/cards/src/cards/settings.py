"""The few settings of the cards service, on top of what every service has."""

from __future__ import annotations

from typing import ClassVar

from kit.mail import MailingSettings


class CardsSettings(MailingSettings):
    service: ClassVar[str] = "cards"

    #: Asked for a merchant, store or program that this service has not heard of yet.
    programs_url: str
    #: Asked for their parts of a customer's archive; a part that cannot be had is said to be missing.
    ledger_url: str = ""
    wallet_url: str = ""
