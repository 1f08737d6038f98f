"""What the document says of each move: its words, its answer, an example, and every refusal it can meet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel

from contracts import problem
from contracts.problem import Refusal
from ledger import move_answers as answers

_CARD = {"qr": "pXQk2v5m8y0b3e6h9k2n5q8t1w4z7C0F"}
_ID = "0197c1c2-7e5a-7b3c-9d4e-5f60718293a4"
_APPROVED = {"staff": {"code": "07", "pin": "482913"}}


class Described(NamedTuple):
    """What is said of one move, beside its summary."""

    description: str
    answer: type[BaseModel]
    example: dict[str, Any]
    refusals: Sequence[type[Refusal]]


_KEY: tuple[type[Refusal], ...] = (
    *(problem.IdempotencyKeyMissing, problem.IdempotencyKeyInvalid, problem.IdempotencyKeyReused),
    *(problem.IdempotencyKeyInUse, problem.IdempotencyKeyExpired),
)
_ALWAYS: tuple[type[Refusal], ...] = (
    problem.MalformedRequest,
    *_KEY,
    *(problem.Unauthenticated, problem.Forbidden),
    *(problem.StaffApprovalRequired, problem.StaffApprovalInvalid, problem.StaffApprovalExpired),
    *(problem.CardNotFound, problem.ProgramNotFound, problem.StoreNotFound, problem.StoreNotAllowed),
    *(problem.BodyTooLarge, problem.UnsupportedMediaType, problem.ValidationFailed),
    problem.UpstreamUnavailable,
)
_IN_USE = (problem.CardInactive, problem.ProgramInactive)
_VOIDED = (problem.TransactionNotFound, problem.VoidNotAllowed, problem.AlreadyVoided, problem.BalanceLimit)

MOVES: dict[str, Described] = {
    "/stamp": Described(
        "Gives the card one stamp, unless the cooldown since the last one is not over or the day is full."
        " Stamps go on beyond the target: several rewards may wait. A till that was offline says with"
        " `sale_at` when it was; the rules then apply as of that time.",
        answers.StampAnswer,
        {**_CARD, **_APPROVED},
        (
            *(*_IN_USE, problem.StampsNotEnabled, problem.StampCooldown, problem.DailyStampLimit),
            problem.BalanceLimit,
        ),
    ),
    "/stamp/redeem": Described(
        "Takes the target's number of stamps off the card for the program's reward. Possible after the"
        " program was switched off too, until its `redeem_until`. Needs a staff approval younger than two"
        " minutes, where one is needed.",
        answers.RedeemStampsAnswer,
        {**_CARD, **_APPROVED},
        (*_IN_USE, problem.StampsNotEnabled, problem.InsufficientStamps),
    ),
    "/stamp/void": Described(
        "Takes back one transaction, a stamp or a stamp reward; or, without `transaction_id`, the card's"
        " newest stamps that are not voided. What the balance has not is told as `shortfall`. Works on"
        " inactive cards and programs. Needs a staff approval younger than two minutes, where one is needed.",
        answers.VoidStampsAnswer,
        {"transaction_id": _ID, **_APPROVED},
        (*_VOIDED, problem.InsufficientStamps),
    ),
    "/stamp/adjust": Described(
        "Adds stamps to the card or takes some off, with a reason; for owners, managers, and staff members"
        " with the role `manager` at a till. The balance never falls below zero.",
        answers.AdjustStampsAnswer,
        {**_CARD, **_APPROVED, "stamps_delta": -2, "notes": "Stamped twice by mistake"},
        (problem.StampsNotEnabled, problem.InsufficientStamps, problem.BalanceLimit),
    ),
    "/points/earn": Described(
        "Gives points for a purchase: its amount times the program's points per unit and the tier's"
        " multiplier, rounded down. An order earns once per merchant. A purchase that gives no point leaves"
        " its row all the same. A till that was offline says with `sale_at` when it was.",
        answers.EarnAnswer,
        {**_CARD, "purchase_amount_cents": 1250, "currency": "EUR", "order_reference": "A-1001"},
        (
            *(*_IN_USE, problem.PointsNotEnabled, problem.CurrencyMismatch, problem.BelowMinimumPurchase),
            *(problem.OrderReferenceRequired, problem.OrderAlreadyRewarded, problem.BalanceLimit),
        ),
    ),
    "/points/redeem": Described(
        "Takes a reward off the catalogue for points; its stock is taken in the same decision. Possible after"
        " the program was switched off too, until its `redeem_until`. Needs a staff approval younger than two"
        " minutes, where one is needed.",
        answers.RedeemPointsAnswer,
        {**_CARD, "reward_id": _ID, **_APPROVED},
        (
            *(*_IN_USE, problem.PointsNotEnabled, problem.RewardNotFound, problem.RewardNotValidNow),
            *(problem.RewardOutOfStock, problem.RewardLimitReached, problem.BelowMinimumRedemption),
            problem.InsufficientPoints,
        ),
    ),
    "/points/void": Described(
        "Takes back an earning or a redemption, named by its transaction or by its order: whole, or of an"
        " earning the part that `amount_cents` says. What the balance has not is told as `shortfall`. Works"
        " on inactive cards and programs. Needs a staff approval younger than two minutes, where one is"
        " needed.",
        answers.VoidPointsAnswer,
        {"order_reference": "A-1001", "amount_cents": 500, **_APPROVED},
        (*_VOIDED, problem.VoidExceedsRemaining),
    ),
    "/points/adjust": Described(
        "Adds points to the card or takes some off, with a reason; for owners, managers, and staff members"
        " with the role `manager` at a till. Counts for no tier. The balance never falls below zero.",
        answers.AdjustPointsAnswer,
        {**_CARD, **_APPROVED, "points_delta": 50, "notes": "For the long wait"},
        (problem.PointsNotEnabled, problem.InsufficientPoints, problem.BalanceLimit),
    ),
}


def responses_of(*kinds: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """FastAPI's `responses`: by status, the codes; the document's examples of them are the gateway's."""
    found: dict[int | str, list[str]] = {}
    for kind in dict.fromkeys(kinds):
        found.setdefault(kind.status, []).append(f"`{kind.code}`: {kind.title}")
    return {status: {"description": "; ".join(words)} for status, words in sorted(found.items(), key=str)}


def responses_of_move(path: str) -> dict[int | str, dict[str, Any]]:
    """Every refusal that this move can meet."""
    return responses_of(*_ALWAYS, *MOVES[path].refusals)
