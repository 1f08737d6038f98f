"""The rules of loyalty once more, written from their description alone: what every answer has to be.

A card is nothing but its list of rows; every balance, total and limit is worked out from them each time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

TILL, USER = "till", "user"


@dataclass
class Row:
    """One transaction."""

    id: str
    type: str
    at: datetime
    store: str
    stamps: int = 0
    points: int = 0
    repaid: int = 0
    amount: int = 0
    order: str | None = None
    reward: str | None = None
    voids: Row | None = None
    voided_amount: int = 0
    short: int = 0


@dataclass
class Reward:
    id: str
    name: str
    cost: int
    stock: int | None = None
    per_card: int | None = None
    valid: bool = True
    value: int | None = None


@dataclass
class Card:
    id: str
    home: str | None
    rows: list[Row] = field(default_factory=list)

    @property
    def active(self) -> bool:
        switched = [row.type for row in self.rows if row.type in ("card_deactivated", "card_reactivated")]
        return not switched or switched[-1] == "card_reactivated"

    @property
    def stamps(self) -> int:
        return sum(row.stamps for row in self.rows)

    @property
    def points(self) -> int:
        return sum(row.points for row in self.rows)

    def voided(self, row: Row) -> list[Row]:
        return [other for other in self.rows if other.voids is row]

    def of(self, *types: str) -> list[Row]:
        return [row for row in self.rows if row.type in types]

    @property
    def live_stamps(self) -> list[Row]:
        """Not voided stamps, newest first."""
        return [row for row in reversed(self.of("stamp_earned")) if not self.voided(row)]

    def total(self, earned: str) -> int:
        unit = "stamps" if earned == "stamp_earned" else "points"
        return sum(getattr(row, unit) for row in self.of(earned))

    @property
    def points_taken_back(self) -> int:
        rows = [row for row in self.of("points_voided") if row.voids and row.voids.type == "points_earned"]
        return -sum(row.points for row in rows)

    @property
    def tier_points(self) -> int:
        return self.total("points_earned") - self.points_taken_back

    def redeemed(self, reward: str) -> int:
        taken = [row for row in self.of("points_redeemed") if row.reward == reward]
        return sum(1 for row in taken if not self.voided(row))


@dataclass(frozen=True)
class Rules:
    """The program and the settings."""

    kind: str = "hybrid"
    target: int = 3
    cooldown_minutes: int = 0
    daily: int | None = None
    per_unit: int = 1
    minor: int = 100
    currency: str = "EUR"
    tiers: tuple[tuple[str, int, int], ...] = ()
    bonus: int = 0
    least_redemption: int = 10
    least_purchase: int = 0
    pin: bool = False
    allow_void: bool = True
    recover: bool = True
    cross: bool = True
    order_needed: bool = False

    @property
    def has_stamps(self) -> bool:
        return self.kind in ("stamps", "hybrid")

    @property
    def has_points(self) -> bool:
        return self.kind in ("points", "hybrid")

    def tier(self, points: int) -> tuple[str, int, int] | None:
        return next((tier for tier in reversed(self.tiers) if tier[1] <= points), None)

    def next_tier(self, points: int) -> tuple[str, int, int] | None:
        return next((tier for tier in self.tiers if tier[1] > points), None)


@dataclass(frozen=True)
class Asker:
    """Who asks: a till or a user at a store; `staff` is None, `staff` or `manager`."""

    kind: str
    store: str
    staff: str | None = None


class No(Exception):
    """A refusal: its status, code and fields."""

    def __init__(self, status: int, code: str, **fields: Any) -> None:
        super().__init__(code)
        self.status, self.code, self.fields = status, code, fields


class Model:
    """A merchant's loyalty."""

    def __init__(self, rules: Rules, midnight: datetime, rewards: Iterable[Reward] = ()) -> None:
        self.rules = rules
        #: The end of the merchant's local day; it does not come while the model is in use.
        self.midnight = midnight
        self.rewards = {reward.id: reward for reward in rewards}
        self.cards: dict[str, Card] = {}

    def open(self, card_id: str, home: str | None, at: datetime) -> Card:
        card = self.cards[card_id] = Card(card_id, home)
        card.rows.append(Row("", "card_created", at, home or ""))
        if self.rules.has_points and self.rules.bonus:
            card.rows.append(Row("", "welcome_bonus", at, home or "", points=self.rules.bonus))
        return card

    # -- what comes before the rules of each move

    def _admit(self, card: Card, asker: Asker, *, stamps: bool, redeems: bool = False) -> None:
        self._at_home(card.home, asker)
        if not card.active:
            raise No(409, "card-inactive")
        self._enabled(stamps)
        if asker.kind == TILL and self.rules.pin and asker.staff is None:
            raise No(403, "staff-approval-required")

    def _enabled(self, stamps: bool) -> None:
        if stamps and not self.rules.has_stamps:
            raise No(409, "stamps-not-enabled")
        if not stamps and not self.rules.has_points:
            raise No(409, "points-not-enabled")

    def _at_home(self, home: str | None, asker: Asker) -> None:
        if not self.rules.cross and home is not None and home != asker.store:
            raise No(409, "store-not-allowed")

    # -- stamps

    def _next_stamp(self, card: Card) -> datetime | None:
        waits = []
        if self.rules.cooldown_minutes and card.live_stamps:
            waits.append(card.live_stamps[0].at + timedelta(minutes=self.rules.cooldown_minutes))
        if self.rules.daily is not None and len(card.live_stamps) >= self.rules.daily:
            waits.append(self.midnight)
        return max(waits, default=None)

    def _stamp_words(self, card: Card) -> dict[str, Any]:
        earned = card.stamps >= self.rules.target
        daily = self.rules.daily
        return {
            "stamp_count": card.stamps,
            "stamps_target": self.rules.target,
            "stamps_until_reward": max(0, self.rules.target - card.stamps),
            "reward_earned": earned,
            "reward_description": "A coffee" if earned else None,
            "next_stamp_available_at": self._next_stamp(card),
            "stamps_today": len(card.live_stamps),
            "stamps_remaining_today": None if daily is None else max(0, daily - len(card.live_stamps)),
            "points_balance": card.points,
        }

    def _stamps_owed(self, card: Card) -> int:
        short = sum(row.short for row in card.of("stamp_voided")) if self.rules.recover else 0
        return short - sum(row.repaid for row in card.of("stamp_earned"))

    def stamp(self, card: Card, asker: Asker) -> list[Row]:
        self._admit(card, asker, stamps=True)
        if self.rules.cooldown_minutes and card.live_stamps:
            raise No(409, "stamp-cooldown", retry_at=self._next_stamp(card))
        if self.rules.daily is not None and len(card.live_stamps) >= self.rules.daily:
            raise No(409, "daily-stamp-limit", retry_at=self._next_stamp(card))
        repaid = 1 if self._stamps_owed(card) else 0
        return [Row("", "stamp_earned", self.midnight, asker.store, stamps=1 - repaid, repaid=repaid)]

    def stamp_answer(self, card: Card, rows: list[Row]) -> dict[str, Any]:
        return self._stamp_words(card) | {"owed_repaid": rows[-1].repaid}

    def redeem_stamps(self, card: Card, asker: Asker) -> list[Row]:
        self._admit(card, asker, stamps=True, redeems=True)
        if card.stamps < self.rules.target:
            raise No(409, "insufficient-stamps", balance=card.stamps, required=self.rules.target)
        return [Row("", "stamp_redeemed", self.midnight, asker.store, stamps=-self.rules.target)]

    def redeem_stamps_answer(self, card: Card, rows: list[Row]) -> dict[str, Any]:
        taken = [row for row in card.of("stamp_redeemed") if not card.voided(row)]
        return self._stamp_words(card) | {
            "stamps_redeemed": len(taken),
            "reward_description": "A coffee",
            "reward_value_cents": 300,
        }

    # -- points

    def earn(self, card: Card, asker: Asker, amount: int, currency: str, order: str | None) -> list[Row]:
        rules = self.rules
        self._admit(card, asker, stamps=False)
        if currency != rules.currency:
            raise No(422, "currency-mismatch")
        if amount < rules.least_purchase:
            raise No(409, "below-minimum-purchase", required=rules.least_purchase, amount=amount)
        if order is None and rules.order_needed:
            raise No(422, "order-reference-required")
        if order is not None and (first := self._holder(order)) is not None:
            raise No(409, "order-already-rewarded", transaction_id=first[1].id)
        tier = rules.tier(card.tier_points)
        percent = tier[2] if tier else 100
        points = (amount * rules.per_unit * percent) // (100 * rules.minor)
        short = sum(row.short for row in card.of("points_voided")) if rules.recover else 0
        owed = short - sum(row.repaid for row in card.of("points_earned"))
        repaid = min(points, owed)
        return [
            Row(
                "",
                "points_earned",
                self.midnight,
                asker.store,
                points=points - repaid,
                repaid=repaid,
                amount=amount,
                order=order,
            )
        ]

    def _holder(self, order: str) -> tuple[Card, Row] | None:
        """The earning that this order reference names now: the newest that is not voided whole."""
        for card in self.cards.values():
            for row in card.of("points_earned"):
                if row.order == order and not self._all_back(card, row):
                    return card, row
        return None

    @staticmethod
    def _all_back(card: Card, row: Row) -> bool:
        return sum(void.voided_amount for void in card.voided(row)) == row.amount

    def earn_answer(self, card: Card, rows: list[Row]) -> dict[str, Any]:
        row, rules = rows[-1], self.rules
        tier, above = rules.tier(card.tier_points), rules.next_tier(card.tier_points)
        after = {"name": above[0], "points_to_go": above[1] - card.tier_points} if above else None
        return {
            "points_earned": row.points + row.repaid,
            "owed_repaid": row.repaid,
            "points_balance": card.points,
            "total_points_earned": card.total("points_earned"),
            "tier": {"name": tier[0], "multiplier_percent": tier[2], "next": after} if tier else None,
            "rewards_within_reach": [
                {"id": reward.id, "name": reward.name, "points_required": reward.cost}
                for reward in sorted(self.rewards.values(), key=lambda reward: (reward.cost, reward.id))
                if reward.valid and reward.cost <= card.points
            ],
        }

    def redeem_points(self, card: Card, asker: Asker, reward_id: str) -> list[Row]:
        self._admit(card, asker, stamps=False, redeems=True)
        reward = self.rewards.get(reward_id)
        if reward is None:
            raise No(404, "reward-not-found")
        if not reward.valid:
            raise No(409, "reward-not-valid-now")
        if reward.stock is not None and self._taken(reward) >= reward.stock:
            raise No(409, "reward-out-of-stock")
        if reward.per_card is not None and card.redeemed(reward_id) >= reward.per_card:
            raise No(409, "reward-limit-reached")
        least = self.rules.least_redemption
        if reward.cost < least:
            raise No(409, "below-minimum-redemption", required=least, amount=reward.cost)
        if card.points < reward.cost:
            raise No(409, "insufficient-points", balance=card.points, required=reward.cost)
        return [Row("", "points_redeemed", self.midnight, asker.store, points=-reward.cost, reward=reward_id)]

    def _taken(self, reward: Reward) -> int:
        return sum(card.redeemed(reward.id) for card in self.cards.values())

    def redeem_points_answer(self, card: Card, rows: list[Row]) -> dict[str, Any]:
        reward = self.rewards[rows[-1].reward or ""]
        return {
            "points_spent": reward.cost,
            "points_balance": card.points,
            "reward": {"id": reward.id, "name": reward.name, "value_cents": reward.value},
        }

    # -- returns

    def _approve_void(self, asker: Asker, named: Row | None = None) -> None:
        if asker.kind == TILL and self.rules.pin and asker.staff is None:
            raise No(403, "staff-approval-required")
        if not self.rules.allow_void:
            raise No(409, "void-not-allowed", transaction_id=named.id if named else None)

    def void_stamps(self, card: Card, asker: Asker, count: int) -> list[Row]:
        found = card.live_stamps[:count]
        if not self.rules.cross:
            if not found:
                self._at_home(card.home, asker)
            for row in found:
                self._at_home(row.store, asker)
        self._approve_void(asker)
        if len(found) < count:
            raise No(409, "insufficient-stamps", balance=len(found), required=count)
        return self._stamps_back(card, asker, found)

    def _stamps_back(self, card: Card, asker: Asker, found: list[Row]) -> list[Row]:
        left, rows = card.stamps, []
        for row in found:
            gave = row.stamps + row.repaid
            taken = min(gave, left)
            left -= taken
            rows.append(
                Row(
                    "",
                    "stamp_voided",
                    self.midnight,
                    asker.store,
                    stamps=-taken,
                    voids=row,
                    short=gave - taken,
                )
            )
        return rows

    def void_row(self, card: Card, asker: Asker, row: Row, amount: int | None, *, stamps: bool) -> list[Row]:
        """By a transaction or an order reference."""
        self._at_home(row.store, asker)
        self._approve_void(asker, row)
        if row.type not in (
            ("stamp_earned", "stamp_redeemed") if stamps else ("points_earned", "points_redeemed")
        ):
            raise No(409, "void-not-allowed", transaction_id=row.id)
        if amount is not None and row.type != "points_earned":
            raise No(409, "void-not-allowed", transaction_id=row.id)
        if row.type == "points_earned":
            return self._purchase_back(card, asker, row, amount)
        if card.voided(row):
            raise No(409, "already-voided", transaction_id=row.id)
        if row.type == "stamp_earned":
            return self._stamps_back(card, asker, [row])
        return [
            Row(
                "",
                "stamp_voided" if stamps else "points_voided",
                self.midnight,
                asker.store,
                stamps=-row.stamps,
                points=-row.points,
                voids=row,
            )
        ]

    def _purchase_back(self, card: Card, asker: Asker, row: Row, amount: int | None) -> list[Row]:
        before = card.voided(row)
        voided = sum(void.voided_amount for void in before)
        left = row.amount - voided
        if left == 0:
            raise No(409, "already-voided", transaction_id=row.id, remaining_cents=0)
        if amount is not None and amount > left:
            raise No(409, "void-exceeds-remaining", transaction_id=row.id, remaining_cents=left)
        amount = left if amount is None else amount
        gave = row.points + row.repaid
        back = gave * (voided + amount) // row.amount - sum(void.short - void.points for void in before)
        taken = min(back, card.points)
        return [
            Row(
                "",
                "points_voided",
                self.midnight,
                asker.store,
                points=-taken,
                voids=row,
                voided_amount=amount,
                short=back - taken,
            )
        ]

    def void_answer(self, card: Card, rows: list[Row], *, stamps: bool) -> dict[str, Any]:
        short = sum(row.short for row in rows)
        if stamps:
            voided = sum(abs(row.stamps) for row in rows)
            return self._stamp_words(card) | {"stamps_voided": voided, "shortfall": short}
        voided = sum(abs(row.points) for row in rows)
        return {"points_voided": voided, "shortfall": short, "points_balance": card.points}

    # -- corrections and switches

    def adjust(self, card: Card, asker: Asker, delta: int, *, stamps: bool) -> list[Row]:
        self._at_home(card.home, asker)
        self._enabled(stamps)
        if asker.kind == TILL:
            if asker.staff is None:
                raise No(403, "staff-approval-required")
            if asker.staff != "manager":
                raise No(403, "forbidden")
        balance = card.stamps if stamps else card.points
        if balance + delta < 0:
            code = "insufficient-stamps" if stamps else "insufficient-points"
            raise No(409, code, balance=balance, required=-delta)
        moved = {"stamps": delta} if stamps else {"points": delta}
        kind = "stamp_adjustment" if stamps else "points_adjustment"
        return [Row("", kind, self.midnight, asker.store, **moved)]

    def adjust_answer(self, card: Card, rows: list[Row]) -> dict[str, Any]:
        return {"points_balance": card.points, "stamp_count": card.stamps}

    def switch(self, card: Card, asker: Asker, *, active: bool) -> list[Row]:
        self._at_home(card.home, asker)
        if card.active == active:
            return []
        kind = "card_reactivated" if active else "card_deactivated"
        return [Row("", kind, self.midnight, asker.store)]

    # -- what a card shows

    def view(self, card: Card, store: str | None) -> dict[str, Any]:
        rules = self.rules
        at_home = rules.cross or store is None or card.home in (None, store)
        usable = card.active and at_home
        taken = [row for row in card.of("stamp_redeemed") if not card.voided(row)]
        spent = -sum(row.points for row in card.of("points_redeemed") if not card.voided(row))
        reach = [
            {"id": reward.id, "name": reward.name, "points_required": reward.cost}
            for reward in sorted(self.rewards.values(), key=lambda reward: (reward.cost, reward.id))
            if reward.valid and rules.least_redemption <= reward.cost <= card.points
        ]
        return {
            "status": "active" if card.active else "inactive",
            "stamp_count": card.stamps,
            "stamps_target": rules.target,
            "total_stamps_earned": card.total("stamp_earned"),
            "stamps_redeemed": len(taken),
            "points_balance": card.points,
            "total_points_earned": card.total("points_earned"),
            "points_redeemed": spent,
            "can_stamp": usable and rules.has_stamps and self._next_stamp(card) is None,
            "next_stamp_available_at": self._next_stamp(card),
            "stamps_today": len(card.live_stamps),
            "can_redeem_stamps": usable and rules.has_stamps and card.stamps >= rules.target,
            "available_rewards": reach if usable and rules.has_points else [],
        }
