"""The schema: migrations make what the code expects, and hold what must always be true."""

from __future__ import annotations

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from cards import tables
from cards.domain import Card, Customer
from kit import audit, mail, migrations
from kit import tables as kit_tables
from kit.ids import uuid7
from kit.tables import sqlalchemy_url


@pytest.fixture(scope="module")
def engine(database: Any) -> Any:
    made = create_engine(sqlalchemy_url(database("cards").app_url))
    yield made
    made.dispose()


def test_migrating_again_changes_nothing_and_ends_at_the_newest(database: Any):
    assert migrations.upgrade("cards", database("cards").owner_url) == migrations.head("cards")


def test_the_tables_are_those_that_the_code_knows(engine: Any):
    both = [tables.metadata, kit_tables.metadata, audit.metadata, mail.metadata]
    with engine.connect() as conn:
        differences = compare_metadata(MigrationContext.configure(conn), both)

    assert [one for one in differences if "alembic_version" not in str(one)] == []


def test_rows_and_domain_objects_have_the_same_members():
    assert set(Card._fields) == set(tables.cards.c.keys())
    # How often somebody was written to is counted in the database alone.
    assert set(Customer._fields) | {"mailed_at"} == set(tables.customers.c.keys())


CUSTOMER = {
    "id": None,
    "merchant_id": None,
    "email": "a@example.com",
    "email_key": "a@example.com",
    "phone": None,
    "first_name": "Ana",
    "last_name": "Weber",
    "locale": "fr",
    "marketing_consent": False,
    "version": 1,
    "erased_at": None,
}
CARD = {
    "id": None,
    "merchant_id": None,
    "customer_id": None,
    "program_id": None,
    "program_version": 1,
    "via": "till",
    "scope_store_id": None,
    "card_number": "482100771930",
    "qr_code": "q" * 32,
    "first_of_customer": True,
    "is_active": True,
    "status_sequence": 0,
    "version": 1,
    "deleted_at": None,
}


def insert(engine: Any, table: str, row: dict[str, Any]) -> None:
    names = [*row, "created_at"]
    values = ", ".join([f":{name}" for name in row] + ["now()"])
    with engine.begin() as conn:
        conn.execute(text(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({values})"), row)


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": None, "email_key": None},
        {"email": None},
        {"email_key": None},
        {"phone": "621123456"},
        {"first_name": ""},
        {"first_name": "x" * 121},
        {"locale": "lu"},
        {"version": 0},
    ],
)
def test_a_customer_that_cannot_be_is_refused_by_the_database(engine: Any, wrong: dict[str, Any]):
    with pytest.raises(IntegrityError, match="check constraint"):
        insert(engine, "customers", {**CUSTOMER, "id": uuid7(), "merchant_id": uuid7(), **wrong})


def test_email_and_phone_are_unique_in_a_merchant_among_those_not_erased(engine: Any):
    merchant_id = uuid7()

    def add(**members: Any) -> None:
        insert(engine, "customers", {**CUSTOMER, "id": uuid7(), "merchant_id": merchant_id, **members})

    add(phone="+352621123456")
    with pytest.raises(IntegrityError, match="customers_email"):
        add()
    with pytest.raises(IntegrityError, match="customers_phone"):
        add(email="b@example.com", email_key="b@example.com", phone="+352621123456")
    add(merchant_id=uuid7(), phone="+352621123456")
    add(erased_at="2026-11-20T10:00:00Z", phone="+352621123456")


def test_one_live_card_per_program_customer_and_scope_store_null_being_one_value(engine: Any):
    customer = {**CUSTOMER, "id": uuid7(), "merchant_id": uuid7()}
    insert(engine, "customers", customer)
    common = {
        **CARD,
        "merchant_id": customer["merchant_id"],
        "customer_id": customer["id"],
        "program_id": uuid7(),
    }
    numbers = iter(range(100))

    def add(**members: Any) -> None:
        number = next(numbers)
        named = {"card_number": f"1{number:011}", "qr_code": f"{number:032}"}
        insert(engine, "cards", {**common, **named, "id": uuid7(), **members})

    store_id = uuid7()
    add()
    with pytest.raises(IntegrityError, match="cards_one_live"):
        add()
    add(scope_store_id=store_id)
    with pytest.raises(IntegrityError, match="cards_one_live"):
        add(scope_store_id=store_id)
    add(deleted_at="2026-11-20T10:00:00Z")
    add(program_id=uuid7())
    with pytest.raises(IntegrityError, match="cards_number"):
        add(program_id=uuid7(), card_number="100000000000")
    with pytest.raises(IntegrityError, match="cards_qr_code"):
        add(program_id=uuid7(), qr_code=f"{0:032}")


@pytest.mark.parametrize(
    "wrong",
    [{"card_number": "4821-0077-1930"}, {"qr_code": "short"}, {"via": "mail"}, {"program_version": 0}],
)
def test_a_card_that_cannot_be_is_refused_by_the_database(engine: Any, wrong: dict[str, Any]):
    customer = {**CUSTOMER, "id": uuid7(), "merchant_id": uuid7()}
    insert(engine, "customers", customer)
    ids = {"id": uuid7(), "merchant_id": customer["merchant_id"], "customer_id": customer["id"]}

    with pytest.raises(IntegrityError, match="check constraint"):
        insert(engine, "cards", {**CARD, **ids, "program_id": uuid7(), **wrong})


def test_answers_kept_before_are_known_to_be_about_their_customer(database: Any):
    url = database("cards").owner_url
    made = create_engine(sqlalchemy_url(url))
    with made.begin() as conn:
        conn.execute(text("DROP SCHEMA public CASCADE"))
        conn.execute(text("CREATE SCHEMA public"))
    migrations.upgrade("cards", url, "0001_start")
    customer = {**CUSTOMER, "id": uuid7(), "merchant_id": uuid7()}
    insert(made, "customers", customer)
    ids = {"id": uuid7(), "merchant_id": customer["merchant_id"], "customer_id": customer["id"]}
    insert(made, "cards", {**CARD, **ids, "program_id": uuid7()})
    bodies = {b"a" * 16: (201, f'{{"card":{{"id":"{ids["id"]}"}}}}'), b"b" * 16: (201, '{"card_url":null}')}
    with made.begin() as conn:
        for key, (status, body) in bodies.items():
            conn.execute(
                text(
                    "INSERT INTO idempotent_answers (key_hash, request_hash, status, body)"
                    " VALUES (:k, :k, :s, :b)"
                ),
                {"k": key, "s": status, "b": body.encode()},
            )

    migrations.upgrade("cards", url)

    with made.connect() as conn:
        rows = conn.execute(text("SELECT key_hash, customer_id FROM answers_about")).all()
    made.dispose()
    assert [(bytes(row.key_hash), row.customer_id) for row in rows] == [(b"a" * 16, customer["id"])]
