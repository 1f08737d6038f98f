"""How long owners wait for the cards they search, among many."""

from __future__ import annotations

import random
import time
from typing import Any, NamedTuple

import psycopg

from punchcard.bench.generated import fill
from punchcard.bench.ground import Ground
from punchcard.bench.load import percentile
from punchcard.bench.person import Person
from punchcard.bench.shop import Shop, open_shop
from punchcard.problems import Found

EACH_KIND = 40
_SYLLABLES = (
    *("an", "be", "ca", "de", "el", "fa", "ga", "ho", "in", "ja", "ka", "li", "mo", "ni", "os", "pe", "qui"),
    *("ro", "sa", "te", "ul", "va", "wei", "yo", "zi", "schmi", "mul", "tho"),
)


class Someone(NamedTuple):
    """A member to search for."""

    email: str
    phone: str
    first_name: str
    last_name: str
    card_number: str

    def searches(self) -> dict[str, str]:
        """What an owner may type."""
        first, last = self.first_name, self.last_name
        return {
            "last name": last,
            "start of last name": last[:3],
            "two letters": last[:2],
            "both names": f"{first} {last}",
            "starts of both": f"{first[:2]} {last[:4]}",
            "e-mail": self.email,
            "phone": self.phone,
            "number": self.card_number,
        }


def measure(ground: Ground) -> dict[str, float]:
    """The p95 of all kinds of searches together, at the gateway, by an owner."""
    shop = open_shop(ground.stack, 0)
    people = _generate(ground, shop)
    took_ms: dict[str, list[float]] = {}
    ground.slowness.look()
    with Person.signed_in(ground.stack, shop.owner) as owner:
        for someone in people:
            for kind, words in someone.searches().items():
                answer, took = owner.get("/cards", {"search": words})
                if not answer["items"]:
                    raise Found(f"A search by {kind} found nobody.")
                took_ms.setdefault(kind, []).append(took)
    for kind, each in took_ms.items():
        ground.seen["search"].append({"kind": kind, "p50_ms": _p(each, 0.5), "p95_ms": _p(each, 0.95)})
    every = [took for each in took_ms.values() for took in each]
    return {"search_p95_ms_1m_cards": _p(every, 0.95), "search_p50_ms_1m_cards": _p(every, 0.5)}


def _p(values: list[float], share: float) -> float:
    return percentile(sorted(values), share)


def _generate(ground: Ground, shop: Shop) -> list[Someone]:
    """Members, their words, cards and accounts; some of them to search for."""
    first, last = names(500, 1), names(20_000, 2)
    given: dict[str, Any] = {
        "merchant": shop.merchant_id, "program": shop.program_id, "store": shop.caller.store_id,
        "cards": ground.sizes.searched_cards, "seed": shop.slug, "from_ms": int(time.time() * 1000),
        "first": first, "firsts": len(first), "last": last, "lasts": len(last),
    }  # fmt: skip
    fill(ground, "ledger", "search.ledger.sql", given)
    fill(ground, "cards", "search.cards.sql", given, ("customers", "customer_words", "cards"))
    with psycopg.connect(ground.stack.urls("cards").owner) as conn:
        found = conn.execute(
            "SELECT email, phone, first_name, last_name, card_number FROM customers"
            " JOIN cards ON customer_id = customers.id WHERE customers.merchant_id = %s"
            " ORDER BY md5(email) LIMIT %s",
            (shop.merchant_id, EACH_KIND),
        )
        return [Someone(*row) for row in found]


def names(count: int, seed: int) -> list[str]:
    """So many names of two to four syllables, each once."""
    drawn = random.Random(seed)  # noqa: S311 - names are no secret
    found: dict[str, None] = {}
    while len(found) < count:
        found["".join(drawn.choices(_SYLLABLES, k=drawn.randint(2, 4))).capitalize()] = None
    return list(found)
