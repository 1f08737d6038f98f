"""Every refusal a caller can meet: a named class with a stable code, rendered once at the edge (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from contracts.refusal import WORDS, FieldError, Refusal
from contracts.words import ENGLISH, said

__all__ = ["CODES", "WORDS", "FieldError", "Refusal", "said"]

AND_MORE = "{first} (and {more} more)"


class ValidationFailed(Refusal):
    code, status, title = "validation-failed", 422, "A field of the request is not right"

    def __init__(self, errors: Sequence[FieldError], detail: str | None = None, *, total: int = 0) -> None:
        """`total` is how many are not right, where more are than it says in `errors`."""
        self.total = max(total, len(errors))
        super().__init__(detail, errors=[error._asdict() for error in errors])

    def detail_in(self, language: str) -> str | None:
        """The first field that is not right, and how many more there are."""
        errors = self.members["errors"]
        if not errors:
            return self.detail if language == ENGLISH else None
        first = self.detail
        if first is None or language != ENGLISH:
            what = WORDS.say(language, "detail", errors[0]["message"]) if language != ENGLISH else None
            what = what or WORDS.say(language, "field", errors[0]["code"]) or errors[0]["message"]
            place = errors[0]["field"] or WORDS.say(language, "field", "body")
            first = f"{place}: {what}"
        more = self.total - 1
        if not more:
            return first
        return WORDS.translate(language, "detail", AND_MORE, {"first": first, "more": more})

    @classmethod
    def of(cls, field: str, code: str, message: str) -> ValidationFailed:
        return cls([FieldError(field, code, message)], f"{field}: {message}")


class MalformedRequest(Refusal):
    code, status, title = "malformed-request", 400, "The request is not valid JSON"


class IdempotencyKeyMissing(Refusal):
    code, status, title = "idempotency-key-missing", 400, "This request needs an Idempotency-Key header"


class IdempotencyKeyInvalid(Refusal):
    code, status = "idempotency-key-invalid", 400
    title = "The Idempotency-Key must be 16 to 255 printable ASCII characters"


class Unauthenticated(Refusal):
    code, status, title = "unauthenticated", 401, "Sign in, or send a valid key"


class Forbidden(Refusal):
    code, status, title = "forbidden", 403, "This identity may not do this"


class StaffApprovalRequired(Refusal):
    code, status, title = "staff-approval-required", 403, "A staff code and PIN are needed"


class StaffApprovalInvalid(Refusal):
    code, status, title = "staff-approval-invalid", 403, "Staff code or PIN not right"


class StaffApprovalExpired(Refusal):
    code, status, title = "staff-approval-expired", 403, "The staff approval is over; enter the PIN again"


class EnrollmentClosed(Refusal):
    code, status, title = "enrollment-closed", 403, "Joining is closed here"


class PasswordWrong(Refusal):
    code, status, title = "password-wrong", 403, "The current password is not right"


class ResetTokenInvalid(Refusal):
    code, status, title = "reset-token-invalid", 403, "This reset link is not valid any more"


class NotFound(Refusal):
    code, status, title = "not-found", 404, "There is nothing at this address"


class CardNotFound(Refusal):
    code, status, title = "card-not-found", 404, "No card with this identity"


class ProgramNotFound(Refusal):
    code, status, title = "program-not-found", 404, "No program here"


class RewardNotFound(Refusal):
    code, status, title = "reward-not-found", 404, "No reward with this id"


class TransactionNotFound(Refusal):
    code, status, title = "transaction-not-found", 404, "No transaction with this identity"


class StaffNotFound(Refusal):
    code, status, title = "staff-not-found", 404, "No staff member with this id"


class StoreNotFound(Refusal):
    code, status, title = "store-not-found", 404, "No store with this id"


class MerchantNotFound(Refusal):
    code, status, title = "merchant-not-found", 404, "No merchant with this id"


class TerminalNotFound(Refusal):
    code, status, title = "terminal-not-found", 404, "No terminal with this id"


class UserNotFound(Refusal):
    code, status, title = "user-not-found", 404, "No user with this id"


class WalletNotAvailable(Refusal):
    code, status, title = "wallet-not-available", 404, "This wallet is not set up for the program"


class MethodNotAllowed(Refusal):
    code, status, title = "method-not-allowed", 405, "This method is not possible here"


class BodyTooLarge(Refusal):
    code, status, title = "body-too-large", 413, "The body is larger than 64 KiB"


class UnsupportedMediaType(Refusal):
    code, status, title = "unsupported-media-type", 415, "The body must be application/json"


class IdempotencyKeyInUse(Refusal):
    code, status, title = "idempotency-key-in-use", 409, "The first request with this key is still running"
    retryable = True


class IdempotencyKeyExpired(Refusal):
    code, status = "idempotency-key-expired", 409
    title = "This key was used before; its answer is no longer kept"


class CardInactive(Refusal):
    code, status, title = "card-inactive", 409, "This card is switched off"


class ProgramInactive(Refusal):
    code, status, title = "program-inactive", 409, "The program is paused"


class StampsNotEnabled(Refusal):
    code, status, title = "stamps-not-enabled", 409, "This program has no stamps"


class PointsNotEnabled(Refusal):
    code, status, title = "points-not-enabled", 409, "This program has no points"


class StoreNotAllowed(Refusal):
    code, status, title = "store-not-allowed", 409, "This card belongs to another store"


class StampCooldown(Refusal):
    code, status, title = "stamp-cooldown", 409, "This card was stamped a moment ago"
    retryable = True


class DailyStampLimit(Refusal):
    code, status, title = "daily-stamp-limit", 409, "All stamps of this card for today are used"
    retryable = True


class InsufficientStamps(Refusal):
    code, status, title = "insufficient-stamps", 409, "Not enough stamps"
    saying = "The card has {balance} stamps; this takes {required}"


class InsufficientPoints(Refusal):
    code, status, title = "insufficient-points", 409, "Not enough points"
    saying = "The card has {balance} points; this takes {required}"


class BelowMinimumRedemption(Refusal):
    code, status = "below-minimum-redemption", 409
    title = "This reward costs less than the smallest redemption"


class BelowMinimumPurchase(Refusal):
    code, status, title = "below-minimum-purchase", 409, "The purchase is below the minimum"


class RewardOutOfStock(Refusal):
    code, status, title = "reward-out-of-stock", 409, "This reward is out of stock"


class RewardNotValidNow(Refusal):
    code, status, title = "reward-not-valid-now", 409, "This reward is not valid now"


class RewardLimitReached(Refusal):
    code, status, title = "reward-limit-reached", 409, "This card has used this reward as often as allowed"


class OrderAlreadyRewarded(Refusal):
    code, status, title = "order-already-rewarded", 409, "This order has earned already"


class AlreadyVoided(Refusal):
    code, status, title = "already-voided", 409, "This transaction was taken back already"


class VoidExceedsRemaining(Refusal):
    code, status, title = "void-exceeds-remaining", 409, "More than is left of this transaction"


class VoidNotAllowed(Refusal):
    code, status, title = "void-not-allowed", 409, "This transaction cannot be taken back"


class ProgramAlreadyExists(Refusal):
    code, status, title = "program-already-exists", 409, "This merchant has a program already"


class AlreadyExists(Refusal):
    code, status, title = "already-exists", 409, "There is one with this name already"


class CustomerConflict(Refusal):
    code, status, title = "customer-conflict", 409, "E-mail and phone belong to two different customers"


class BalanceLimit(Refusal):
    code, status, title = "balance-limit", 409, "The balance cannot grow further"


class ChangeNotAllowed(Refusal):
    code, status, title = "change-not-allowed", 409, "This cannot be changed any more"


class PreconditionFailed(Refusal):
    code, status, title = "precondition-failed", 412, "It was changed in the meantime; read it again"


class PreconditionRequired(Refusal):
    code, status, title = "precondition-required", 428, "Send If-Match with the ETag that you read"


class IdempotencyKeyReused(Refusal):
    code, status, title = "idempotency-key-reused", 422, "This Idempotency-Key was used with another request"


class OrderReferenceRequired(Refusal):
    code, status, title = "order-reference-required", 422, "An order reference is needed here"


class CurrencyMismatch(Refusal):
    code, status, title = "currency-mismatch", 422, "This merchant counts in another currency"


class StaffLocked(Refusal):
    code, status, title = "staff-locked", 423, "Too many wrong PINs for this staff code"
    retryable = True


class TerminalLocked(Refusal):
    code, status, title = "terminal-locked", 423, "Too many wrong PINs at this terminal"
    retryable = True


class RateLimited(Refusal):
    code, status, title = "rate-limited", 429, "Too many requests"
    retryable = True


class UpstreamUnavailable(Refusal):
    code, status, title = "upstream-unavailable", 503, "A part of the platform does not answer; try again"
    retryable = True


def _all(parent: type[Refusal]) -> dict[str, type[Refusal]]:
    return {kind.code: kind for kind in (parent, *parent.__subclasses__())}


#: Every code of the API, to its class.
CODES: Mapping[str, type[Refusal]] = _all(Refusal)
