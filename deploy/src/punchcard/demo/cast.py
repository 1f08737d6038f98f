"""Who plays in the demo: merchants, stores, staff, tills, members, all drawn from one seed."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any, NamedTuple

SEED = 20
FIRST_NAMES = (
    *("Anna", "Ben", "Carla", "David", "Elise", "Félix", "Greta", "Hugo", "Ines", "Jan", "Klara", "Léa"),
    *("Marc", "Nina", "Oscar", "Paula", "Quentin", "Rosa", "Sam", "Théo", "Uma", "Victor", "Wanda", "Yann"),
)
LAST_NAMES = (
    *("Adams", "Becker", "Cruz", "Diedrich", "Evans", "Faber", "Garcia", "Hoffmann", "Ivanov", "Jones"),
    *("Kremer", "Lopez", "Muller", "Nguyen", "Olsen", "Peters", "Quinn", "Rossi", "Schmit", "Thill"),
    *("Urban", "Vogel", "Weber", "Young", "Zimmer"),
)


class Store(NamedTuple):
    """`size`: how many of the merchant's customers come here, in per cent."""

    code: str
    name: str
    city: str
    size: int


class Trade(NamedTuple):
    """How the merchant's shops were visited before the demo began."""

    customers: int
    #: From Monday: opening and closing hour, none where it is closed; and how busy the day is.
    hours: tuple[tuple[float, float] | None, ...]
    busy: tuple[float, ...]
    #: The busiest hour, and the smallest, commonest and largest purchase in minor units.
    peak: float
    purchase: tuple[int, int, int]


class Staff(NamedTuple):
    code: str
    name: str
    pin: str
    role: str


class Member(NamedTuple):
    """A customer, and what the demo does with the card: stamps, and purchases in minor units."""

    body: dict[str, Any]
    store: int
    stamps: int
    purchases: tuple[int, ...]


class Merchant(NamedTuple):
    body: dict[str, Any]
    program: dict[str, Any]
    rewards: tuple[dict[str, Any], ...]
    stores: tuple[Store, ...]
    staff: tuple[Staff, ...]
    members: tuple[Member, ...]
    trade: Trade
    owner_email: str
    owner_password: str

    @property
    def slug(self) -> str:
        return str(self.body["slug"])


#: No pauses and no daily limit: whoever tries the demo wants to stamp twice.
_FREE_HAND = {"cooldown_minutes": 0, "max_daily_stamps": None}

_CAFE: dict[str, Any] = {
    "body": {
        "name": "Café Lumière",
        "slug": "cafe-lumiere",
        "country": "LU",
        "currency": "EUR",
        "timezone": "Europe/Luxembourg",
        "default_locale": "fr",
        "contact_email": "bonjour@cafe-lumiere.example",
    },
    "program": {
        "loyalty_type": "stamps",
        "stamps_target": 10,
        "stamps_reward_description": "Un café au choix",
        "stamps_reward_value_cents": 420,
        "card_name": "Carte Lumière",
        "card_color": "#B45309",
    },
    "rewards": (),
    "stores": (
        ("gare", "Gare", "Luxembourg", 42),
        ("limp", "Limpertsberg", "Luxembourg", 27),
        ("belval", "Belval", "Esch", 20),
        ("dikrech", "Diekirch", "Diekirch", 11),
    ),
    "members": 80,
    "trade": Trade(
        customers=720,
        hours=(*[(7.0, 18.5)] * 5, (8.0, 18.0), None),
        busy=(1.0, 1.0, 1.0, 1.05, 1.2, 0.7, 0.0),
        peak=8.5,
        purchase=(250, 480, 1900),
    ),
}
_BOOKS: dict[str, Any] = {
    "body": {
        "name": "Harbour Books",
        "slug": "harbour-books",
        "country": "GB",
        "currency": "GBP",
        "timezone": "Europe/London",
        "default_locale": "en",
        "contact_email": "hello@harbour-books.example",
    },
    "program": {
        "loyalty_type": "points",
        "points_per_euro": 2,
        "minimum_redemption_points": 100,
        "tier_config": {
            "tiers": [
                {"name": "Reader", "from_points": 0, "multiplier_percent": 100},
                {"name": "Bookworm", "from_points": 500, "multiplier_percent": 125},
            ]
        },
        "card_name": "Harbour Card",
        "card_color": "#0F766E",
    },
    "rewards": (
        {"name": "£5 off", "points_required": 250, "value_cents": 500},
        {"name": "A paperback", "points_required": 400, "value_cents": 899, "stock": 100},
    ),
    "stores": (
        ("quay", "The Quay", "Bristol", 38),
        ("north", "North Street", "Bristol", 28),
        ("bath", "Milsom", "Bath", 22),
        ("exe", "Exeter Green", "Exeter", 12),
    ),
    "members": 60,
    "trade": Trade(
        customers=540,
        hours=(*[(9.5, 18.0)] * 5, (9.0, 18.5), (11.0, 16.0)),
        busy=(0.7, 0.8, 0.8, 0.9, 1.1, 1.9, 0.9),
        peak=14.5,
        purchase=(399, 1299, 7500),
    ),
}
_BAKERY: dict[str, Any] = {
    "body": {
        "name": "Juniper Bakery",
        "slug": "juniper-bakery",
        "country": "US",
        "currency": "USD",
        "timezone": "America/New_York",
        "default_locale": "en",
        "contact_email": "hi@juniper-bakery.example",
    },
    "program": {
        "loyalty_type": "hybrid",
        "stamps_target": 8,
        "stamps_reward_description": "A free loaf",
        "stamps_reward_value_cents": 650,
        "points_per_euro": 1,
        "welcome_bonus_points": 20,
        "minimum_redemption_points": 50,
        "card_name": "Juniper Club",
        "card_color": "#4F46E5",
    },
    "rewards": ({"name": "Cinnamon roll", "points_required": 60, "value_cents": 450},),
    "stores": (
        ("ast", "Astoria", "New York", 24),
        ("bk", "Bedford", "Brooklyn", 40),
        ("jc", "Grove", "Jersey City", 21),
        ("hob", "Hoboken", "Hoboken", 15),
    ),
    "members": 60,
    "trade": Trade(
        customers=540,
        hours=(*[(6.0, 16.0)] * 5, (6.5, 15.0), (7.0, 13.0)),
        busy=(0.8, 0.8, 0.9, 0.9, 1.0, 1.5, 1.3),
        peak=8.0,
        purchase=(325, 850, 3600),
    ),
}


def cast(seed: int = SEED) -> list[Merchant]:
    """The same for the same seed, always."""
    draw = random.Random(seed)  # noqa: S311 - chosen for being the same each time
    return [_merchant(draw, plan) for plan in (_CAFE, _BOOKS, _BAKERY)]


def _merchant(draw: random.Random, plan: dict[str, Any]) -> Merchant:
    slug = plan["body"]["slug"]
    stores = tuple(Store(*row) for row in plan["stores"])
    kind = plan["program"]["loyalty_type"]
    return Merchant(
        body=plan["body"],
        program=plan["program"] | _FREE_HAND,
        rewards=plan["rewards"],
        stores=stores,
        staff=_staff(draw),
        members=tuple(_member(draw, number, slug, kind, len(stores)) for number in range(plan["members"])),
        trade=plan["trade"],
        owner_email=f"owner@{slug}.example",
        owner_password=f"{draw.choice(LAST_NAMES).lower()}-{draw.randrange(10**9):09d}-{slug[:6]}",
    )


def _staff(draw: random.Random) -> tuple[Staff, ...]:
    """The first one is the manager; all work at every store."""
    names = draw.sample(FIRST_NAMES, 3)
    roles = ("manager", "staff", "staff")
    codes = ("01", "02", "03")
    return tuple(
        Staff(code, name, _pin(draw), role) for code, name, role in zip(codes, names, roles, strict=True)
    )


def _pin(draw: random.Random) -> str:
    """Six digits that neither are all equal nor count up or down."""
    while True:
        pin = f"{draw.randrange(10**6):06d}"
        steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
        if len(steps) > 1:
            return pin


def _member(draw: random.Random, number: int, slug: str, kind: str, stores: int) -> Member:
    first, last = draw.choice(FIRST_NAMES), draw.choice(LAST_NAMES)
    body = {
        "email": f"member{number + 1:03d}@{slug}.example",
        "first_name": first,
        "last_name": last,
        "locale": draw.choice(("en", "fr", "de")),
        "marketing_consent": draw.random() < 0.4,
    }
    stamps = draw.randint(0, 12) if kind != "points" else 0
    purchases = tuple(draw.randint(150, 6000) for _ in range(draw.randint(0, 5))) if kind != "stamps" else ()
    return Member(body, draw.randrange(stores), stamps, purchases)
