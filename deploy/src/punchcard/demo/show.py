"""What the demo says: `punchcard demo`, `punchcard seed`, and its past while it comes in."""

from __future__ import annotations

import json
import time
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from punchcard.demo import bringing, seed
from punchcard.embedded.process import recorded
from punchcard.home import Home
from punchcard.keys import ADMIN_EMAIL, Keys
from punchcard.problems import Found, MachineCannot
from punchcard.services import GATEWAY
from punchcard.transfer.admin import Access

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
    if past := document.get("past"):
        out.print(f"\nThe past: {past['customers']:,} cards more, with {past['rows']:,} rows of history")


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


def seed_running(home: Home, out: Console) -> None:
    """Add the demo and its past to the platform of this directory; says what it did."""
    access = Access(gateway_of(home), ADMIN_EMAIL, Keys(home.keys).admin_password().read_text())
    if seed.is_seeded(access.url, home.demo):
        out.print("The demo data is there already.")
    else:
        made = seed.seed(access.url, (access.email, access.password), home.demo)
        cards = sum(len(merchant["cards"]) for merchant in made["merchants"])
        out.print(f"Made {len(made['merchants'])} merchants with {cards} cards; see {home.demo}.")
    bring_past(access, home, out)


def bring_past(access: Access, home: Home, out: Console) -> None:
    """60 days of history into the platform that runs, unless they are there. Found when rows are refused."""
    if bringing.is_whole(home.demo):
        out.print("  [green]✓[/green] the demo's past is there")
        return
    began = time.monotonic()
    words = "the demo's past: 1,800 more cards with 60 days of history, by the import; 5 to 60 s"
    out.print(f"  … {words}", soft_wrap=True)
    columns = (TextColumn("    rows"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as progress:
        task = progress.add_task("rows", total=None)
        brought = bringing.bring(
            access,
            home.demo,
            home.past,
            progress=lambda done, total: progress.update(task, completed=done, total=total),
        )
    if brought.refused:
        raise Found(f"{brought.refused:,} rows were not taken")
    seconds = time.monotonic() - began
    words = f"{brought.customers:,} cards and {brought.rows:,} rows of history, from {home.past}"
    if brought.known:
        words += f"; {brought.known:,} of all were there"
    out.print(f"  [green]✓[/green] {'the past':<26} {seconds:6.1f} s   {escape(words)}", soft_wrap=True)


def gateway_of(home: Home) -> str:
    """Where the gateway of the platform that runs here answers."""
    record = home.record(GATEWAY.name)
    process = recorded(record)
    if process is None:
        raise MachineCannot(f"No platform runs in {home.path}: start it by `make up`.")
    return f"http://127.0.0.1:{process.environ()['HTTP_PORT']}"
