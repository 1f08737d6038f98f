"""Rules of customers and cards, without any server."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as some

from cards import domain
from cards.contact import read_email, read_phone
from cards.domain import Card, Customer, Program, Store, Terms
from contracts.problem import (
    CustomerConflict,
    ProgramInactive,
    ProgramNotFound,
    StoreNotAllowed,
    StoreNotFound,
    ValidationFailed,
)

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
BELAIR, GRUND = Store(uuid4(), "Belair"), Store(uuid4(), "Grund")
PROGRAM = Program(uuid4(), 3, is_active=True)


def terms(**members: Any) -> Terms:
    plain = Terms(uuid4(), "LU", "fr", cross_location=True, program=PROGRAM, stores=[GRUND, BELAIR])
    return plain._replace(**members)


def card(scope: UUID | None = None, minutes: int = 0, **members: Any) -> Card:
    plain = Card(
        id=uuid4(),
        merchant_id=uuid4(),
        customer_id=uuid4(),
        program_id=PROGRAM.id,
        program_version=1,
        enrolled_at_store_id=None,
        enrolled_by_terminal_id=None,
        enrolled_by_user_id=None,
        via="till",
        scope_store_id=scope,
        card_number="482100771930",
        qr_code="x" * 32,
        first_of_customer=True,
        is_active=True,
        status_sequence=0,
        version=1,
        created_at=NOON + timedelta(minutes=minutes),
    )
    return plain._replace(**members)


def customer(**members: Any) -> Customer:
    plain = Customer(uuid4(), uuid4(), "a@b.lu", "a@b.lu", None, "Ana", "Weber", None, "fr", False, 1, NOON)
    return plain._replace(**members)


# -- card numbers


@pytest.mark.parametrize(
    ("digits", "check"),
    [("7992739871", "3"), ("1789372997", "4"), ("411111111111111", "1"), ("00000000000", "0")],
)
def test_the_check_digit_is_luhns(digits: str, check: str):
    assert domain.luhn_digit(digits) == check


@given(some.from_regex(r"\A[0-9]{11}\Z"), some.integers(0, 11), some.integers(1, 9))
def test_one_mistyped_digit_never_gives_a_right_number(digits: str, place: int, more: int):
    number = domain.card_number(digits)
    wrong = str((int(number[place]) + more) % 10)
    mistyped = number[:place] + wrong + number[place + 1 :]

    assert domain.luhn_digit(number[:11]) == number[11]
    assert domain.luhn_digit(mistyped[:11]) != mistyped[11]


def test_a_number_is_shown_in_groups_and_read_in_any():
    assert domain.shown_number("482100771930") == "4821-0077-1930"
    for text in ("4821-0077-1930", "482100771930", " 4821 0077 1930 ", "48-21-00-77-19-30"):
        assert domain.read_number(text) == "482100771930"
    for text in ("4821-0077-193", "4821-0077-19300", "4821-0077-193x", "", "٤٨٢١٠٠٧٧١٩٣٠"):
        assert domain.read_number(text) is None


# -- names, addresses, phones


@pytest.mark.parametrize(
    "other",
    [
        "ana.müller@example.com",
        "ANA.MÜLLER@EXAMPLE.COM",
        unicodedata.normalize("NFD", "Ana.Müller@Example.com"),
    ],
)
def test_one_address_is_compared_without_case_and_in_nfc(other: str):
    assert read_email(other) == read_email("Ana.Müller@example.com")


def test_one_address_is_the_same_in_punycode_and_with_sharp_s():
    assert read_email("a@xn--bcher-kva.example.com") == read_email("a@bücher.example.com")
    assert read_email("STRASSE@example.com") == read_email("straße@example.com")


@pytest.mark.parametrize(
    "wrong", ["ana", "ana@", "@example.com", "a b@example.com", "a@b", "a@b..c", "a@@b.lu", "a@-b.lu"]
)
def test_what_is_no_address_is_refused(wrong: str):
    with pytest.raises(ValidationFailed) as refused:
        read_email(wrong)

    assert refused.value.members["errors"][0]["code"] == "bad-format"


@pytest.mark.parametrize(
    ("text", "country", "kept"),
    [
        ("621 123 456", "LU", "+352621123456"),
        ("+352 621 123 456", "DE", "+352621123456"),
        ("00352 621-123-456", "LU", "+352621123456"),
        ("0171 1234567", "DE", "+491711234567"),
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("(0)6 12 34 56 78", "FR", "+33612345678"),
        ("+４９ 171 1234567", "FR", "+491711234567"),
    ],
)
def test_a_phone_is_kept_in_e164_and_read_with_the_merchants_country(text: str, country: str, kept: str):
    assert read_phone(text, country) == kept


@pytest.mark.parametrize(
    "wrong",
    [
        "12",
        "call me",
        "+999 123 456 789",
        "+352",
        "06 12 34 56 78 ext. 5",
        "1" * 30,
        "+33612345678x",
        "0800 FLY",
    ],
)
def test_what_is_no_phone_is_refused(wrong: str):
    with pytest.raises(ValidationFailed) as refused:
        read_phone(wrong, "FR")

    assert refused.value.members["errors"] == [
        {"field": "phone", "code": "bad-format", "message": "is not a phone number"}
    ]


@pytest.mark.parametrize(
    ("name", "initial"),
    [("Weber", "W"), ("de Vries", "D"), ("östlund", "Ö"), ("ßen", "ß"), ("q\u0323a", "Q\u0323"), ("", "")],
)
def test_the_initial_is_the_first_letter_with_its_marks(name: str, initial: str):
    assert domain.last_name_initial(name) == initial


def test_names_are_searched_without_case_accents_and_signs():
    assert domain.search_words("Ana-María O'Brien  ana") == ["ana", "maria", "o", "brien"]
    assert domain.search_words("Straße Øre %_") == ["strasse", "øre"]


def test_a_birthday_is_neither_ancient_nor_to_come():
    today = date(2026, 11, 20)

    assert domain.check_birthday(date(1990, 1, 1), today) is None
    assert domain.check_birthday(today, today) is None
    assert domain.check_birthday(date(1899, 12, 31), today) == "too-small"
    assert domain.check_birthday(date(2026, 11, 21), today) == "too-large"


# -- enrolment


def test_one_can_join_only_a_live_program_that_is_switched_on():
    assert terms().open_program() == PROGRAM
    with pytest.raises(ProgramNotFound):
        terms(program=None).open_program()
    with pytest.raises(ProgramInactive):
        terms(program=PROGRAM._replace(is_active=False)).open_program()


def test_a_user_names_the_store_where_cards_belong_to_one():
    terms().check_place(None)
    terms(cross_location=False).check_place(GRUND.id)
    with pytest.raises(ValidationFailed) as refused:
        terms(cross_location=False).check_place(None)
    with pytest.raises(StoreNotFound):
        terms().check_place(uuid4())

    assert refused.value.members["errors"][0]["field"] == "store_id"
    assert refused.value.members["errors"][0]["code"] == "required"


def test_a_new_card_belongs_to_a_store_only_without_cross_location():
    assert terms().scope_of(GRUND.id) is None
    assert terms(cross_location=False).scope_of(GRUND.id) == GRUND.id


def test_an_email_and_a_phone_of_two_customers_conflict():
    one = customer()

    assert domain.the_one([]) is None
    assert domain.the_one([one]) == one
    with pytest.raises(CustomerConflict):
        domain.the_one([one, customer()])


# -- which card answers


def test_with_cross_location_the_oldest_card_answers_everywhere():
    older, newer = card(BELAIR.id), card(GRUND.id, minutes=1)

    assert domain.card_at([newer, older], terms(), GRUND.id) == older
    assert domain.card_at([newer, older], terms(), None) == older


def test_without_cross_location_a_store_sees_its_own_card_and_cards_without_scope():
    apart = terms(cross_location=False)
    here, elsewhere, anywhere = card(GRUND.id), card(BELAIR.id, minutes=-5), card(None, minutes=-1)

    assert domain.card_at([elsewhere, here], apart, GRUND.id) == here
    assert domain.card_at([elsewhere], apart, GRUND.id) is None
    assert domain.card_at([elsewhere, here, anywhere], apart, GRUND.id) == anywhere


def test_a_card_named_by_itself_is_refused_at_another_store_and_when_its_program_is_gone():
    apart = terms(cross_location=False)

    domain.check_asked(card(GRUND.id), apart, GRUND.id)
    domain.check_asked(card(None), apart, GRUND.id)
    domain.check_asked(card(BELAIR.id), terms(), GRUND.id)
    with pytest.raises(StoreNotAllowed):
        domain.check_asked(card(BELAIR.id), apart, GRUND.id)
    with pytest.raises(ProgramNotFound):
        domain.check_asked(card(GRUND.id, program_id=uuid4()), apart, GRUND.id)


def test_the_stores_of_a_card_are_all_or_its_own_by_name():
    apart = terms(cross_location=False)

    assert domain.card_at([], apart, GRUND.id) is None
    assert list(terms().stores_of(card(GRUND.id))) == [BELAIR, GRUND]
    assert list(apart.stores_of(card(GRUND.id))) == [GRUND]
    assert list(apart.stores_of(card(None))) == [BELAIR, GRUND]
