"""What follows a till's request steps back for what answers it."""

import os
import sys

import pytest

from punchcard.embedded.process import NICENESS_BEHIND, Process

#: Tells the niceness of a thread that began later, as a service's and Java's do, and the session's.
TELLS = """
import os, pathlib, sys, threading, time
time.sleep(0.2)
def tell():
    own = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    session = pathlib.Path("/proc/self/autogroup")
    print(own, session.read_text().split()[-1] if session.exists() else "-", flush=True)
threading.Thread(target=tell).start()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a thread has no priority of its own")
@pytest.mark.parametrize(("behind", "niceness"), [(False, 0), (True, NICENESS_BEHIND)])
def test_a_process_that_is_behind_steps_back_with_its_session(tmp_path, behind, niceness):
    process = Process("one", log=tmp_path / "one.log", record=tmp_path / "one.pid", behind=behind)

    process.start([sys.executable, "-c", TELLS])

    assert process.wait(10)
    own, session = process.log_tail().split()
    assert int(own) == max(niceness, os.getpriority(os.PRIO_PROCESS, 0))
    if session != "-":
        assert int(session) == niceness


def test_one_that_has_ended_by_then_is_started_all_the_same(tmp_path):
    process = Process("one", log=tmp_path / "one.log", record=tmp_path / "one.pid", behind=True)

    process.start(["/bin/true"])

    assert process.wait(10)
    assert process.exit_code == 0
