"""Shops with all kinds of rules, for random operations on their cards."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from loyalty import Rules

ADMIN, VENDOR = "/api/v1/admin/loyalty", "/api/v1/vendor/loyalty"
TIERS = (("bronze", 0, 100), ("silver", 40, 125), ("gold", 120, 150))

#: One shop each. Between them every field that a rule reads has more than one value.
SHOPS = (
    Rules(),
    Rules(target=1, daily=3, per_unit=3, tiers=TIERS),
    Rules(cooldown_minutes=10080, bonus=25, recover=False),
    Rules(cooldown_minutes=10080, daily=1, target=2, pin=True),
    Rules(daily=1, cross=False, tiers=TIERS, per_unit=10),
    Rules(kind="stamps", target=2, cross=False),
    Rules(kind="points", bonus=60, order_needed=True, least_purchase=500),
    Rules(kind="points", per_unit=7, currency="BHD", minor=1000, tiers=TIERS, pin=True),
    Rules(allow_void=False, per_unit=2, currency="JPY", minor=1, tiers=TIERS[:1]),
    Rules(pin=True, cross=False, order_needed=True, recover=False, bonus=5, target=4),
)


class Store:
    """Two tills' worth of a shop: where, and with which key."""

    def __init__(self, store_id: str, key: str) -> None:
        self.id, self.key = store_id, key


class Playground:
    """One merchant with two stores, an owner, and two staff members."""

    STAFF = {"staff": {"code": "07", "pin": "482913"}, "manager": {"code": "08", "pin": "593048"}}

    def __init__(self, platform: Any, rules: Rules, until: Callable[..., float]) -> None:
        self.platform, self.rules, self._until = platform, rules, until
        slug = f"model-{secrets.token_hex(6)}"
        self.zone = zone_around_noon()
        body = {"name": "Model", "slug": slug, "country": "LU", "contact_email": f"{slug}@punchcard.example"}
        merchant = self._create(
            platform.admin,
            "merchants",
            {**body, "currency": rules.currency, "timezone": self.zone.key},
            ADMIN,
        )
        self.merchant_id: str = merchant["id"]
        self._settings()
        self.stores = [self._open_store(code) for code in ("01", "02")]
        who = {"email": f"owner-{slug}@punchcard.example", "password": secrets.token_urlsafe(18)}
        self._create(
            platform.admin, "users", {**who, "role": "owner", "merchant_id": self.merchant_id}, ADMIN
        )
        self.owner: str = platform.sign_in(who["email"], who["password"])["access_token"]
        self._create(self.owner, "program", self._program())
        program = self._create(self.owner, "program/activate")
        for role, staff in self.STAFF.items():
            self._create(self.owner, "pins", {**staff, "name": role.title(), "role": role})
        self.until_known(program)

    def _create(self, token: str, path: str, body: Any = None, prefix: str = VENDOR) -> dict[str, Any]:
        made: dict[str, Any] = self.platform.create(token, f"{prefix}/{path}", body)
        return made

    def _settings(self) -> None:
        rules = self.rules
        path = f"{ADMIN}/merchants/{self.merchant_id}/settings"
        etag = self.platform.get(self.platform.admin, path).headers["etag"]
        headers = {"authorization": f"Bearer {self.platform.admin}", "if-match": etag}
        changes = {
            "staff_pin_policy": "optional",
            "allow_void": rules.allow_void,
            "recover_shortfall": rules.recover,
            "allow_cross_location_redemption": rules.cross,
            "require_order_reference": rules.order_needed,
        }
        self.platform.made(self.platform.http.patch(path, json=changes, headers=headers))

    def _open_store(self, code: str) -> Store:
        body = {"merchant_id": self.merchant_id, "code": code, "name": f"Store {code}"}
        store = self._create(self.platform.admin, "stores", body, ADMIN)
        till = self._create(
            self.platform.admin, "terminals", {"store_id": store["id"], "name": "Till"}, ADMIN
        )
        return Store(store["id"], till["api_key"])

    def _program(self) -> dict[str, Any]:
        rules = self.rules
        tiers = [{"name": n, "from_points": f, "multiplier_percent": m} for n, f, m in rules.tiers]
        return {
            "loyalty_type": rules.kind,
            "stamps_target": rules.target,
            "stamps_reward_description": "A coffee",
            "stamps_reward_value_cents": 300,
            "cooldown_minutes": rules.cooldown_minutes,
            "max_daily_stamps": rules.daily,
            "points_per_euro": rules.per_unit,
            "welcome_bonus_points": rules.bonus,
            "minimum_redemption_points": rules.least_redemption,
            "minimum_purchase_cents": rules.least_purchase,
            "require_staff_pin": rules.pin,
            "tier_config": {"tiers": tiers} if tiers else None,
        }

    def until_known(self, program: dict[str, Any]) -> None:
        """Changes count within two seconds: until the ledger has the settings and the program as they are."""
        query = (
            "SELECT count(*) FROM projections WHERE (kind = 'settings' AND id = %s AND version >= 2)"
            " OR (kind = 'program' AND id = %s AND version >= %s)"
        )
        wanted = (self.merchant_id, program["id"], program["version"])
        self._until(lambda: self.platform.one("ledger", query, *wanted) == 2, within_s=10)
        time.sleep(0.5)  # what the database has, memory has a quarter of a second later

    def midnight(self) -> datetime:
        """The end of the local day."""
        today = datetime.now(self.zone).date()
        return datetime.combine(today + timedelta(days=1), datetime.min.time(), self.zone).astimezone(UTC)


def zone_around_noon() -> ZoneInfo:
    """A zone in which it is between 6 and 16 o'clock now, so that no day ends while the model is used."""
    names = (
        "Europe/Luxembourg",
        "America/Los_Angeles",
        "Asia/Tokyo",
        "Pacific/Auckland",
        "America/Sao_Paulo",
    )
    zones = [ZoneInfo(name) for name in names]
    return min(zones, key=lambda zone: abs(datetime.now(zone).hour - 11))
