"""E-mail addresses and phone numbers: whether they can be right, and how they are kept and compared."""

from __future__ import annotations

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from cards.domain import email_key
from contracts.problem import ValidationFailed

EMAIL_LONGEST, PHONE_LONGEST = 254, 40


def read_email(text: str, field: str = "email") -> str:
    """The address as it is compared. ValidationFailed when it can't be one; no name server is asked."""
    try:
        # `.test` is reserved for tests: no harm in it, and demos use it.
        found = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise ValidationFailed.of(field, "bad-format", "is not an e-mail address") from None
    return email_key(found.normalized)


def read_phone(text: str, country: str, field: str = "phone") -> str:
    """The number in E.164; a national one is read as in this country. ValidationFailed when it can't be one.

    Numbers that are possible are taken: lists of ranges in use are older than some numbers. Letters
    are not: a mistake, of which the library would make digits.
    """
    if any(character.isalpha() for character in text):
        raise _not_a_number(field)
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        raise _not_a_number(field) from None
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason != phonenumbers.ValidationResult.IS_POSSIBLE or number.extension:
        raise _not_a_number(field)
    found: str = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return found


def _not_a_number(field: str) -> ValidationFailed:
    return ValidationFailed.of(field, "bad-format", "is not a phone number")
