"""What may be asked of the cards service: join, links, change, delete and restore, erase."""

from cards.commands.deletion import delete_card, restore_card
from cards.commands.erasure import erase_customer
from cards.commands.joining import (
    Desk,
    Enrolled,
    Joining,
    change_customer,
    enrol,
    link_hash,
    new_link,
)
from cards.commands.self_enrolment import join

__all__ = [
    "Desk",
    "Enrolled",
    "Joining",
    "change_customer",
    "delete_card",
    "enrol",
    "erase_customer",
    "join",
    "link_hash",
    "new_link",
    "restore_card",
]
