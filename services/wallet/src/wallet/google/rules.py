"""What Google Wallet is to show: the class of a program and the object of a card, as pure functions."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.programs import MerchantChanged, ProgramChanged, RewardChanged, StoreChanged
from wallet.domain import Pass
from wallet.google.words import as_given, localized, word

MERCHANT_LOCATIONS_MAX = 10
REWARDS_SHOWN = 5
INT32_MAX = 2**31 - 1
#: Google cuts what is longer.
BODY_MAX, NAME_MAX = 500, 120
CALLBACK_PATH = "/api/v1/loyalty/google/callback"
#: The logo of a program that has none, at the gateway: Google takes no class without.
LOGO_PATH = "/logo.png"

#: A class or an object as JSON.
Shown = Mapping[str, Any]

_SUFFIX = re.compile(r"[A-Za-z0-9._-]{1,120}")
_ISSUER = re.compile(r"[0-9]{1,20}")
#: What a PATCH has to take away where it is not there any more: Google keeps what a PATCH does not name.
CLASS_MAY_LOSE: Mapping[str, Any] = {"heroImage": None, "textModulesData": [], "linksModuleData": None}
OBJECT_MAY_LOSE: Mapping[str, Any] = {"secondaryLoyaltyPoints": None}


@dataclass(frozen=True)
class Look:
    """What is known of a program and of whose it is."""

    merchant: MerchantChanged
    program: ProgramChanged
    stores: Sequence[StoreChanged] = ()
    rewards: Sequence[RewardChanged] = ()

    @property
    def version(self) -> int:
        """Grows with whatever becomes known of the class: who knows less never undoes what another showed."""
        return self.merchant.version + self.program.version + sum(store.version for store in self.stores)

    @property
    def gone(self) -> bool:
        """Merchant or program are deleted: nothing of theirs is shown any more."""
        return self.merchant.deleted_at is not None or self.program.deleted_at is not None


def issuer_of(program: ProgramChanged, platform_issuer: str) -> str:
    """The program's own issuer, where it has one."""
    own = program.google_issuer_id or ""
    return own if _ISSUER.fullmatch(own) else platform_issuer


def class_id(program: ProgramChanged, issuer: str) -> str:
    """`issuer.suffix`: the suffix that was chosen for the program, or one of its id."""
    chosen = (program.google_class_id or "").removeprefix(f"{issuer}.")
    return f"{issuer}.{chosen if _SUFFIX.fullmatch(chosen) else f'program-{program.id.hex}'}"


def object_id(serial_number: UUID, issuer: str) -> str:
    """Of the pass's serial number: it names no card to whoever sees it."""
    return f"{issuer}.{serial_number.hex}"


def loyalty_class(look: Look, named: str, base_url: str) -> dict[str, Any]:
    """The whole loyaltyClass."""
    merchant, program = look.merchant, look.program
    language = merchant.default_locale
    shown: dict[str, Any] = {
        "id": named,
        "issuerName": merchant.name[:NAME_MAX],
        "localizedIssuerName": as_given(merchant.name[:NAME_MAX], language),
        "programName": program.card_name or word("card_name", language),
        "localizedProgramName": (
            as_given(program.card_name, language) if program.card_name else localized("card_name", language)
        ),
        "programLogo": _image(program.logo_url or base_url + LOGO_PATH, language),
        "reviewStatus": "UNDER_REVIEW",
        "hexBackgroundColor": program.card_color.lower(),
        "countryCode": merchant.country,
        "accountNameLabel": word("card", language),
        "localizedAccountNameLabel": localized("card", language),
        "accountIdLabel": word("card_number", language),
        "localizedAccountIdLabel": localized("card_number", language),
        "multipleDevicesAndHoldersAllowedStatus": "ONE_USER_ALL_DEVICES",
        "merchantLocations": _locations(look.stores),
    }
    if program.hero_image_url:
        shown["heroImage"] = _image(program.hero_image_url, language)
    if program.terms_text:
        shown["textModulesData"] = [_module("terms", program.terms_text, language)]
    if program.privacy_url:
        shown["linksModuleData"] = {"uris": [_link(program.privacy_url, language)]}
    if base_url.startswith("https://"):
        shown["callbackOptions"] = {"url": base_url + CALLBACK_PATH}
    return shown


def loyalty_object(held: Pass, look: Look, named: str, class_named: str, at: datetime) -> dict[str, Any]:
    """The whole loyaltyObject, as of that instant. One that has ended shows nothing of its card any more."""
    if held.ended or look.gone:
        return _ended(named, class_named)
    number = held.card_number or ""
    language = held.locale or look.merchant.default_locale
    shown: dict[str, Any] = {
        "id": named,
        "classId": class_named,
        "state": "ACTIVE" if held.is_active else "INACTIVE",
        "accountId": number,
        "accountName": _grouped(number),
        "barcode": {"type": "QR_CODE", "value": held.qr_code or "", "alternateText": _grouped(number)},
        "textModulesData": _modules(held, look, language, at),
    }
    match look.program.loyalty_type:
        case "stamps":
            shown["loyaltyPoints"] = _balance("stamps", held.stamp_count, language)
        case "points":
            shown["loyaltyPoints"] = _balance("points", held.points_balance, language)
        case "hybrid":
            shown["loyaltyPoints"] = _balance("points", held.points_balance, language)
            shown["secondaryLoyaltyPoints"] = _balance("stamps", held.stamp_count, language)
    return shown


def balance_of(shown: Shown) -> int:
    """The balance whose change a phone may tell."""
    balance: int = shown["loyaltyPoints"]["balance"]["int"]
    return balance


def is_news(shown: Shown, balance_before: int | None) -> bool:
    """Whether a phone may be told of it: a card in use has another balance than Google last had."""
    if balance_before is None or shown["state"] != "ACTIVE":
        return False
    return balance_of(shown) != balance_before


def as_patch(shown: Shown, may_lose: Mapping[str, Any]) -> dict[str, Any]:
    """The same as a PATCH, which also takes away what is not there any more."""
    return {**may_lose, **shown}


def digest(shown: Shown) -> bytes:
    """Tells whether two of them are the same."""
    return hashlib.sha256(json.dumps(shown, sort_keys=True, ensure_ascii=False).encode()).digest()


def _ended(named: str, class_named: str) -> dict[str, Any]:
    """Nothing can be deleted at Google: what remains says nothing."""
    return {
        "id": named,
        "classId": class_named,
        "state": "INACTIVE",
        "accountId": "",
        "accountName": "",
        "barcode": {"type": "TEXT_ONLY", "value": "-", "alternateText": ""},
        "textModulesData": [],
        "loyaltyPoints": {"label": "", "balance": {"int": 0}},
    }


def _modules(held: Pass, look: Look, language: str, at: datetime) -> list[dict[str, Any]]:
    program, modules = look.program, []
    if program.loyalty_type != "points":
        body = f"{held.stamp_count} / {program.stamps_target}: {program.stamps_reward_description}"
        modules.append(_module("reward", body, language))
    if program.loyalty_type != "stamps":
        if tier := _tier(held, program):
            modules.append(_module("tier", tier, language))
        if within := _within_reach(held, look.rewards, at):
            modules.append(_module("rewards", within, language))
    return modules


def _tier(held: Pass, program: ProgramChanged) -> str | None:
    points = held.total_points_earned - held.total_points_voided
    reached = [tier for tier in program.tiers if tier.from_points <= points]
    return max(reached, key=lambda tier: tier.from_points).name if reached else None


def _within_reach(held: Pass, rewards: Sequence[RewardChanged], at: datetime) -> str:
    offered = [
        reward
        for reward in rewards
        if reward.deleted_at is None
        and reward.is_active
        and reward.points_required <= held.points_balance
        and (reward.valid_from is None or reward.valid_from <= at)
        and (reward.valid_until is None or at < reward.valid_until)
    ]
    offered.sort(key=lambda reward: (reward.sort_order, reward.points_required, str(reward.id)))
    return "\n".join(f"{reward.name} ({reward.points_required})" for reward in offered[:REWARDS_SHOWN])


def _balance(name: str, number: int, language: str) -> dict[str, Any]:
    return {
        "label": word(name, language),
        "localizedLabel": localized(name, language),
        "balance": {"int": min(number, INT32_MAX)},
    }


def _module(name: str, body: str, language: str) -> dict[str, Any]:
    return {
        "id": name,
        "header": word(name, language),
        "localizedHeader": localized(name, language),
        "body": body[:BODY_MAX],
    }


def _image(url: str, language: str) -> dict[str, Any]:
    return {"sourceUri": {"uri": url}, "contentDescription": localized("logo", language)}


def _link(url: str, language: str) -> dict[str, Any]:
    return {
        "id": "privacy",
        "uri": url,
        "description": word("privacy", language),
        "localizedDescription": localized("privacy", language),
    }


def _locations(stores: Sequence[StoreChanged]) -> list[dict[str, float]]:
    """The places of the first ten stores that have one, in the order of their codes."""
    open_now = sorted((one for one in stores if one.deleted_at is None), key=lambda one: one.code)
    return [
        {"latitude": one.latitude, "longitude": one.longitude}
        for one in open_now
        if one.latitude is not None and one.longitude is not None
    ][:MERCHANT_LOCATIONS_MAX]


def _grouped(number: str) -> str:
    """`4821-0077-1930`"""
    return "-".join(number[place : place + 4] for place in range(0, len(number), 4))
