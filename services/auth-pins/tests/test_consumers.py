"""What is heard of merchants, stores and settings, and what follows from it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from contracts.programs import SettingsChanged
from kit.ids import now
from kit.work import envelope

from .conftest import ADMIN, VENDOR, WRONG_PIN, code_of, post


async def hear(house: Any, *states: Any, value: bytes | None = None) -> None:
    """As the broker brings them."""
    records = [
        SimpleNamespace(
            topic="programs-events",
            partition=0,
            offset=number,
            key=state.key().encode(),
            value=value or envelope("programs", state),
        )
        for number, state in enumerate(states)
    ]
    await house.service.listener.take(records)


async def test_a_setting_counts_from_its_event_on(house, till):
    assert code_of(await till.enter(pin=WRONG_PIN)) == "staff-approval-invalid"
    house.programs.down = True

    await hear(house, SettingsChanged(id=house.merchant.id, version=2, pin_lockout_attempts=3))

    assert code_of(await till.enter(pin=WRONG_PIN)) == "staff-approval-invalid"
    assert code_of(await till.enter(pin=WRONG_PIN)) == "staff-locked"


async def test_an_older_event_does_not_go_back(house, till):
    new = SettingsChanged(id=house.merchant.id, version=3, pin_lockout_attempts=3)
    await hear(house, new)
    await hear(house, SettingsChanged(id=house.merchant.id, version=2, pin_lockout_attempts=20))
    await hear(house, new)

    answers = [code_of(await till.enter(pin=WRONG_PIN)) for _ in range(3)]

    assert answers[-1] == "staff-locked"


async def test_nobody_signs_in_at_a_deleted_merchant(house, till):
    await house.new_user()
    pair = (await house.sign_in()).json()
    await house.new_staff()

    await hear(house, house.merchant.model_copy(update={"version": 2, "deleted_at": now()}))

    assert (await house.sign_in()).status_code == 401
    refreshed = await house.anyone.post("/api/v1/auth/refresh", json={"refresh_token": pair["refresh_token"]})
    assert refreshed.status_code == 401
    assert code_of(await till.enter()) == "unauthenticated"


async def test_what_a_deleted_merchant_has_is_hidden_and_comes_back_with_it(house, till):
    user = await house.new_user()
    gone = house.merchant.model_copy(update={"version": 2, "deleted_at": now()})

    await hear(house, gone)
    hidden = (await house.admin.get(f"{ADMIN}/users/{user['id']}")).status_code
    listed = (await house.admin.get(f"{ADMIN}/terminals")).json()["items"]
    asked = (await house.admin.get(f"{ADMIN}/terminals", params={"only_deleted": True})).json()["items"]
    new = await post(house.admin, f"{ADMIN}/terminals", {"store_id": str(house.stores[0].id), "name": "T"})
    await hear(house, house.merchant.model_copy(update={"version": 3}))

    assert (hidden, listed, [row["id"] for row in asked]) == (404, [], [str(till.id)])
    assert code_of(new) == "store-not-found"
    assert (await house.sign_in()).status_code == 200
    assert (await house.owner.get(f"{VENDOR}/terminals/{till.id}")).status_code == 200


async def test_a_deleted_stores_till_gets_no_staff_session(house, till):
    await house.new_staff()
    store = house.stores[0]

    await hear(house, store.model_copy(update={"version": 2, "deleted_at": now()}))

    assert code_of(await till.enter()) == "unauthenticated"


async def test_an_event_that_cannot_be_read_is_parked_and_holds_up_no_other(house, till):
    await hear(house, house.stores[1], value=b"{not json")
    await hear(house, SettingsChanged(id=house.merchant.id, version=2, pin_lockout_attempts=3))

    assert [row.state for row in await house.rows("SELECT state FROM parked_events")] == ["parked"]
    answers = [code_of(await till.enter(pin=WRONG_PIN)) for _ in range(3)]
    assert answers[-1] == "staff-locked"


async def test_an_event_heard_twice_is_applied_once(house):
    state = SettingsChanged(id=house.merchant.id, version=2)
    value = envelope("programs", state)

    await hear(house, state, state, value=value)
    await hear(house, state, value=value)

    assert len(await house.rows("SELECT * FROM inbox")) == 1
    assert [row.version for row in await house.rows("SELECT version FROM projections")] == [2]


async def test_a_replica_that_starts_reads_what_was_heard_before(house, open_house):
    await hear(house, house.merchant, *house.stores)
    twin = await open_house()
    asked = len(house.programs.asked)

    await twin.desk.places.projection.catch_up()

    assert (await twin.desk.places.store(house.stores[0].id)) == house.stores[0]
    assert len(house.programs.asked) == asked
