"""What each problem means and what to do about it, for the pages that a problem's `type` points to."""

from __future__ import annotations

from collections.abc import Mapping

_READ_AGAIN = "Read the thing again, apply your change to what it is now, and send the ETag you got."
_RETRY = "Wait as long as Retry-After says, then send the same request with the same Idempotency-Key."
_LOOK_AGAIN = "Check the id. What belongs to another merchant, or was deleted, is answered the same way."
_TELL = "Tell the person at the till; nothing was changed."

#: By code: the meaning, and what to do.
WORDS: Mapping[str, tuple[str, str]] = {
    "malformed-request": ("The body is not one JSON value.", "Send valid JSON in UTF-8."),
    "idempotency-key-missing": (
        "This request creates or moves something and came without an Idempotency-Key header.",
        "Make a UUID for each intent and send it as Idempotency-Key, the same one in each repetition.",
    ),
    "idempotency-key-invalid": (
        "The Idempotency-Key header is too short, too long, or holds signs beyond printable ASCII.",
        "Send 16 to 255 printable ASCII characters; a UUID is a good choice.",
    ),
    "unauthenticated": (
        "There was no credential, or one that is not valid (any more).",
        "Send Authorization: Bearer with a terminal's API key or an access token; perhaps sign in again.",
    ),
    "forbidden": (
        "The credential is good, but may not do this.",
        "Ask an owner of the merchant, or use another role.",
    ),
    "staff-approval-required": (
        "This move needs a staff member's approval.",
        "Send staff with code and PIN, or a staff_session from POST /staff-sessions.",
    ),
    "staff-approval-invalid": ("Staff code or PIN is not right.", "Let the staff member enter both again."),
    "staff-approval-expired": (
        "The staff session is over, or too old for this move.",
        "Ask for the PIN again.",
    ),
    "enrollment-closed": (
        "This merchant takes no new members here.",
        "Enrol the customer at the till, or ask the owner.",
    ),
    "password-wrong": ("The current password is not right.", "Enter it again, or ask for a reset link."),
    "reset-token-invalid": ("The reset link was used, is over, or was never given.", "Ask for a new link."),
    "not-found": ("There is nothing at this address.", "Compare it with the API document."),
    "card-not-found": ("No card of this merchant has this identity.", "Scan or type it again."),
    "program-not-found": (
        "The merchant has no live program, or not this one.",
        "Create the program, or check its id.",
    ),
    "reward-not-found": ("No reward of this program has this id.", _LOOK_AGAIN),
    "transaction-not-found": ("No transaction of this merchant has this identity.", _LOOK_AGAIN),
    "staff-not-found": ("No staff member of this merchant has this id.", _LOOK_AGAIN),
    "store-not-found": ("No store of this merchant has this id or code.", _LOOK_AGAIN),
    "merchant-not-found": ("There is no such merchant.", _LOOK_AGAIN),
    "terminal-not-found": ("No terminal of this merchant has this id.", _LOOK_AGAIN),
    "user-not-found": ("There is no such user.", _LOOK_AGAIN),
    "wallet-not-available": (
        "This wallet is not set up for the program.",
        "Offer the other wallet, or the card's page.",
    ),
    "method-not-allowed": (
        "The address exists, but not with this method.",
        "Use one that the Allow header names.",
    ),
    "body-too-large": ("The body is larger than 64 KiB.", "Send less."),
    "unsupported-media-type": ("The body is not declared as JSON.", "Send Content-Type: application/json."),
    "idempotency-key-in-use": ("The first request with this key is still running.", _RETRY),
    "idempotency-key-expired": (
        "This key was used before, and the answer of that time is no longer kept. Nothing happened again.",
        "Look at the transaction that the problem names. For a new intent use a new key.",
    ),
    "card-inactive": (
        "This card is switched off.",
        "Reactivate it first, or " + _TELL[0].lower() + _TELL[1:],
    ),
    "program-inactive": ("The merchant's program is paused.", "Activate the program, or wait until it is."),
    "stamps-not-enabled": ("The program has no stamps.", "Use points, or change the program's type."),
    "points-not-enabled": ("The program has no points.", "Use stamps, or change the program's type."),
    "store-not-allowed": ("This card works at the store that handed it out only.", _TELL),
    "stamp-cooldown": ("The card was stamped a moment ago.", "Try again at retry_at."),
    "daily-stamp-limit": (
        "The card has all stamps of this day.",
        "Try again at retry_at, the next day of the merchant.",
    ),
    "insufficient-stamps": ("The card has fewer stamps than this takes.", _TELL),
    "insufficient-points": ("The card has fewer points than this takes.", _TELL),
    "below-minimum-redemption": (
        "The reward costs less than the smallest redemption.",
        "Offer a dearer reward.",
    ),
    "below-minimum-purchase": ("The purchase is smaller than the program's minimum.", _TELL),
    "reward-out-of-stock": ("All of this reward were taken.", "Offer another one."),
    "reward-not-valid-now": (
        "The reward is switched off, not valid yet, or not any more.",
        "Offer another one.",
    ),
    "reward-limit-reached": ("This card has used the reward as often as it may.", "Offer another one."),
    "order-already-rewarded": (
        "This order reference has earned before; the problem names the transaction.",
        "Nothing to do when it was the same sale. Else send the right reference.",
    ),
    "already-voided": ("The transaction was taken back before.", "Nothing is left to do."),
    "void-exceeds-remaining": ("More is to be taken back than is left.", "Send at most remaining_cents."),
    "void-not-allowed": (
        "This kind of transaction cannot be taken back here.",
        "Check the transaction and the settings.",
    ),
    "program-already-exists": ("The merchant has a program already.", "Change that one, or delete it first."),
    "already-exists": ("There is one with this name, slug, code or address already.", "Choose another."),
    "customer-conflict": ("E-mail and phone belong to two different customers.", "Send one of them only."),
    "balance-limit": ("The balance would pass the largest number that is kept.", _TELL),
    "change-not-allowed": ("This can't be changed any more.", "Leave it as it is."),
    "precondition-failed": ("The thing was changed after you read it.", _READ_AGAIN),
    "precondition-required": (
        "A change needs the ETag of what it changes.",
        "Send it as If-Match. " + _READ_AGAIN,
    ),
    "validation-failed": (
        "One or more fields are not right; errors names each with a stable code.",
        "Correct the fields and send the request again.",
    ),
    "idempotency-key-reused": (
        "This key came with another request before.",
        "Use a key for one intent only; make a new one for a new intent.",
    ),
    "order-reference-required": (
        "The merchant wants an order reference with each purchase.",
        "Send order_reference.",
    ),
    "currency-mismatch": ("The merchant counts in another currency.", "Send the merchant's currency."),
    "staff-locked": (
        "Too many wrong PINs for this staff code.",
        "Wait until retry_at, or let an owner unlock it.",
    ),
    "terminal-locked": ("Too many wrong PINs at this terminal.", "Wait until retry_at."),
    "rate-limited": ("Too many requests of this kind in a short time.", _RETRY),
    "internal-error": (
        "Something went wrong on our side, and we have been told.",
        "Send the same request with the same Idempotency-Key once more. If it stays, name the request_id.",
    ),
    "upstream-unavailable": ("A part of the platform does not answer at the moment.", _RETRY),
}
