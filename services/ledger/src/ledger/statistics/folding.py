"""Folding: what each of the thirteen types of rows, and a card's state, adds to the counters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from ledger.statistics.calendar import Calendar, Calendars, month_of
from ledger.statistics.card import Card, hour_of, recount
from ledger.statistics.cells import NONE, UNNAMED, Counters, Id
from ledger.statistics.heard import CardState, Row

#: The days before a card's last one that are remembered: a late sale may be of the day before.
DAYS_REMEMBERED = 2
_ENTRY = 20

_ACTIVITY = frozenset({"stamp_earned", "stamp_redeemed", "points_earned", "points_redeemed"})
_STAFF = {
    "stamp_earned": 0,
    "points_earned": 1,
    "stamp_redeemed": 2,
    "points_redeemed": 2,
    "stamp_voided": 3,
    "points_voided": 3,
    "stamp_adjustment": 4,
    "points_adjustment": 4,
}
# The places of counters, as `cells` declares them.
_T_TRANSACTIONS, _T_REWARDS, _T_EXPIRED = 4, 5, 11
_STAMPS_ISSUED, _STAMPS_REDEEMED, _POINTS_ISSUED, _POINTS_REDEEMED, _POINTS_VOIDED = range(5)
_T_FIRST, _D_FIRST = 6, 3
_S_OFFLINE = 5


class Redemption(NamedTuple):
    """What a voided redemption was."""

    reward_id: Id | None
    value_cents: int | None


class Fold:
    """The cards of one poll, and what is to be added to the counters."""

    def __init__(
        self,
        counters: Counters,
        calendars: Calendars,
        cards: dict[Id, Card],
        redemptions: Mapping[Id, Redemption],
    ) -> None:
        self._counters = counters
        self._calendars = calendars
        self._redemptions = redemptions
        self._before = {card_id: card.copy() for card_id, card in cards.items()}
        self.cards = cards

    def take_state(self, state: CardState) -> None:
        """A card's state; an older one than what is known changes nothing."""
        card = self.cards.get(state.id)
        if card is None:
            card = self.cards[state.id] = Card(state.id, state.merchant_id, state.program_id)
        if card.version >= state.version:
            return
        card.version = state.version
        card.is_live = state.is_live
        card.store_id = state.store_id or NONE
        card.enrolled_at = state.created_at

    def take_row(self, row: Row) -> None:
        """The next row of its card; one that was counted before changes nothing."""
        card = self.cards.get(row.card_id)
        if card is None:
            assert row.program_id is not None, "the event tells the account's program"
            card = self.cards[row.card_id] = Card(row.card_id, row.merchant_id, row.program_id)
        if row.sequence <= card.sequence:
            return
        assert row.sequence == card.sequence + 1, (
            f"a row of card {card.id.hex()} is missing before {row.sequence}"
        )
        calendar = self._calendars.of(card.merchant_id)
        day = calendar.day(row.transaction_at)
        self._move(card, row, calendar, day)
        self._count(card, row, day)

    def settle(self) -> None:
        """Move every card from the cells it stood in to those it stands in now."""
        for card_id, card in self.cards.items():
            calendar = self._calendars.of(card.merchant_id)
            recount(self._before.get(card_id), card, calendar, self._counters)

    def _move(self, card: Card, row: Row, calendar: Calendar, day: date) -> None:
        card.sequence = row.sequence
        card.stamps = row.stamps_balance_after
        card.points = row.points_balance_after
        if card.opened_at is None:
            card.opened_at = row.transaction_at
        if row.type in _ACTIVITY:
            if card.last_at is None or card.last_at < row.transaction_at:
                card.last_at = row.transaction_at
            if _is_first(card, day, row.store_id or NONE):
                card.mark_month(month_of(day), calendar)
                self._counters.days.at((card.program_id, row.store_id or NONE, day))[2] += 1
        elif row.type == "card_deactivated":
            card.is_active = False
        elif row.type == "card_reactivated":
            card.is_active = True

    def _count(self, card: Card, row: Row, day: date) -> None:
        store = row.store_id or NONE
        hour = hour_of(row.transaction_at)
        totals = self._counters.totals.at((card.program_id, store))
        days = self._counters.days.at((card.program_id, store, day))
        totals[_T_TRANSACTIONS] += 1
        days[1] += 1
        self._counters.hours.at((card.program_id, store, hour))[1] += 1
        self._counters.hours.at((NONE, NONE, hour))[1] += 1
        moved = _moved(row)
        if moved is not None:
            what, much = moved
            totals[_T_FIRST + what] += much
            days[_D_FIRST + what] += much
        elif row.type == "points_expired":
            totals[_T_EXPIRED] -= row.points_delta
        if row.staff_id is not None and row.type in _STAFF:
            staff = self._counters.staff.at((card.program_id, store, row.staff_id, day))
            staff[_STAFF[row.type]] += 1
            staff[_S_OFFLINE] += row.transaction_at != row.created_at
        if row.type in ("stamp_redeemed", "points_redeemed") or row.gives_back:
            self._count_reward(card, row, store, day)

    def _count_reward(self, card: Card, row: Row, store: Id, day: date) -> None:
        taken = -1 if row.gives_back else 1
        redemption = Redemption(row.reward_id, row.reward_value_cents)
        if row.gives_back and row.voids_transaction_id is not None:
            redemption = self._redemptions.get(row.voids_transaction_id, redemption)
        self._counters.totals.at((card.program_id, store))[_T_REWARDS] += taken
        reward = redemption.reward_id or (UNNAMED if row.type.startswith("points") else NONE)
        cell = self._counters.rewards.at((card.program_id, store, reward, day))
        cell[0 if taken == 1 else 1] += 1
        cell[2] -= row.points_delta
        cell[3] += taken * (redemption.value_cents or 0)


def _moved(row: Row) -> tuple[int, int] | None:
    """Which figure this row moves, and by how much; a voided redemption lowers what was redeemed."""
    match row.type:
        case "stamp_earned":
            return _STAMPS_ISSUED, row.stamps_delta
        case "stamp_redeemed":
            return _STAMPS_REDEEMED, -row.stamps_delta
        case "stamp_voided" if row.stamps_delta > 0:
            return _STAMPS_REDEEMED, -row.stamps_delta
        case "points_earned" | "welcome_bonus":
            return _POINTS_ISSUED, row.points_delta
        case "points_redeemed":
            return _POINTS_REDEEMED, -row.points_delta
        case "points_voided" if row.points_delta > 0:
            return _POINTS_REDEEMED, -row.points_delta
        case "points_voided":
            return _POINTS_VOIDED, -row.points_delta
    return None


def _is_first(card: Card, day: date, store: Id) -> bool:
    """Whether this is the card's first activity of this day at this store; it is remembered."""
    entry = day.toordinal().to_bytes(4, "big") + store
    if card.recent.endswith(entry):
        return False
    known = [card.recent[at : at + _ENTRY] for at in range(0, len(card.recent), _ENTRY)]
    if entry in known:
        return False
    known.append(entry)
    oldest = (int.from_bytes(max(known)[:4], "big") - DAYS_REMEMBERED).to_bytes(4, "big")
    card.recent = b"".join(each for each in known if each[:4] >= oldest)
    return True
