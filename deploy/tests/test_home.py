"""One run at a time in a state directory, with addresses that stay."""

import os
import socket
import subprocess
import sys

import pytest

from punchcard.embedded.process import end_leftover, recorded, write_record
from punchcard.home import Home
from punchcard.problems import MachineCannot


def test_the_second_run_says_who_holds_the_directory(tmp_path):
    first, second = Home(tmp_path), Home(tmp_path)
    first.acquire()

    with pytest.raises(MachineCannot, match=f"in use by process {os.getpid()}"):
        second.acquire()

    first.release()
    second.acquire()
    second.release()


def test_ports_stay_from_run_to_run(tmp_path):
    first, second = Home(tmp_path), Home(tmp_path)
    first.run.mkdir()

    port = first.port("ledger")

    assert second.port("ledger") == port
    assert second.port("wallet") != port


def test_a_port_that_somebody_took_meanwhile_is_given_up(tmp_path):
    home = Home(tmp_path)
    home.run.mkdir()
    port = home.port("ledger")

    with socket.create_server(("127.0.0.1", port)):
        assert Home(tmp_path).port("ledger") != port


def test_the_socket_directory_is_short_and_goes_with_the_next_run(tmp_path):
    deep = tmp_path / ("x" * 100)
    home = Home(deep)
    home.run.mkdir(parents=True)

    made = home.socket_directory()
    again = Home(deep).socket_directory()

    assert len(str(again / "auth-pins.sock").encode()) < 108
    assert not made.exists()
    Home(deep).drop_socket_directory()
    assert not again.exists()


def test_what_a_killed_run_left_is_found_by_its_record_and_ended(tmp_path):
    home = Home(tmp_path)
    home.run.mkdir()
    left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    write_record(home.record("ledger"), left.pid)

    assert home.end_leftovers() == ["ledger"]

    assert left.wait(5) != 0
    assert home.end_leftovers() == []


def test_a_pid_that_belongs_to_somebody_else_by_now_is_left_alone(tmp_path):
    record = tmp_path / "ledger.pid"
    write_record(record, os.getpid())
    record.write_text(record.read_text().replace('"started": ', '"started": 1'))

    assert recorded(record) is None
    assert end_leftover(record, 15, grace_s=1) is False


def test_a_place_that_cannot_be_a_directory_is_told_in_a_sentence(tmp_path):
    place = tmp_path / "file"
    place.write_text("not a directory")
    home = Home(place)

    with pytest.raises(MachineCannot, match="cannot be the state directory"):
        home.acquire()

    home.forget_supervisor()  # as the end of a start does that failed
