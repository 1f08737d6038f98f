"""The database holds the ranges by itself, and is what the code believes it to be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from kit import audit, migrations
from kit.ids import now, uuid7
from kit.tables import metadata as plumbing
from kit.tables import sqlalchemy_url
from programs import store, tables
from programs.domain import Deletable, Merchant, Program, Reward, Settings, Store

MOMENT = now()


def _thing(**fields: Any) -> dict[str, Any]:
    return {"id": uuid7(), "created_at": MOMENT, "updated_at": MOMENT, **fields}


def _merchant() -> Merchant:
    slug = f"m-{uuid7()}"
    return Merchant(**_thing(name="Chez Nous", slug=slug, country="LU", contact_email="us@shop.example"))


def _with(merchant: Merchant) -> dict[str, Any]:
    """One of each kind beneath this merchant, by the table's name."""
    program = Program(**_thing(merchant_id=merchant.id))
    reward = Reward(
        **_thing(program_id=program.id, merchant_id=merchant.id, name="Coffee", points_required=100)
    )
    return {
        "merchants": merchant,
        "stores": Store(**_thing(merchant_id=merchant.id, code="GARE", name="Gare")),
        "merchant_settings": Settings(id=merchant.id, created_at=MOMENT, updated_at=MOMENT),
        "programs": program,
        "rewards": reward,
    }


@pytest.fixture(scope="module")
def urls(database: Callable[[str], Any]) -> Any:
    return database("programs")


@pytest.fixture(scope="module")
def things(urls: Any) -> dict[str, Any]:
    """One row in each table, by the runtime role."""
    made = _with(_merchant())
    engine = create_engine(sqlalchemy_url(urls.app_url))
    with engine.begin() as connection:
        for thing in made.values():
            connection.execute(store.TABLES[type(thing)].insert().values(store._values(thing)))
    engine.dispose()
    return made


def _update(urls: Any, table: str, thing: Any, assignment: str) -> None:
    column = "merchant_id" if table == "merchant_settings" else "id"
    with psycopg.connect(urls.app_url) as connection:
        connection.execute(f"UPDATE {table} SET {assignment} WHERE {column} = %s", [thing.id])


def test_the_tables_are_those_that_the_code_knows(urls: Any):
    engine = create_engine(sqlalchemy_url(urls.owner_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [
            found for found in compare_metadata(context, tables.metadata) if not _is_plumbing(found)
        ]
    engine.dispose()

    assert differences == []


def _is_plumbing(difference: Any) -> bool:
    thing = difference[1] if isinstance(difference, tuple) else None
    table = getattr(thing, "table", thing)
    return getattr(table, "name", "") in {*plumbing.tables, *audit.metadata.tables, "alembic_version"}


def test_migrating_again_changes_nothing(urls: Any):
    assert migrations.upgrade("programs", urls.owner_url) == migrations.head("programs")


@pytest.mark.parametrize(
    ("table", "assignment"),
    [
        ("merchants", "name = ''"),
        ("merchants", "name = repeat('x', 121)"),
        ("merchants", "slug = 'No Slug'"),
        ("merchants", "slug = 'ab'"),
        ("merchants", "currency = 'eur'"),
        ("merchants", "country = 'LUX'"),
        ("merchants", "default_locale = 'lu'"),
        ("merchants", "version = 0"),
        ("merchants", "deleted_at = now()"),
        ("merchants", "deleted_by = gen_random_uuid()"),
        ("stores", "latitude = 49.6"),
        ("stores", "latitude = 91, longitude = 6"),
        ("stores", "latitude = 49, longitude = -181"),
        ("stores", "latitude = 'NaN', longitude = 6"),
        ("merchant_settings", "staff_pin_policy = 'never'"),
        ("merchant_settings", "pin_lockout_attempts = 2"),
        ("merchant_settings", "pin_lockout_attempts = 21"),
        ("merchant_settings", "pin_lockout_minutes = 0"),
        ("merchant_settings", "pin_lockout_minutes = 1441"),
        ("merchant_settings", "enrollment_confirmation = 'sms'"),
        ("programs", "loyalty_type = 'miles'"),
        ("programs", "stamps_target = 0"),
        ("programs", "stamps_target = 101"),
        ("programs", "stamps_reward_description = ''"),
        ("programs", "stamps_reward_value_cents = -1"),
        ("programs", "points_per_euro = 1001"),
        ("programs", "points_expiration_days = 0"),
        ("programs", "points_expiration_days = 3651"),
        ("programs", "welcome_bonus_points = 100001"),
        ("programs", "minimum_redemption_points = 100000001"),
        ("programs", "minimum_purchase_cents = -1"),
        ("programs", "tiers = '{}'"),
        ("programs", "cooldown_minutes = 10081"),
        ("programs", "max_daily_stamps = 0"),
        ("programs", "max_daily_stamps = 101"),
        ("programs", "card_color = 'red'"),
        ("programs", "logo_url = 'http://shop.example/logo.png'"),
        ("programs", "is_active = true"),
        ("programs", "activated_at = now(), is_active = true, redeem_until = now()"),
        ("rewards", "points_required = 0"),
        ("rewards", "points_required = 10000001"),
        ("rewards", "stock = -1"),
        ("rewards", "stock = 10000001"),
        ("rewards", "max_per_card = 0"),
        ("rewards", "max_per_card = 10001"),
        ("rewards", "value_cents = 100000001"),
        ("rewards", "valid_from = now(), valid_until = now()"),
        ("rewards", "image_url = 'ftp://shop.example/x'"),
    ],
)
def test_the_database_refuses_what_is_out_of_range(
    urls: Any, things: dict[str, Any], table: str, assignment: str
):
    with pytest.raises(psycopg.errors.CheckViolation):
        _update(urls, table, things[table], assignment)


@pytest.mark.parametrize(
    ("table", "copy"),
    [
        ("merchants", lambda made: Merchant(**{**vars(made["merchants"]), "id": uuid7()})),
        ("stores", lambda made: Store(**{**vars(made["stores"]), "id": uuid7()})),
        ("programs", lambda made: Program(**{**vars(made["programs"]), "id": uuid7()})),
    ],
)
def test_one_live_row_has_a_name_and_a_deleted_one_leaves_it_free(
    urls: Any, table: str, copy: Callable[[dict[str, Any]], Deletable]
):
    made = _with(_merchant())
    engine = create_engine(sqlalchemy_url(urls.app_url))
    insert = store.TABLES[type(made[table])].insert()
    with engine.begin() as connection:
        for name in dict.fromkeys(("merchants", table)):
            connection.execute(store.TABLES[type(made[name])].insert().values(store._values(made[name])))

    twin = store._values(copy(made))
    with pytest.raises(Exception, match="live"), engine.begin() as connection:
        connection.execute(insert.values(twin))
    _update(urls, table, made[table], "deleted_at = now(), deletion_id = gen_random_uuid()")
    with engine.begin() as connection:
        connection.execute(insert.values(twin))
    engine.dispose()


def test_the_runtime_role_cannot_change_the_tables(urls: Any):
    with psycopg.connect(urls.app_url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("ALTER TABLE programs DROP CONSTRAINT active_was_activated")
