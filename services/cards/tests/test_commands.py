"""Enrolment, links and changes of customers on a real database: races above all."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from typing import Any

import pytest

from cards import commands, store
from cards.commands import Desk, Enrolled, Joining
from contracts.problem import CardNotFound, CustomerConflict, PreconditionFailed, ValidationFailed
from kit.ids import now, uuid7
from kit.preconditions import expected

Shop = Any
Rows = Callable[..., Any]


def joining(email: str | None = "ana@example.com", phone: str | None = None, **members: Any) -> Joining:
    return Joining(email, phone, **{"first_name": "Ana", "last_name": "Weber", **members})


async def enrol(shop: Shop, who: Joining, at: int | None = 0) -> Enrolled:
    terms = await shop.terms(at)
    store_id = None if at is None else shop.stores[at].id
    async with shop.service.work() as tx:
        return await commands.enrol(tx, terms, who, Desk("till", store_id, terminal_id=uuid7()))


# -- races


async def test_twenty_parallel_enrolments_of_one_person_end_with_one_customer_and_one_card(
    shop: Shop, rows: Rows, told: Rows
):
    await shop.terms()
    forms = ["ana@example.com", "ANA@Example.com", "Ana@example.COM", "aNa@example.com"]

    outcomes = await asyncio.gather(*(enrol(shop, joining(forms[n % 4], "621 123 456")) for n in range(20)))

    assert len({outcome.held.card.id for outcome in outcomes}) == 1
    assert sum(outcome.is_new for outcome in outcomes) == 1
    assert sum(outcome.link_token is not None for outcome in outcomes) == 1
    (people,) = await rows("SELECT count(*) FROM customers WHERE merchant_id = :m", m=shop.id)
    (cards,) = await rows("SELECT count(*) FROM cards WHERE merchant_id = :m", m=shop.id)
    assert (people.count, cards.count) == (1, 1)
    assert len(await told(outcomes[0].held.card.id)) == 1


async def test_parallel_enrolments_whose_contacts_cross_end_without_deadlock_and_with_unique_contacts(
    shop: Shop, rows: Rows
):
    await shop.terms()
    emails = ["a@example.com", "b@example.com", "c@example.com"]
    phones = ["621 000 001", "621 000 002", "621 000 003"]
    pairs = [(emails[n % 3], phones[(n + n // 3) % 3]) for n in range(18)]

    outcomes = await asyncio.gather(*(enrol(shop, joining(*pair)) for pair in pairs), return_exceptions=True)

    wrong = [outcome for outcome in outcomes if not isinstance(outcome, (Enrolled, CustomerConflict))]
    assert not wrong
    kept = await rows("SELECT email_key, phone FROM customers WHERE merchant_id = :m", m=shop.id)
    assert len({row.email_key for row in kept}) == len(kept) == len({row.phone for row in kept})
    cards = await rows("SELECT customer_id FROM cards WHERE merchant_id = :m", m=shop.id)
    assert len({row.customer_id for row in cards}) == len(cards) == len(kept)


async def test_parallel_first_cards_at_two_stores_give_one_first_card(shop: Shop, rows: Rows):
    await shop.terms()
    await shop.separate_stores()

    outcomes = await asyncio.gather(*(enrol(shop, joining(), at) for at in (0, 1) * 6))

    assert len({outcome.held.card.id for outcome in outcomes}) == 2
    kept = await rows("SELECT first_of_customer, scope_store_id FROM cards WHERE merchant_id = :m", m=shop.id)
    assert sorted(row.first_of_customer for row in kept) == [False, True]
    assert {row.scope_store_id for row in kept} == {one.id for one in shop.stores}


async def test_a_taken_number_is_drawn_again(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    taken = (await enrol(shop, joining("a@example.com"))).held.card.card_number
    draws = iter([int(taken[:11]), int(taken[:11]), 77])
    monkeypatch.setattr(secrets, "randbelow", lambda _: next(draws))

    other = (await enrol(shop, joining("b@example.com"))).held.card.card_number

    assert other.startswith("00000000077")


# -- who is known


async def test_a_customer_is_known_by_email_or_by_phone_and_stays_as_it_was(shop: Shop, rows: Rows):
    first = await enrol(shop, joining("ana@example.com", "621 123 456"))

    by_email = await enrol(shop, joining("ANA@example.com", "621 999 999", first_name="Anna", locale="de"))
    by_phone = await enrol(shop, joining("other@example.com", "+352621123456"))

    assert by_email.held == by_phone.held == first.held
    assert not by_email.is_new
    assert not by_phone.is_new
    assert by_email.link_token is None
    (kept,) = await rows("SELECT * FROM customers WHERE merchant_id = :m", m=shop.id)
    assert (kept.first_name, kept.email, kept.phone, kept.locale) == (
        "Ana",
        "ana@example.com",
        "+352621123456",
        "fr",
    )


async def test_an_email_of_one_with_the_phone_of_another_conflicts_and_keeps_nothing(shop: Shop, rows: Rows):
    await enrol(shop, joining("a@example.com", None))
    await enrol(shop, joining(None, "621 123 456"))

    with pytest.raises(CustomerConflict):
        await enrol(shop, joining("a@example.com", "621 123 456"))

    assert len(await rows("SELECT FROM customers WHERE merchant_id = :m", m=shop.id)) == 2


async def test_the_same_person_is_another_customer_of_another_merchant(
    shop: Shop, open_shop: Callable[[], Shop]
):
    here, there = await enrol(shop, joining()), await enrol(open_shop(), joining())

    assert here.is_new
    assert there.is_new
    assert here.held.customer.id != there.held.customer.id


async def test_after_a_card_was_deleted_the_next_one_is_not_the_first(shop: Shop, rows: Rows, told: Rows):
    first = await enrol(shop, joining())
    await rows("UPDATE cards SET deleted_at = now() WHERE id = :id", id=first.held.card.id)

    second = await enrol(shop, joining())

    assert second.is_new
    assert second.held.customer == first.held.customer
    assert [state["first_of_customer"] for state in await told(first.held.card.id)] == [True]
    assert [state["first_of_customer"] for state in await told(second.held.card.id)] == [False]


async def test_an_erased_person_is_a_new_customer(shop: Shop, rows: Rows):
    first = await enrol(shop, joining())
    await rows("UPDATE customers SET erased_at = now() WHERE id = :id", id=first.held.customer.id)

    second = await enrol(shop, joining())

    assert second.held.customer.id != first.held.customer.id
    assert second.held.card.first_of_customer


async def test_an_inactive_card_is_returned_as_it_is(shop: Shop, rows: Rows):
    first = await enrol(shop, joining())
    await rows("UPDATE cards SET is_active = false WHERE id = :id", id=first.held.card.id)

    again = await enrol(shop, joining())

    assert not again.is_new
    assert again.held.card.is_active is False


# -- cross-location


async def test_when_stores_join_again_enrolment_finds_the_oldest_card(shop: Shop):
    await shop.terms()
    await shop.separate_stores()
    oldest, newer = await enrol(shop, joining(), 1), await enrol(shop, joining(), 0)
    await shop.change(shop.settings, allow_cross_location_redemption=True)

    found = await enrol(shop, joining(), 0)

    assert newer.is_new
    assert not found.is_new
    assert found.held.card.id == oldest.held.card.id


async def test_a_card_without_a_scope_store_keeps_working_everywhere(shop: Shop):
    everywhere = await enrol(shop, joining(), 0)
    await shop.separate_stores()

    found = await enrol(shop, joining(), 1)

    assert not found.is_new
    assert found.held.card.id == everywhere.held.card.id


# -- what is told


async def test_a_new_card_is_told_whole_and_without_anything_of_the_person(shop: Shop, told: Rows):
    enrolled = await enrol(shop, joining("ana@example.com", "621 123 456", locale="de"))
    card = enrolled.held.card

    (state,) = await told(card.id)

    assert state["id"] == str(card.id)
    assert state["version"] == 1
    assert state["merchant_id"] == str(shop.id)
    assert (state["program_id"], state["program_version"]) == (str(shop.program.id), 1)
    assert (state["card_number"], state["qr_code"]) == (card.card_number, card.qr_code)
    assert state["enrolled_at_store_id"] == str(shop.stores[0].id)
    assert state["enrolled_by_terminal_id"] == str(card.enrolled_by_terminal_id)
    assert (state["via"], state["locale"], state["first_of_customer"]) == ("till", "de", True)
    assert not any(word in str(state) for word in ("'Ana'", "Weber", "ana@", "621123456", "621 123"))


async def test_what_is_refused_is_not_told(shop: Shop, rows: Rows):
    terms = await shop.terms(0)
    before = await rows("SELECT count(*) FROM outbox")

    async def fail() -> None:
        async with shop.service.work() as tx:
            await commands.enrol(tx, terms, joining(), Desk("till", shop.stores[0].id))
            raise RuntimeError("after the enrolment")

    with pytest.raises(RuntimeError, match="after the enrolment"):
        await fail()

    assert await rows("SELECT count(*) FROM outbox") == before
    assert await rows("SELECT FROM cards WHERE merchant_id = :m", m=shop.id) == []


# -- links


async def test_of_a_links_token_only_the_hash_is_kept(shop: Shop, rows: Rows):
    enrolled = await enrol(shop, joining())
    token = enrolled.link_token
    assert token is not None

    (kept,) = await rows("SELECT * FROM card_links WHERE card_id = :id", id=enrolled.held.card.id)

    assert len(token) == 43
    assert bytes(kept.token_hash) == hashlib.sha256(token.encode()).digest()
    async with shop.service.work.read() as conn:
        found = await store.card_by_link(conn, commands.link_hash(token))
    assert found == enrolled.held


async def test_a_sixth_link_ends_the_oldest(shop: Shop):
    enrolled = await enrol(shop, joining())
    card_id, first = enrolled.held.card.id, enrolled.link_token
    assert first is not None

    async with shop.service.work() as tx:
        for number in range(5):
            await store.add_link(tx.conn, card_id, bytes([number]) * 32, now())

    async with shop.service.work.read() as conn:
        assert await store.count_live_links(conn, card_id) == 5
        assert await store.card_by_link(conn, commands.link_hash(first)) is None
        assert await store.card_by_link(conn, bytes([0]) * 32) is not None


async def test_a_new_link_ends_all_others(shop: Shop):
    enrolled = await enrol(shop, joining())
    card_id, first = enrolled.held.card.id, enrolled.link_token
    assert first is not None

    async with shop.service.work() as tx:
        token = await commands.new_link(tx, shop.id, card_id)

    async with shop.service.work.read() as conn:
        assert await store.card_by_link(conn, commands.link_hash(first)) is None
        assert await store.card_by_link(conn, commands.link_hash(token)) is not None


async def test_parallel_new_links_leave_one(shop: Shop):
    card_id = (await enrol(shop, joining())).held.card.id

    async def one() -> str:
        async with shop.service.work() as tx:
            return await commands.new_link(tx, shop.id, card_id)

    await asyncio.gather(*(one() for _ in range(8)))

    async with shop.service.work.read() as conn:
        assert await store.count_live_links(conn, card_id) == 1


# -- a customer's data


async def change(shop: Shop, enrolled: Enrolled, etag: str = '"1"', **changes: Any) -> Any:
    letters = shop.service.http.state.letters
    async with shop.service.work() as tx:
        return await commands.change_customer(
            tx, shop.id, "LU", enrolled.held.card.id, expected(etag), changes, letters
        )


async def test_a_changed_name_is_searched_and_its_cards_are_told_again(shop: Shop, rows: Rows, told: Rows):
    enrolled = await enrol(shop, joining())

    after = await change(shop, enrolled, last_name="Øster Brien", phone="621 123 456")

    assert (after.version, after.phone) == (2, "+352621123456")
    words = await rows("SELECT word FROM customer_words WHERE customer_id = :id ORDER BY word", id=after.id)
    assert [row.word for row in words] == ["ana", "brien", "øster"]
    beside = "SELECT word FROM card_words WHERE card_id = :id AND program_id = :program ORDER BY word"
    card = enrolled.held.card
    assert await rows(beside, id=card.id, program=card.program_id) == words
    assert [state["version"] for state in await told(enrolled.held.card.id)] == [1, 2]


async def test_a_change_that_no_pass_shows_tells_nothing(shop: Shop, told: Rows):
    enrolled = await enrol(shop, joining())

    await change(shop, enrolled, email="new@example.com", marketing_consent=True)

    assert len(await told(enrolled.held.card.id)) == 1


async def test_the_same_data_again_is_no_change(shop: Shop):
    enrolled = await enrol(shop, joining())

    assert (await change(shop, enrolled, first_name="Ana", email="ana@example.com")).version == 1


async def test_of_parallel_changes_with_one_etag_one_wins(shop: Shop):
    enrolled = await enrol(shop, joining())

    outcomes = await asyncio.gather(
        *(change(shop, enrolled, first_name=f"Ana {n}") for n in range(6)), return_exceptions=True
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Customer"] + ["PreconditionFailed"] * 5


async def test_a_change_may_not_take_anothers_contact_nor_the_last_one(shop: Shop):
    enrolled = await enrol(shop, joining("a@example.com"))
    await enrol(shop, joining("b@example.com", "621 123 456"))

    for taken in ({"email": "B@example.com"}, {"phone": "621123456"}):
        with pytest.raises(CustomerConflict):
            await change(shop, enrolled, **taken)
    with pytest.raises(ValidationFailed):
        await change(shop, enrolled, email=None)
    with pytest.raises(PreconditionFailed):
        await change(shop, enrolled, '"2"', first_name="Eva")
    letters = shop.service.http.state.letters
    with pytest.raises(CardNotFound):
        async with shop.service.work() as tx:
            await commands.change_customer(tx, uuid7(), "LU", enrolled.held.card.id, '"1"', {}, letters)
