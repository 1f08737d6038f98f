"""Copies of states that others own: never going back, the same in every replica, asked for when unknown."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, ClassVar
from uuid import UUID

import pytest

from contracts.event import State
from contracts.problem import UpstreamUnavailable
from kit import projection
from kit.ids import uuid7
from kit.listener import Heard
from kit.projection import Projection
from kit.telemetry import Trace
from kit.work import Work, open_engine


class Shelf(State):
    type: ClassVar[str] = "stock.shelf-changed.v1"
    topic: ClassVar[str] = "stock-events"
    kind: ClassVar[str] = "shelf"

    room_id: UUID
    label: str = ""


class Room(State):
    type: ClassVar[str] = "stock.room-changed.v1"
    topic: ClassVar[str] = "stock-events"
    kind: ClassVar[str] = "room"


class Owner:
    """The service that owns shelves, counting how often it is asked."""

    def __init__(self) -> None:
        self.states: dict[UUID, State] = {}
        self.asked = 0
        self.away = False

    async def __call__(self, kind: str, id: UUID) -> dict[str, Any] | None:  # noqa: A002 - as Fetch says
        self.asked += 1
        await asyncio.sleep(0.01)
        if self.away:
            raise UpstreamUnavailable("stock does not answer")
        state = self.states.get(id)
        return state.model_dump(mode="json") if state else None


@pytest.fixture
async def work(plain_database: str) -> AsyncIterator[Work]:
    engine = open_engine(plain_database, 8)
    yield Work(engine, "shop")
    await engine.dispose()


@pytest.fixture
def owner() -> Owner:
    return Owner()


@pytest.fixture
def shelves(work: Work, owner: Owner) -> Projection:
    return replica(work, owner)


def replica(work: Work, owner: Owner) -> Projection:
    return Projection(work, [Shelf, Room], owner, {Shelf: "room_id"})


def shelf(version: int = 1, **members: Any) -> Shelf:
    return Shelf(**{"id": uuid7(), "version": version, "room_id": uuid7(), **members})


def newer(state: Shelf, label: str) -> Shelf:
    return state.model_copy(update={"version": state.version + 1, "label": label})


async def hear(work: Work, shelves: Projection, *states: State) -> None:
    async with work() as tx:
        await shelves.hear(tx, [Heard(uuid7(), Trace("", ""), state) for state in states])


async def test_what_was_heard_is_there_once_it_is_committed(work: Work, shelves: Projection):
    told = shelf()
    async with work() as tx:
        await shelves.hear(tx, [Heard(uuid7(), Trace("", ""), told)])
        assert shelves.get(Shelf, told.id) is None

    assert shelves.get(Shelf, told.id) == told
    assert shelves.all(Shelf) == [told]
    assert shelves.all(Room) == []
    assert shelves.get(Shelf, None) is None


async def test_what_was_rolled_back_was_never_heard(work: Work, shelves: Projection):
    told = shelf()

    async def fail_later() -> None:
        async with work() as tx:
            await shelves.hear(tx, [Heard(uuid7(), Trace("", ""), told)])
            raise RuntimeError("a later event failed")

    with pytest.raises(RuntimeError):
        await fail_later()
    await shelves.catch_up()
    assert shelves.get(Shelf, told.id) is None


async def test_an_older_version_changes_nothing_in_whichever_batch_it_comes(work: Work, owner: Owner):
    old = shelf(label="old")
    new = newer(old, "new")
    shelves, other = replica(work, owner), replica(work, owner)

    await hear(work, shelves, new, old)
    await hear(work, shelves, old)
    await other.catch_up()

    assert (shelves.get(Shelf, old.id), other.get(Shelf, old.id)) == (new, new)


async def test_a_deleted_state_stays_known(work: Work, shelves: Projection):
    told = shelf()

    await hear(work, shelves, told, newer(told, "deleted"))

    found = shelves.get(Shelf, told.id)
    assert found is not None
    assert found.label == "deleted"


async def test_states_are_found_by_what_they_belong_to(work: Work, shelves: Projection):
    room = uuid7()
    here, there, elsewhere = shelf(room_id=room), shelf(room_id=room), shelf()

    await hear(work, shelves, here, there, elsewhere)

    assert {found.id for found in shelves.of(Shelf, room)} == {here.id, there.id}
    assert shelves.of(Shelf, uuid7()) == []


async def test_a_state_that_moves_belongs_to_its_new_place_only(work: Work, shelves: Projection):
    told = shelf()
    await hear(work, shelves, told)
    moved = newer(told, "moved").model_copy(update={"room_id": uuid7()})

    await hear(work, shelves, moved)

    assert shelves.of(Shelf, told.room_id) == []
    assert shelves.of(Shelf, moved.room_id) == [moved]


async def test_every_replica_reads_what_another_wrote(work: Work, owner: Owner):
    writer, reader = replica(work, owner), replica(work, owner)
    assert not reader.loaded
    await reader.catch_up()
    assert reader.loaded

    told = [shelf() for _ in range(3)]
    await hear(work, writer, *told)
    await reader.catch_up()

    assert {state.id for state in reader.all(Shelf)} == {state.id for state in told}
    assert owner.asked == 0


async def test_a_replica_follows_by_itself_and_tells_who_watches(
    work: Work, owner: Owner, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(projection, "POLL_EVERY_S", 0.01)
    writer, reader = replica(work, owner), replica(work, owner)
    seen: list[State] = []
    reader.watchers.append(seen.append)
    following = asyncio.create_task(reader.run())

    told = shelf()
    await hear(work, writer, told)
    for _ in range(200):
        if seen:
            break
        await asyncio.sleep(0.01)
    following.cancel()

    assert seen == [told]


async def test_changes_of_two_writers_at_once_all_reach_a_replica(work: Work, owner: Owner):
    writers, reader = [replica(work, owner) for _ in range(4)], replica(work, owner)
    stop = asyncio.Event()

    async def follow() -> None:
        while not stop.is_set():
            await reader.catch_up()

    following = asyncio.create_task(follow())
    told = [[shelf() for _ in range(10)] for _ in writers]

    async def write(writer: Projection, states: list[Shelf]) -> None:
        for state in states:
            await hear(work, writer, state)

    await asyncio.gather(*map(write, writers, told))
    stop.set()
    await following
    await reader.catch_up()

    assert {state.id for state in reader.all(Shelf)} == {state.id for states in told for state in states}


async def test_an_unknown_id_is_asked_for_once_by_all_who_need_it(
    work: Work, shelves: Projection, owner: Owner
):
    known = shelf()
    owner.states[known.id] = known

    found = await asyncio.gather(*(shelves.load(Shelf, known.id) for _ in range(20)))

    assert found == [known] * 20
    assert owner.asked == 1
    assert await shelves.load(Shelf, known.id) == known
    assert owner.asked == 1


async def test_what_was_asked_for_is_kept_for_other_replicas(work: Work, owner: Owner):
    one, other, known = replica(work, owner), replica(work, owner), shelf()
    owner.states[known.id] = known

    await one.load(Shelf, known.id)
    await other.catch_up()

    assert other.get(Shelf, known.id) == known


async def test_an_id_that_does_not_exist_is_remembered_for_a_moment(
    work: Work, shelves: Projection, owner: Owner, monkeypatch: pytest.MonkeyPatch
):
    late = shelf()
    assert [await shelves.load(Shelf, late.id) for _ in range(3)] == [None, None, None]
    assert owner.asked == 1

    monkeypatch.setattr(projection, "MISS_REMEMBERED_S", 0.0)
    owner.states[late.id] = late

    assert await shelves.load(Shelf, late.id) == late


async def test_a_miss_is_forgotten_as_soon_as_the_state_is_told(
    work: Work, shelves: Projection, owner: Owner
):
    late = shelf()
    assert await shelves.load(Shelf, late.id) is None

    await hear(work, shelves, late)

    assert await shelves.load(Shelf, late.id) == late
    assert owner.asked == 1


async def test_misses_that_are_remembered_are_bounded(
    work: Work, shelves: Projection, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(projection, "MISSES_KEPT", 5)

    for _ in range(12):
        await shelves.load(Shelf, uuid7())

    assert len(shelves._missed) <= 5


async def test_an_owner_that_does_not_answer_is_not_taken_for_a_miss(
    work: Work, shelves: Projection, owner: Owner
):
    known = shelf()
    owner.states[known.id] = known
    owner.away = True
    with pytest.raises(UpstreamUnavailable):
        await shelves.load(Shelf, known.id)

    owner.away = False

    assert await shelves.load(Shelf, known.id) == known


async def test_one_who_stops_waiting_does_not_stop_the_others(work: Work, shelves: Projection, owner: Owner):
    known = shelf()
    owner.states[known.id] = known
    impatient = asyncio.create_task(shelves.load(Shelf, known.id))
    patient = asyncio.create_task(shelves.load(Shelf, known.id))
    await asyncio.sleep(0)

    impatient.cancel()

    assert await patient == known


async def test_a_refresh_asks_whatever_memory_holds(work: Work, shelves: Projection, owner: Owner):
    old = shelf()
    owner.states[old.id] = newer(old, "new")
    await hear(work, shelves, old)

    found = await shelves.refresh(Shelf, old.id)

    assert found is not None
    assert found.label == "new"


async def test_another_kind_on_the_topic_is_passed_over(work: Work, owner: Owner):
    rooms_only = Projection(work, [Room], owner)

    await hear(work, rooms_only, shelf())

    assert rooms_only.all(Shelf) == []
