"""Joining by oneself: who gets a link at once, who by mail, and that nothing else tells who is a member."""

from __future__ import annotations

import asyncio
import importlib
import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from cards.commands import link_hash
from kit.ids import now, uuid7

from .problems import CARDS, refused, wrong_fields

Shop = Any
Call = Callable[..., Any]
#: The module: the package has the router under this name.
public = importlib.import_module("cards.api.public")
JOIN = "/api/v1/loyalty/enroll"
NEUTRAL = {"message": "If this is you, a link is on its way."}
ANA = {"email": "ana@example.com", "phone": "621 123 456", "first_name": "Ana", "last_name": "Weber"}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public, "ALIKE_S", 0.001)


@pytest.fixture
def join(shop: Shop, fresh_key: Call) -> Call:
    """`await join(email=…)`: the answer to somebody who joins by themselves."""

    async def do(headers: dict[str, str] | None = None, **members: Any) -> Any:
        body = {
            "merchant_slug": shop.merchant.slug,
            "first_name": "Ana",
            "last_name": "Weber",
            "locale": "en",
            "marketing_consent": False,
            **members,
        }
        return await shop.anyone().post(JOIN, json=body, headers=headers or fresh_key())

    return do


@pytest.fixture
def letters(shop: Shop, rows: Call) -> Call:
    """`await letters()`: the shop's that wait, oldest first."""

    async def read() -> list[Any]:
        return await rows(
            "SELECT recipient, subject, body FROM letters JOIN customers ON customers.id = about"
            " WHERE merchant_id = :m ORDER BY letters.written_at, letters.id",
            m=shop.id,
        )

    return read


async def confirm_by_mail(shop: Shop) -> None:
    shop.settings = await shop.change(shop.settings, enrollment_confirmation="email")


async def live_link(rows: Call, url: str) -> Any:
    """The card that this link shows, while it is live."""
    token = re.fullmatch(r"https://cards\.example\.com/c/([\w-]{43})", url)
    assert token is not None
    found = await rows(
        "SELECT card_id FROM card_links WHERE token_hash = :hash AND ended_at IS NULL",
        hash=link_hash(token[1]),
    )
    return found[0].card_id if found else None


def link_in(letter: Any) -> str:
    (url,) = re.findall(r"https://\S+", letter.body)
    return str(url)


# -- without confirmation


async def test_a_new_member_gets_the_link_at_once_and_no_letter(
    shop: Shop, join: Call, rows: Call, letters: Call, told: Call
):
    answer = await join(**ANA)

    assert answer.status_code == 201
    card_id = await live_link(rows, answer.json()["card_url"])
    token = answer.json()["card_url"].rpartition("/")[2]
    assert answer.headers["location"] == f"/api/v1/loyalty/cards/{token}"
    (state,) = await told(card_id)
    assert (state["via"], state["first_of_customer"]) == ("public", True)
    assert (state["enrolled_by_terminal_id"], state["enrolled_by_user_id"]) == (None, None)
    assert await letters() == []


async def test_who_is_known_gets_neutral_words_and_the_link_at_the_address_that_is_kept(
    shop: Shop, enrol: Call, join: Call, rows: Call, letters: Call
):
    card = (await enrol(shop.till(), **{**ANA, "email": "Ana@Example.com"}, locale="de")).json()["card"]

    answers = [
        await join(**ANA, locale="en"),
        await join(email="ANA@example.com"),
        await join(email="new@example.com", phone="+352 621 123 456"),
    ]

    assert [(answer.status_code, answer.json()) for answer in answers] == [(202, NEUTRAL)] * 3
    assert all("location" not in answer.headers for answer in answers)
    written = await letters()
    assert [letter.recipient for letter in written] == ["Ana@Example.com"] * 3
    assert {letter.subject for letter in written} == {"Ihre Karte bei Café Grund"}
    links = [await live_link(rows, link_in(letter)) for letter in written]
    assert [str(link) for link in links] == [card["id"]] * 3


async def test_what_was_typed_is_in_no_letter(shop: Shop, join: Call, letters: Call):
    await confirm_by_mail(shop)
    await join(email="ana@example.com", first_name="Buy cheap", last_name="watches.example")

    (letter,) = await letters()

    assert "cheap" not in letter.subject + letter.body
    assert "watches" not in letter.subject + letter.body


async def test_a_known_member_without_an_address_is_sent_nothing(
    shop: Shop, enrol: Call, join: Call, rows: Call, letters: Call
):
    card = (await enrol(shop.till(), phone="621123456")).json()["card"]

    answer = await join(**ANA)

    assert (answer.status_code, answer.json()) == (202, NEUTRAL)
    assert await letters() == []
    known = await rows("SELECT email FROM customers WHERE merchant_id = :m", m=shop.id)
    assert [row.email for row in known] == [None]
    links = await rows("SELECT FROM card_links WHERE card_id = :c AND ended_at IS NULL", c=card["id"])
    assert len(links) == 1


async def test_an_email_of_one_with_the_phone_of_another_is_not_told(
    shop: Shop, enrol: Call, join: Call, rows: Call, letters: Call
):
    ana = (await enrol(shop.till(), email="ana@example.com")).json()["card"]
    await enrol(shop.till(), email="ben@example.com", phone="621123456")

    answer = await join(**ANA)

    assert (answer.status_code, answer.json()) == (202, NEUTRAL)
    (letter,) = await letters()
    assert letter.recipient == "ana@example.com"
    assert str(await live_link(rows, link_in(letter))) == ana["id"]
    assert len(await rows("SELECT FROM customers WHERE merchant_id = :m", m=shop.id)) == 2


async def test_who_is_known_and_has_no_card_gets_one_and_its_link_by_mail(
    shop: Shop, ana: Any, join: Call, rows: Call, letters: Call, told: Call
):
    assert (await shop.owner().delete(f"{CARDS}/{ana['id']}")).status_code == 204

    answer = await join(email="ana@example.com")

    assert (answer.status_code, answer.json()) == (202, NEUTRAL)
    (letter,) = await letters()
    card_id = await live_link(rows, link_in(letter))
    assert str(card_id) != ana["id"]
    assert (await told(card_id))[-1]["first_of_customer"] is False


async def test_of_parallel_joins_of_one_person_one_is_new(join: Call, shop: Shop, rows: Call):
    answers = await asyncio.gather(*(join(**ANA) for _ in range(10)))

    assert sorted(answer.status_code for answer in answers) == [201] + [202] * 9
    assert len(await rows("SELECT FROM cards WHERE merchant_id = :m", m=shop.id)) == 1


# -- confirmed by e-mail


async def test_with_confirmation_everybody_is_told_the_same_and_gets_a_letter(
    shop: Shop, enrol: Call, join: Call, rows: Call, letters: Call
):
    await confirm_by_mail(shop)
    known = (await enrol(shop.till(), email="known@example.com")).json()["card"]

    new = await join(email="new@example.com", locale="fr")
    again = await join(email="known@example.com", locale="fr")

    words = {"message": "Si c’est bien vous, un lien est en route."}
    assert [(answer.status_code, answer.json()) for answer in (new, again)] == [(202, words)] * 2
    to_new, to_known = await letters()
    assert (to_new.recipient, to_known.recipient) == ("new@example.com", "known@example.com")
    assert to_new.body.startswith("Bonjour,\n\nvotre carte chez Café Grund est prête")
    assert str(await live_link(rows, link_in(to_known))) == known["id"]
    assert await live_link(rows, link_in(to_new)) is not None
    assert {k for k in new.headers if k != "x-request-id"} == {
        k for k in again.headers if k != "x-request-id"
    }


async def test_with_confirmation_an_email_is_required(shop: Shop, join: Call):
    await confirm_by_mail(shop)

    assert wrong_fields(await join(phone="621123456")) == {("email", "required")}


async def test_neutral_answers_leave_at_full_steps_of_time(
    shop: Shop, join: Call, monkeypatch: pytest.MonkeyPatch
):
    await confirm_by_mail(shop)
    monkeypatch.setattr(public, "ALIKE_S", 0.5)
    times = []

    for _ in range(2):  # the first is new, the second known
        began = time.monotonic()
        await join(**ANA)
        times.append(time.monotonic() - began)

    assert min(times) >= 0.5


# -- letters and links


async def test_at_most_three_letters_a_day_go_to_one_address(
    shop: Shop, enrol: Call, join: Call, rows: Call, letters: Call
):
    card = (await enrol(shop.till(), **ANA)).json()["card"]

    answers = [await join(**ANA) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [202] * 5
    assert len(await letters()) == 3
    links = "SELECT FROM card_links WHERE card_id = :c AND ended_at IS NULL"
    assert len(await rows(links, c=card["id"])) == 4

    yesterday = now() - timedelta(hours=24, seconds=1)
    older = "UPDATE customers SET mailed_at = ARRAY[mailed_at[1], :t, :t] WHERE merchant_id = :m"
    await rows(older, t=yesterday, m=shop.id)
    assert [(await join(**ANA)).status_code for _ in range(3)] == [202] * 3
    assert len(await letters()) == 5
    assert len(await rows(links, c=card["id"])) == 5


async def test_a_new_link_ends_those_that_were_mailed(
    shop: Shop, enrol: Call, join: Call, rows: Call, letters: Call, fresh_key: Call
):
    card = (await enrol(shop.till(), **ANA)).json()["card"]
    await join(**ANA)

    made = await shop.owner().post(f"{CARDS}/{card['id']}/link", headers=fresh_key())

    (letter,) = await letters()
    assert await live_link(rows, link_in(letter)) is None
    assert str(await live_link(rows, made.json()["card_url"])) == card["id"]


async def test_erasing_a_member_takes_back_the_letters_that_have_not_left(
    shop: Shop, enrol: Call, join: Call, letters: Call, fresh_key: Call
):
    card = (await enrol(shop.till(), **ANA)).json()["card"]
    await enrol(shop.till(), email="ben@example.com")
    await join(**ANA)
    await join(email="ben@example.com")

    await shop.owner().post(f"{CARDS}/{card['id']}/customer/erase", headers=fresh_key())

    assert [letter.recipient for letter in await letters()] == ["ben@example.com"]
    assert (await join(**ANA)).status_code == 201


async def test_another_address_takes_back_letters_to_the_old_one_and_is_counted_anew(
    shop: Shop, enrol: Call, join: Call, letters: Call
):
    card = (await enrol(shop.till(), **ANA)).json()["card"]
    for _ in range(4):
        await join(**ANA)

    change = {"json": {"email": "other@example.com"}, "headers": {"if-match": '"1"'}}
    await shop.owner().patch(f"{CARDS}/{card['id']}/customer", **change)
    await join(**ANA)

    assert [letter.recipient for letter in await letters()] == ["other@example.com"]


# -- where and whether


async def test_where_cards_belong_to_one_store_it_is_named_by_its_code(
    shop: Shop, join: Call, told: Call, rows: Call
):
    await shop.separate_stores()

    missing = await join(**ANA)
    unknown = await join(**ANA, store_code="X")
    answer = await join(**ANA, store_code="G")

    assert wrong_fields(missing) == {("store_code", "required")}
    assert refused(unknown) == (404, "store-not-found")
    assert answer.status_code == 201
    (state,) = await told(await live_link(rows, answer.json()["card_url"]))
    assert state["scope_store_id"] == state["enrolled_at_store_id"] == str(shop.stores[1].id)


async def test_a_poster_of_a_store_is_remembered_where_cards_work_everywhere(
    shop: Shop, join: Call, told: Call, rows: Call
):
    answer = await join(**ANA, store_code="B")

    (state,) = await told(await live_link(rows, answer.json()["card_url"]))
    assert (state["scope_store_id"], state["enrolled_at_store_id"]) == (None, str(shop.stores[0].id))


async def test_a_store_that_was_made_a_moment_ago_can_be_named(shop: Shop, join: Call):
    assert (await join(email="a@example.com")).status_code == 201

    shop.announce(shop.stores[0].model_copy(update={"id": uuid7()}), code="NEW")

    assert (await join(email="b@example.com", store_code="NEW")).status_code == 201


async def test_nobody_joins_where_only_the_merchant_enrols(shop: Shop, join: Call, rows: Call):
    await shop.change(shop.settings, allow_self_enrollment=False)

    assert refused(await join(**ANA)) == (403, "enrollment-closed")
    assert await rows("SELECT FROM customers WHERE merchant_id = :m", m=shop.id) == []


async def test_nobody_joins_a_program_that_is_off_or_is_not_there(
    shop: Shop, open_shop: Call, join: Call, fresh_key: Call
):
    off, none = open_shop(program={"is_active": False}), open_shop(has_program=False)
    gone = open_shop()
    await gone.change(gone.merchant, deleted_at=now())

    answers = [await join(**ANA, merchant_slug=one.merchant.slug) for one in (off, none, gone)]
    answers.append(await join(**ANA, merchant_slug="no-such-shop"))

    assert [refused(answer) for answer in answers] == [
        (409, "program-inactive"),
        (404, "program-not-found"),
        (404, "program-not-found"),
        (404, "program-not-found"),
    ]


async def test_a_slug_that_was_given_up_names_nobody_and_a_new_one_does(shop: Shop, join: Call):
    await join(email="a@example.com")
    await shop.change(shop.merchant, slug="another-name")

    assert (await join(email="b@example.com", merchant_slug="another-name")).status_code == 201
    assert refused(await join(email="c@example.com")) == (404, "program-not-found")


async def test_an_unknown_slug_is_asked_for_once(shop: Shop, join: Call):
    for _ in range(3):
        await join(**ANA, merchant_slug="no-such-shop")

    assert len([path for path in shop.programs.asked if "no-such-shop" in path]) == 1


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"locale": ...}, ("locale", "required")),
        ({"marketing_consent": ...}, ("marketing_consent", "required")),
        ({"merchant_slug": ...}, ("merchant_slug", "required")),
        ({"email": None}, ("phone", "required")),
        ({"phone": "12"}, ("phone", "too-short")),
        ({"phone": "123"}, ("phone", "bad-format")),
        ({"store_id": str(uuid7())}, ("store_id", "unknown-field")),
    ],
)
async def test_what_cannot_be_is_told(
    shop: Shop, fresh_key: Call, change: dict[str, Any], wrong: tuple[str, str]
):
    body = {
        "merchant_slug": shop.merchant.slug,
        "email": "ana@example.com",
        "first_name": "Ana",
        "last_name": "Weber",
        "locale": "lu",
        "marketing_consent": True,
        **change,
    }
    body = {name: value for name, value in body.items() if value is not ...}

    assert wrong_fields(await shop.anyone().post(JOIN, json=body, headers=fresh_key())) == {wrong}


# -- keys


async def test_a_replay_is_the_first_answer_without_the_link(shop: Shop, join: Call, fresh_key: Call):
    headers = fresh_key()
    first = await join(headers, **ANA)
    again = await join(headers, **ANA)
    other = await join(headers, **{**ANA, "first_name": "Eva"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == {"card_url": None}
    assert again.headers["idempotency-replayed"] == "true"
    assert "location" not in again.headers
    assert refused(other) == (422, "idempotency-key-reused")


async def test_the_public_page_has_keys_of_its_own_for_each_merchant(
    shop: Shop, open_shop: Call, enrol: Call, join: Call, fresh_key: Call
):
    headers, other = fresh_key(), open_shop()
    body = {"email": "ana@example.com", "first_name": "Ana", "last_name": "Weber"}

    by_till = await shop.till().post(CARDS, json=body, headers=headers)
    here = await join(headers, email="b@example.com")
    there = await join(headers, email="b@example.com", merchant_slug=other.merchant.slug)

    assert [answer.status_code for answer in (by_till, here, there)] == [201] * 3
    assert refused(await shop.anyone().post(JOIN, json={})) == (400, "idempotency-key-missing")


async def test_a_known_key_is_replayed_when_the_program_is_gone(shop: Shop, join: Call, fresh_key: Call):
    headers = fresh_key()
    await join(headers, **ANA)
    await shop.change(shop.program, deleted_at=now())

    assert (await join(headers, **ANA)).status_code == 201
    assert refused(await join(email="b@example.com")) == (404, "program-not-found")


async def test_no_link_is_kept_but_in_a_letter_that_waits(shop: Shop, join: Call, rows: Call):
    token = (await join(**ANA)).json()["card_url"].rpartition("/")[2]
    kept = await rows(
        "SELECT convert_from(body, 'UTF8') || headers::text AS whole FROM idempotent_answers"
        " WHERE body IS NOT NULL"
    )

    assert kept
    assert not any(token in row.whole for row in kept)
