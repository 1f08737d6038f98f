"""What ends unasked is started again; what was stopped stays down."""

import re
import threading
import time

import pytest

from punchcard import supervision
from punchcard.problems import MachineCannot
from punchcard.supervision import FIRST_PAUSE_S, LONGEST_PAUSE_S, Supervised, ending, pause_after

HURRIED_S = 0.05


@pytest.fixture
def in_a_hurry(monkeypatch):
    monkeypatch.setattr(supervision, "FIRST_PAUSE_S", HURRIED_S)


class Pretended:
    """A member that is a flag; `refuses` starts fail first."""

    name = "ledger"

    def __init__(self, refuses: int = 0) -> None:
        self.starts = 0
        self.refuses = refuses
        self._up = threading.Event()

    @property
    def pid(self):
        return 1 if self._up.is_set() else None

    @property
    def exit_code(self):
        return None if self._up.is_set() else -9

    def start(self):
        if self.starts and self.refuses:
            self.refuses -= 1
            raise MachineCannot("not yet")
        self.starts += 1
        self._up.set()

    def stop(self):
        self._up.clear()

    stop_at_once = kill = stop

    def is_ready(self):
        return self._up.is_set()

    def wait_ready(self, timeout_s=1.0):
        assert self._up.wait(timeout_s)

    def wait_end(self, timeout_s):
        deadline = time.monotonic() + timeout_s
        while self._up.is_set() and time.monotonic() < deadline:
            time.sleep(0.005)
        return not self._up.is_set()


def until(condition, timeout_s=5.0):
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.01)


def test_pauses_double_from_a_fifth_of_a_second_to_half_a_minute():
    assert [pause_after(ends) for ends in (1, 2, 3, 4)] == [0.2, 0.4, 0.8, 1.6]
    assert pause_after(0) == FIRST_PAUSE_S
    assert pause_after(500) == LONGEST_PAUSE_S


def test_one_that_is_killed_comes_back_and_it_is_told(in_a_hurry):
    told = []
    supervised = Supervised(Pretended(), told.append)
    supervised.start()

    supervised.kill9()

    until(lambda: len(told) == 2)
    supervised.close()
    assert supervised.restarts == 1
    assert told[0].startswith("ledger was ended by SIGKILL after")
    assert re.fullmatch(r"ledger is back after \d+\.\d s", told[1])


def test_how_it_ended_is_said_as_far_as_it_is_known():
    assert ending(None) == "ended"
    assert ending(3) == "ended by itself with code 3"
    assert ending(-11) == "was ended by SIGSEGV"
    assert ending(-99) == "was ended by signal 99"


def test_one_that_is_stopped_stays_down_until_it_is_started(in_a_hurry):
    supervised = Supervised(Pretended(), lambda words: None)
    supervised.start()

    supervised.stop()
    time.sleep(HURRIED_S * 4)
    assert supervised.pid is None

    supervised.start()
    assert supervised.member.starts == 2
    supervised.close()


def test_one_killed_to_stay_down_stays_down(in_a_hurry):
    supervised = Supervised(Pretended(), lambda words: None)
    supervised.start()

    supervised.kill9(stay_down=True)
    time.sleep(HURRIED_S * 4)

    assert supervised.pid is None
    supervised.close()


def test_a_start_that_fails_is_told_and_tried_again(in_a_hurry):
    told = []
    supervised = Supervised(Pretended(refuses=2), told.append)
    supervised.start()

    supervised.kill9()

    until(lambda: supervised.member.starts == 2)
    supervised.close()
    assert sum("could not be started again: not yet" in words for words in told) == 2
