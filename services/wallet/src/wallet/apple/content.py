"""`pass.json`: a card's pass as Apple Wallet shows it, from what the card and its program are now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from contracts.programs import RewardChanged, Tier
from wallet import recent
from wallet.apple.colours import palette
from wallet.apple.look import Look
from wallet.apple.rules import token_text
from wallet.apple.words import label, told
from wallet.domain import Pass

Field = dict[str, Any]
#: Apple adds `/v1/…` to it.
WEB_SERVICE = "/api/v1/loyalty/apple"
REWARDS_LIMIT, WITHIN_REACH_LIMIT = 20, 5


@dataclass(frozen=True)
class Issuer:
    """Whose passes these are, for Apple."""

    pass_type_id: str
    team_id: str
    #: Where the platform is reached.
    public_base_url: str
    sharing_prohibited: bool = True


def document(held: Pass, look: Look, issuer: Issuer) -> dict[str, Any]:
    """All of `pass.json`. The pass knows its card: one that only the ledger told of has no number."""
    assert held.card_number is not None, "the card of this pass was never heard of"
    program, colours = look.program, palette(look.program.card_color, look.program.card_secondary_color)
    name = program.card_name or told(held.locale, "loyalty-card")
    whole: dict[str, Any] = {
        "formatVersion": 1,
        "passTypeIdentifier": issuer.pass_type_id,
        "teamIdentifier": issuer.team_id,
        "serialNumber": str(held.serial_number),
        "organizationName": look.merchant.name,
        "description": told(held.locale, "of-merchant", card=name, merchant=look.merchant.name),
        "logoText": name,
        "webServiceURL": issuer.public_base_url.rstrip("/") + WEB_SERVICE,
        "authenticationToken": token_text(held),
        "backgroundColor": colours.background.css,
        "foregroundColor": colours.foreground.css,
        "labelColor": colours.label.css,
        "barcodes": [_barcode(held)],
        "voided": is_void(held, look),
        "sharingProhibited": issuer.sharing_prohibited,
        "storeCard": _fields(held, look),
    }
    if look.places:
        whole["locations"] = [
            {"latitude": latitude, "longitude": longitude, "relevantText": place}
            for place, latitude, longitude in look.places
        ]
    return whole


def is_void(held: Pass, look: Look) -> bool:
    """Nothing can be had with it: the card, or what it belongs to, is deleted, or the card is blocked."""
    return held.ended or not held.is_active or look.ended


def shown_number(card_number: str) -> str:
    """Twelve digits in groups."""
    return "-".join(card_number[start : start + 4] for start in range(0, len(card_number), 4))


def _barcode(held: Pass) -> Field:
    return {
        "format": "PKBarcodeFormatQR",
        "message": held.qr_code,
        "messageEncoding": "iso-8859-1",
        "altText": shown_number(held.card_number or ""),
    }


# -- the front


def _fields(held: Pass, look: Look) -> dict[str, list[Field]]:
    kind = look.program.loyalty_type
    # A phone writes primary fields over the strip, which is the stamp card: there are none.
    front: dict[str, list[Field]] = {
        "headerFields": [], "primaryFields": [], "secondaryFields": [], "auxiliaryFields": [],
    }  # fmt: skip
    if kind != "points":
        front["headerFields"].append(_stamps(held, look))
        front["secondaryFields"] += _stamp_reward(held, look)
    if kind == "points":
        front["headerFields"].append(_points(held))
        front["secondaryFields"] += _rewards(held, look)
    if kind == "hybrid":
        front["auxiliaryFields"] += [_points(held), *_rewards(held, look)[:1]]
    if kind != "stamps":
        front["auxiliaryFields"] += _tier(held, look)
    tells = _tells(held, kind)
    field = next(field for fields in front.values() for field in fields if field["key"] == tells)
    field["changeMessage"] = label(f"{tells}-changed")
    return {**front, "backFields": list(_back(held, look))}


def _stamps(held: Pass, look: Look) -> Field:
    value = f"{held.stamp_count} / {look.program.stamps_target}"
    return {"key": "stamps", "label": label("stamps"), "value": value}


def _points(held: Pass) -> Field:
    return {
        "key": "points",
        "label": label("points"),
        "value": held.points_balance,
        "numberStyle": "PKNumberStyleDecimal",
    }


def _tells(held: Pass, kind: str) -> str:
    """The field that tells of a change: one only, else a phone says nothing but that something changed.

    Of a hybrid program it is the one that the newest transaction moved.
    """
    newest = next(iter(recent.read(held.recent)), None)
    moved_points = newest is not None and newest.points != 0 and newest.stamps == 0
    return "points" if kind == "points" or (kind == "hybrid" and moved_points) else "stamps"


def _stamp_reward(held: Pass, look: Look) -> list[Field]:
    program = look.program
    reward = {
        "key": "stamp-reward",
        "label": label("stamp-reward"),
        "value": program.stamps_reward_description,
    }
    ready, missing = divmod(held.stamp_count, program.stamps_target)
    if ready:
        return [reward, {"key": "rewards-ready", "label": label("rewards-ready"), "value": ready}]
    return [
        reward,
        {"key": "stamps-missing", "label": label("stamps-missing"), "value": program.stamps_target - missing},
    ]


def within_reach(held: Pass, look: Look) -> list[RewardChanged]:
    """The rewards that the balance buys now, cheapest first."""
    least = look.program.minimum_redemption_points
    return [one for one in look.rewards if least <= one.points_required <= held.points_balance]


def next_reward(held: Pass, look: Look) -> RewardChanged | None:
    """The cheapest that it does not buy yet."""
    least = look.program.minimum_redemption_points
    above = (one for one in look.rewards if one.points_required > max(held.points_balance, least - 1))
    return next(above, None)


def _rewards(held: Pass, look: Look) -> list[Field]:
    fields: list[Field] = []
    if reached := within_reach(held, look):
        names = ", ".join(one.name for one in reversed(reached[-WITHIN_REACH_LIMIT:]))
        fields.append({"key": "within-reach", "label": label("within-reach"), "value": names})
    if (coming := next_reward(held, look)) is not None:
        missing = coming.points_required - held.points_balance
        text = told(held.locale, "missing-points", name=coming.name, points=missing)
        fields.append({"key": "next-reward", "label": label("next-reward"), "value": text})
    return fields


def tier_of(tiers: Iterable[Tier], tier_points: int) -> Tier | None:
    """The highest that these points reach."""
    reached = [tier for tier in tiers if tier.from_points <= tier_points]
    return reached[-1] if reached else None


def _tier(held: Pass, look: Look) -> list[Field]:
    tier = tier_of(look.program.tiers, held.total_points_earned - held.total_points_voided)
    return [] if tier is None else [{"key": "tier", "label": label("tier"), "value": tier.name}]


# -- the back


def _back(held: Pass, look: Look) -> Iterable[Field]:
    program = look.program
    if program.loyalty_type != "stamps" and look.rewards:
        offered = (
            told(held.locale, "reward", name=one.name, points=one.points_required) for one in look.rewards
        )
        yield _lines("rewards", list(offered)[:REWARDS_LIMIT])
    if lines := [_transaction(held, look, one) for one in recent.read(held.recent)]:
        yield _lines("transactions", lines)
    yield {"key": "card-number", "label": label("card-number"), "value": shown_number(held.card_number or "")}
    if look.stores:
        yield _lines("stores", [_store(one.name, one.city) for one in look.stores[:REWARDS_LIMIT]])
    if program.terms_text:
        yield {"key": "terms", "label": label("terms"), "value": program.terms_text}
    if program.privacy_url:
        yield {"key": "privacy", "label": label("privacy"), "value": program.privacy_url}


def _lines(key: str, lines: list[str]) -> Field:
    return {"key": key, "label": label(key), "value": "\n".join(lines)}


def _store(name: str, city: str | None) -> str:
    return f"{name}, {city}" if city else name


def _transaction(held: Pass, look: Look, one: recent.Recent) -> str:
    """`20/11/2026 · Stamp · +1`"""
    moved = [f"{delta:+d}" for delta in (one.stamps, one.points) if delta]
    return " · ".join([_day(one.at, held, look), told(held.locale, one.type), *moved])


def _day(moment: datetime, held: Pass, look: Look) -> str:
    """The merchant's local day, as the customer's language writes it."""
    return moment.astimezone(ZoneInfo(look.merchant.timezone)).strftime(told(held.locale, "date"))
