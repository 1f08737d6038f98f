"""The broker's jars are those of the lock, or the start is refused."""

import hashlib

import pytest

from punchcard.embedded import jars
from punchcard.embedded.jars import Jar
from punchcard.problems import MachineCannot

GOOD = b"a jar"


def a_jar(name: str = "broker") -> Jar:
    return Jar("org.example.kafka", name, "1.0", hashlib.sha256(GOOD).hexdigest())


def downloads(monkeypatch, content: bytes) -> list[Jar]:
    """Instead of the network: every download brings this."""
    asked = []

    def download(jar, cache):
        asked.append(jar)
        jar.path(cache).parent.mkdir(parents=True, exist_ok=True)
        jar.path(cache).write_bytes(content)

    monkeypatch.setattr(jars, "_download", download)
    return asked


def test_the_lock_names_kafka_and_its_log_binding_each_with_a_hash():
    locked = {jar.artifact: jar for jar in jars.read_lock()}

    assert locked["kafka_2.13"].version == "4.2.1"
    assert locked["log4j-slf4j-impl"].version == "2.25.4"
    assert len(locked) == 46
    assert all(len(bytes.fromhex(jar.sha256)) == 32 for jar in locked.values())


def test_a_missing_jar_is_fetched_once(tmp_path, monkeypatch):
    asked = downloads(monkeypatch, GOOD)

    first = jars.ensure_jars(tmp_path, [a_jar()])
    second = jars.ensure_jars(tmp_path, [a_jar()])

    assert first == second == [tmp_path / "org/example/kafka/broker/1.0/broker-1.0.jar"]
    assert asked == [a_jar()]


def test_a_jar_that_is_not_the_locked_one_is_refused_deleted_and_named(tmp_path, monkeypatch):
    downloads(monkeypatch, b"something else")

    with pytest.raises(MachineCannot, match=r"kafka:broker:1\.0 is not the one that was locked"):
        jars.ensure_jars(tmp_path, [a_jar()])

    assert not a_jar().path(tmp_path).exists()


def test_a_download_that_was_cut_off_is_fetched_again(tmp_path, monkeypatch):
    downloads(monkeypatch, GOOD)
    path = a_jar().path(tmp_path)
    path.parent.mkdir(parents=True)
    path.write_bytes(GOOD[:2])

    jars.ensure_jars(tmp_path, [a_jar()])

    assert path.read_bytes() == GOOD


def test_a_failed_download_names_the_jar_and_leaves_nothing(tmp_path, monkeypatch):
    def download(jar, cache):
        jar.path(cache).parent.mkdir(parents=True)
        jar.path(cache).write_bytes(b"half")
        raise ConnectionError("no route")

    monkeypatch.setattr(jars, "_download", download)

    with pytest.raises(MachineCannot, match=r"broker:1\.0 could not be fetched.*no route.*mirror"):
        jars.ensure_jars(tmp_path, [a_jar()])

    assert not a_jar().path(tmp_path).exists()
