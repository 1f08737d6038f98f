"""What a supervisor started ends with it, however it ends; `down` ends it from elsewhere."""

import subprocess
import sys

import pytest

from punchcard.down import down
from punchcard.embedded.process import recorded
from punchcard.embedded.sockets import sockets_of
from punchcard.embedded.watchdog import Watchdog
from punchcard.home import CLEANER, Home
from punchcard.problems import MachineCannot

SUPERVISOR = """
import subprocess, sys, time
from pathlib import Path
from punchcard.embedded.process import write_record
from punchcard.embedded.watchdog import Watchdog
from punchcard.home import Home

home = Home(Path(sys.argv[1]))
home.acquire()
home.record_supervisor()
Watchdog(home).start()
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(120)"], start_new_session=True)
write_record(home.record("ledger"), child.pid)
print("up", flush=True)
time.sleep(120)
"""


@pytest.fixture
def supervisor(tmp_path):
    running = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(tmp_path)], stdout=subprocess.PIPE, start_new_session=True
    )
    assert running.stdout.readline() == b"up\n"
    yield running
    running.kill()
    running.wait(60)
    running.stdout.close()


@pytest.mark.slow
def test_what_a_killed_supervisor_started_ends_with_it(tmp_path, supervisor):
    home = Home(tmp_path)
    ledger = recorded(home.record("ledger"))
    sockets_of(home.postgres / "data").mkdir()

    supervisor.kill()
    supervisor.wait(60)

    ledger.wait(30)
    home.acquire()  # waits for the watchdog, if that is still at it
    assert not home.record("ledger").exists()
    assert not home.record("supervisor").exists()
    assert not sockets_of(home.postgres / "data").exists()
    home.release()


@pytest.mark.slow
def test_down_ends_the_supervisor_and_waits_until_the_directory_is_free(tmp_path, supervisor):
    home = Home(tmp_path)
    ledger = recorded(home.record("ledger"))

    said = down(home)

    assert f"process {supervisor.pid}" in said
    assert home.holder() in {None, CLEANER}
    ledger.wait(30)
    home.acquire()
    home.release()
    assert "No platform runs" in down(home)


def test_a_watchdog_that_is_dismissed_ends_nothing(tmp_path):
    home = Home(tmp_path)
    home.acquire()
    watchdog = Watchdog(home)
    watchdog.start()

    watchdog.dismiss()

    with pytest.raises(MachineCannot, match="punchcard down"):
        Home(tmp_path).acquire()
    home.release()
