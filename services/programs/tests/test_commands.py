"""What commands keep and tell, alone and in a crowd."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.problem import (
    AlreadyExists,
    ChangeNotAllowed,
    MerchantNotFound,
    PreconditionFailed,
    ProgramAlreadyExists,
    ProgramNotFound,
    RewardNotFound,
    StoreNotFound,
    ValidationFailed,
)
from contracts.programs import MerchantChanged, ProgramChanged, RewardChanged, SettingsChanged, StoreChanged
from kit.app import Service
from programs import store
from programs.commands import merchants, programs, rewards, stores
from programs.commands.programs import Of
from programs.domain import Merchant, Program, Tier

ANY = None


async def test_a_merchant_comes_with_its_settings_and_both_are_told(service: Service, shop: Any):
    merchant = await shop.merchant(name="Café Bonjour")

    (about_merchant,) = await shop.told(f"merchant:{merchant['id']}")
    (about_settings,) = await shop.told(f"settings:{merchant['id']}")
    assert about_merchant["type"] == MerchantChanged.type
    assert about_merchant["data"]["name"] == "Café Bonjour"
    assert (about_merchant["sequence"], about_settings["sequence"]) == (1, 1)
    assert SettingsChanged(**about_settings["data"]).pin_lockout_attempts == 5


async def test_no_contact_field_is_told(shop: Any):
    merchant = await shop.merchant(contact_email="private@shop.example")

    (event,) = await shop.told(f"merchant:{merchant['id']}")
    assert "private@shop.example" not in str(event)


async def test_each_change_is_told_whole_with_its_version(service: Service, shop: Any):
    merchant_id = UUID((await shop.merchant())["id"])
    tiers = (Tier("Bronze", 0, 100), Tier("Silver", 1000, 125))

    async with service.work() as tx:
        program = await programs.create_program(tx, merchant_id, {"loyalty_type": "hybrid", "tiers": tiers})
        await programs.change_program(tx, Of(merchant_id), frozenset({1}), {"stamps_target": 7})
        await programs.activate_program(tx, Of(merchant_id))

    told = [ProgramChanged(**event["data"]) for event in await shop.told(f"program:{program.id}")]
    assert [(one.version, one.stamps_target, one.is_active) for one in told] == [
        (1, 10, False),
        (2, 7, False),
        (3, 7, True),
    ]
    assert [(tier.name, tier.from_points) for tier in told[-1].tiers] == [("Bronze", 0), ("Silver", 1000)]


async def test_stores_and_rewards_are_told_too(shop: Any):
    merchant = await shop.merchant()
    made = await shop.store(merchant["id"], latitude=49.6, longitude=6.13)
    await shop.program(merchant["id"])
    reward = await shop.reward(merchant["id"], valid_until="2030-01-01T00:00:00Z", stock=3)

    (about_store,) = await shop.told(f"store:{made['id']}")
    (about_reward,) = await shop.told(f"reward:{reward['id']}")
    assert StoreChanged(**about_store["data"]).latitude == 49.6
    assert about_reward["data"]["valid_until"] == "2030-01-01T00:00:00.000000Z"
    assert RewardChanged(**about_reward["data"]).merchant_id == UUID(merchant["id"])


async def test_what_changes_nothing_is_neither_kept_nor_told(service: Service, shop: Any):
    merchant = await shop.merchant(name="Nous")

    async with service.work() as tx:
        same = await merchants.change_merchant(tx, UUID(merchant["id"]), frozenset({1}), {"name": "Nous"})

    assert same.version == 1
    assert len(await shop.told(f"merchant:{merchant['id']}")) == 1


async def test_what_is_refused_is_not_told(service: Service, shop: Any):
    merchant_id = UUID((await shop.merchant())["id"])
    program = await shop.program(str(merchant_id))

    for of, seen, changes, refusal in (
        (Of(merchant_id), frozenset({2}), {"stamps_target": 9}, PreconditionFailed),
        (Of(merchant_id), ANY, {"tiers": (Tier("T", 5, 100),)}, ValidationFailed),
        (Of(program_id=uuid4()), ANY, {"stamps_target": 9}, ProgramNotFound),
        (Of(uuid4()), ANY, {"stamps_target": 9}, ProgramNotFound),
    ):
        with pytest.raises(refusal):
            async with service.work() as tx:
                await programs.change_program(tx, of, seen, changes)

    assert [event["sequence"] for event in await shop.told(f"program:{program['id']}")] == [1]


async def test_deleting_a_merchant_touches_nothing_else(service: Service, shop: Any):
    merchant = await shop.merchant()
    merchant_id = UUID(merchant["id"])
    kept = await shop.store(merchant["id"])
    program = await shop.program(merchant["id"])
    reward = await shop.reward(merchant["id"])

    async with service.work() as tx:
        await merchants.delete_merchant(tx, merchant_id, ANY, uuid4())

    for key in (f"store:{kept['id']}", f"program:{program['id']}", f"reward:{reward['id']}"):
        assert [event["sequence"] for event in await shop.told(key)] == [1]
    assert (await shop.told(f"merchant:{merchant_id}"))[-1]["data"]["deleted_at"] is not None


async def test_beneath_a_deleted_merchant_nothing_changes(service: Service, shop: Any):
    merchant = await shop.merchant()
    merchant_id = UUID(merchant["id"])
    hidden = await shop.store(merchant["id"])
    await shop.program(merchant["id"])
    reward = await shop.reward(merchant["id"])
    async with service.work() as tx:
        await merchants.delete_merchant(tx, merchant_id, ANY, None)

    async def refused(kind: type[Exception], command: Any, *arguments: Any) -> None:
        with pytest.raises(kind):
            async with service.work() as tx:
                await command(tx, *arguments)

    await refused(MerchantNotFound, merchants.change_merchant, merchant_id, ANY, {"name": "X"})
    await refused(MerchantNotFound, merchants.delete_merchant, merchant_id, ANY, None)
    await refused(MerchantNotFound, merchants.change_settings, merchant_id, ANY, {"allow_void": False})
    await refused(MerchantNotFound, stores.create_store, merchant_id, {"code": "X", "name": "X"})
    await refused(StoreNotFound, stores.change_store, UUID(hidden["id"]), ANY, {"name": "X"})
    await refused(ProgramNotFound, programs.activate_program, Of(merchant_id))
    await refused(RewardNotFound, rewards.delete_reward, merchant_id, UUID(reward["id"]), ANY, None)


async def test_a_restored_merchant_is_exactly_what_it_was(service: Service, shop: Any):
    merchant_id = UUID((await shop.merchant())["id"])
    async with service.work.read() as conn:
        before = await store.load(conn, Merchant, merchant_id)

    async with service.work() as tx:
        await merchants.delete_merchant(tx, merchant_id, ANY, uuid4())
    async with service.work() as tx:
        back = await merchants.restore_merchant(tx, merchant_id)

    changed = {name for name, value in vars(before).items() if vars(back)[name] != value}
    assert changed == {"version", "updated_at"}
    assert [event["sequence"] for event in await shop.told(f"merchant:{merchant_id}")] == [1, 2, 3]


async def test_a_name_taken_meanwhile_stops_the_restore(service: Service, shop: Any):
    merchant = await shop.merchant()
    first = await shop.store(merchant["id"], code="GARE")
    program = await shop.program(merchant["id"])
    merchant_id, store_id, program_id = (UUID(one["id"]) for one in (merchant, first, program))
    async with service.work() as tx:
        await stores.delete_store(tx, store_id, ANY, None)
        await programs.delete_program(tx, Of(merchant_id), ANY, None)
    await shop.store(merchant["id"], code="GARE")
    await shop.program(merchant["id"])

    with pytest.raises(AlreadyExists):
        async with service.work() as tx:
            await stores.restore_store(tx, store_id)
    with pytest.raises(ProgramAlreadyExists):
        async with service.work() as tx:
            await programs.restore_program(tx, program_id)

    async with service.work() as tx:
        await merchants.delete_merchant(tx, merchant_id, ANY, None)
    await shop.merchant(slug=merchant["slug"])
    with pytest.raises(AlreadyExists):
        async with service.work() as tx:
            await merchants.restore_merchant(tx, merchant_id)


async def test_a_reward_of_a_deleted_program_is_gone_for_its_successor(service: Service, shop: Any):
    merchant_id = UUID((await shop.merchant())["id"])
    await shop.program(str(merchant_id))
    reward = await shop.reward(str(merchant_id))
    async with service.work() as tx:
        await programs.delete_program(tx, Of(merchant_id), ANY, None)
    await shop.program(str(merchant_id))

    with pytest.raises(RewardNotFound):
        async with service.work() as tx:
            await rewards.change_reward(tx, merchant_id, UUID(reward["id"]), ANY, {"stock": 1})


async def test_of_many_who_begin_a_program_at_once_one_does(service: Service, shop: Any):
    merchant_id = UUID((await shop.merchant())["id"])

    async def begin() -> Program:
        async with service.work() as tx:
            return await programs.create_program(tx, merchant_id, {})

    done = await asyncio.gather(*(begin() for _ in range(6)), return_exceptions=True)

    assert sorted(type(one).__name__ for one in done) == ["Program"] + ["ProgramAlreadyExists"] * 5


async def test_parallel_changes_each_count_once(service: Service, shop: Any):
    merchant_id = UUID((await shop.merchant())["id"])
    program = await shop.program(str(merchant_id))

    async def change(target: int) -> None:
        async with service.work() as tx:
            await programs.change_program(tx, Of(merchant_id), ANY, {"stamps_target": target})

    await asyncio.gather(*(change(target) for target in range(20, 30)))

    told = await shop.told(f"program:{program['id']}")
    assert [event["sequence"] for event in told] == list(range(1, 12))


async def test_of_two_who_read_the_same_version_one_may_change_it(service: Service, shop: Any):
    merchant_id = UUID((await shop.merchant())["id"])
    await shop.program(str(merchant_id))

    async def change(target: int) -> Program:
        async with service.work() as tx:
            changes = {"stamps_target": target}
            return await programs.change_program(tx, Of(merchant_id), frozenset({1}), changes)

    async with service.work() as tx:
        await programs.change_program(tx, Of(merchant_id), frozenset({1}), {"stamps_target": 20})
        waiting = asyncio.create_task(change(30))
        await asyncio.sleep(0.2)
        assert not waiting.done()

    with pytest.raises(PreconditionFailed):
        await waiting


async def test_the_currency_cannot_slip_past_an_activation_that_is_under_way(service: Service, shop: Any):
    merchant_id = UUID((await shop.merchant())["id"])
    await shop.program(str(merchant_id))

    async def change_currency() -> Merchant:
        async with service.work() as tx:
            return await merchants.change_merchant(tx, merchant_id, ANY, {"currency": "CHF"})

    async with service.work() as tx:
        await programs.activate_program(tx, Of(merchant_id))
        waiting = asyncio.create_task(change_currency())
        await asyncio.sleep(0.2)
        assert not waiting.done()

    with pytest.raises(ChangeNotAllowed):
        await waiting


async def test_the_currency_stays_after_the_activated_program_was_deleted(service: Service, shop: Any):
    merchant_id = UUID((await shop.merchant())["id"])
    await shop.program(str(merchant_id))
    async with service.work() as tx:
        await programs.activate_program(tx, Of(merchant_id))
        await programs.delete_program(tx, Of(merchant_id), ANY, None)

    with pytest.raises(ChangeNotAllowed):
        async with service.work() as tx:
            await merchants.change_merchant(tx, merchant_id, ANY, {"timezone": "Europe/Paris"})
