"""`punchcard demo` and `punchcard seed`: what the demo holds, and adding it to a platform that runs."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Console
from rich.markup import escape

from punchcard.demo import seed
from punchcard.embedded.process import recorded
from punchcard.home import Home
from punchcard.keys import ADMIN_EMAIL, Keys
from punchcard.problems import MachineCannot
from punchcard.services import GATEWAY

#: Cards shown for each merchant; demo.json holds all.
CARDS_SHOWN = 5


def required(home: Home) -> dict[str, Any]:
    """The demo's document; MachineCannot when there is none."""
    document = seed.load(home.demo)
    if document is None:
        if recorded(home.record(GATEWAY.name)) is not None:
            raise MachineCannot(
                f"There is no demo in {home.demo} (yet): `make seed` adds it to the platform that runs."
            )
        raise MachineCannot(
            f"There is no demo in {home.demo}: `make up` makes it, "
            "and `make seed` adds it to a platform that runs."
        )
    return document


def tables(document: dict[str, Any], out: Console) -> None:
    admin = document["admin"]
    out.print(
        f"API {document['gateway']}   administrator {admin['email']}  {admin['password']}", soft_wrap=True
    )
    for merchant in document["merchants"]:
        owner = merchant["owner"]
        out.print(f"\n[bold]{escape(merchant['name'])}[/bold]   owner {owner['email']}  {owner['password']}")
        staff = "   ".join(f"{row['name']} {row['code']}/{row['pin']}" for row in merchant["staff"])
        out.print(f"  staff code/PIN   {escape(staff)}")
        rows = [
            (store["name"], terminal["name"], terminal["api_key"])
            for store in merchant["stores"]
            for terminal in store["terminals"]
        ]
        rows += [("card", card["card_number"], card["qr"]) for card in merchant["cards"][:CARDS_SHOWN]]
        for kind, name, value in rows:
            out.print(f"  {escape(kind):<16} {escape(name):<24} {escape(value)}", soft_wrap=True)
        more = len(merchant["cards"]) - CARDS_SHOWN
        if more > 0:
            out.print(f"  and {more} more cards")


def a_stamp(document: dict[str, Any]) -> str:
    """A command that adds a stamp to a card of the demo; each time it is pasted, one more."""
    merchant = document["merchants"][0]
    key = merchant["stores"][0]["terminals"][0]["api_key"]
    staff = {name: merchant["staff"][0][name] for name in ("code", "pin")}
    body = json.dumps({"qr": merchant["cards"][0]["qr"], "staff": staff})
    return (
        f"curl -sS {document['gateway']}/api/v1/vendor/loyalty/stamp -H 'Authorization: Bearer {key}' "
        "-H 'Content-Type: application/json' -H \"Idempotency-Key: try-$(date +%s)-$$-$RANDOM\" "
        f"-d '{body}'; echo"
    )


def seed_running(home: Home) -> str:
    """Add the demo to the platform of this directory; says what it did."""
    gateway = gateway_of(home)
    if seed.is_seeded(gateway, home.demo):
        return "The demo data is there already."
    admin = ADMIN_EMAIL, Keys(home.keys).admin_password().read_text()
    made = seed.seed(gateway, admin, home.demo)
    cards = sum(len(merchant["cards"]) for merchant in made["merchants"])
    return f"Made {len(made['merchants'])} merchants with {cards} cards; see {home.demo}."


def gateway_of(home: Home) -> str:
    """Where the gateway of the platform that runs here answers."""
    record = home.record(GATEWAY.name)
    process = recorded(record)
    if process is None:
        raise MachineCannot(f"No platform runs in {home.path}: start it by `make up`.")
    return f"http://127.0.0.1:{process.environ()['HTTP_PORT']}"
