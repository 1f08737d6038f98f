"""How tests are dealt out to workers, and that two workers don't take the same port."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from punchcard import ports, testing
from punchcard.testing_workers import FromBothEnds


class Worker:
    """As the scheduler sees one: it keeps what it was sent."""

    shutting_down = False

    def __init__(self, name: str) -> None:
        self.gateway = SimpleNamespace(id=name)
        self.sent: list[int] = []

    def send_runtest_some(self, indices: list[int]) -> None:
        self.sent += indices

    def shutdown(self) -> None:
        self.shutting_down = True


def scheduled(tests: list[str], workers: list[Any]) -> FromBothEnds:
    option = SimpleNamespace(loadscopereorder=False)
    config: Any = SimpleNamespace(
        option=option, getvalue=lambda name: ["popen"] * len(workers) if name == "tx" else None
    )
    quiet: Any = SimpleNamespace(loadscopesched=lambda *words: None)
    made = FromBothEnds(config, quiet)
    for worker in workers:
        made.add_node(worker)
        made.add_node_collection(worker, tests)
    made.schedule()
    return made


def test_one_worker_begins_at_the_front_the_other_at_the_back_and_files_stay_whole():
    tests = [f"{file}.py::test_{number}" for file in "abcdef" for number in range(4)]
    first, second = Worker("gw0"), Worker("gw1")

    made = scheduled(tests, [first, second])
    assert [tests[index][0] for index in first.sent] == ["a"] * 4
    assert [tests[index][0] for index in second.sent] == ["f"] * 4

    while made.has_pending:
        for worker in (first, second):
            for index in list(worker.sent):
                if not made.assigned_work[worker][tests[index].partition("::")[0]][tests[index]]:
                    made.mark_test_complete(worker, index)
                    break

    assert [tests[index][0] for index in first.sent] == [*"aaaabbbbcccc"]
    assert [tests[index][0] for index in second.sent] == [*"ffffeeeedddd"]


class Item:
    """As a collected test is seen when it is sorted."""

    def __init__(self, nodeid: str, *fixturenames: str) -> None:
        self.nodeid = nodeid
        self.fixturenames = fixturenames
        self.is_marked = False

    def add_marker(self, _: Any) -> None:
        self.is_marked = True


@pytest.fixture(autouse=True)
def _nothing_collected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(testing, "_needs_of_files", {})


def test_a_file_stands_where_the_test_stands_that_needs_most():
    items: Any = [
        Item("stack.py::small"),
        Item("stack.py::large", "stack", "database"),
        Item("database.py::test", "database"),
        Item("small.py::test"),
    ]

    testing.pytest_collection_modifyitems(items)

    assert [item.nodeid for item in items] == [
        "small.py::test",
        "database.py::test",
        "stack.py::small",
        "stack.py::large",
    ]
    assert [item.is_marked for item in items] == [False, True, False, True]


def test_what_the_tests_to_come_don_t_need_is_ended_once(monkeypatch: pytest.MonkeyPatch):
    ended: list[str] = []
    monkeypatch.setattr(testing._Running, "_ends", {})
    for name in ("postgres", "kafka", "stack"):
        testing._Running.begin(name, partial(ended.append, name))
    items: Any = [
        Item("nothing.py::test"),
        Item("broker.py::database", "postgres"),
        Item("broker.py::both", "kafka", "postgres"),
        Item("platform.py::nothing"),
        Item("platform.py::all", "stack"),
    ]
    testing.pytest_collection_modifyitems(items)

    told = []
    for item in items:
        testing.pytest_runtest_setup(item)
        told.append([*ended])
    testing._Running.end("kafka")

    all_but_the_platform = ["stack", "postgres", "kafka"]
    assert told == [[], ["stack"], ["stack"], all_but_the_platform, all_but_the_platform]
    assert ended == all_but_the_platform


def test_two_workers_take_no_port_alike(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ports, "is_free", lambda port: True)
    monkeypatch.setattr(ports, "_handed_out", set())
    found = []
    for part in (0, 1):
        monkeypatch.setattr(ports, "_kept_to", None)
        ports.keep_to(part, 2)
        found.append({ports.free_port() for _ in range(200)})

    assert found[0].isdisjoint(found[1])
