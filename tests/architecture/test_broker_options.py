"""What every consumer and producer is told: manual ack, earliest, all replicas, idempotent, no topic made."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiokafka
import pytest
import yaml
from faststream import AckPolicy
from faststream.kafka import KafkaBroker

from kit import relay
from kit.listener import Listener, broker_options, consuming, subscriber_options
from ledger.statistics.reading import consumer_options

ROOT = Path(__file__).parents[2]
#: Whatever opens a connection to the broker, or makes something that does.
CLIENTS = {
    "AIOKafkaProducer",
    "AIOKafkaConsumer",
    "AIOKafkaClient",
    "AIOKafkaAdminClient",
    "KafkaBroker",
    "KafkaRouter",
    "KafkaAdminClient",
    "KafkaConsumer",
    "KafkaProducer",
    "subscriber",
    "publisher",
}
#: Where each may be made. The deploy step makes topics, nobody else does; the benchmark only asks how far
#: a topic reaches, as a member of no group. Statistics keep how far they read beside what they counted.
ALLOWED = {
    "kit/src/kit/relay.py": {"AIOKafkaProducer"},
    "kit/src/kit/listener/consuming.py": {"KafkaBroker", "subscriber"},
    "deploy/src/punchcard/topics.py": {"AIOKafkaAdminClient"},
    "services/ledger/src/ledger/statistics/reading.py": {"AIOKafkaConsumer"},
    "deploy/src/punchcard/bench/watch.py": {"AIOKafkaConsumer"},
}


def shipped() -> Iterator[Path]:
    for folder in ("contracts", "kit", "gateway", "deploy", *sorted((ROOT / "services").glob("*"))):
        yield from sorted((ROOT / folder / "src").rglob("*.py"))


def made_in(source: str) -> set[str]:
    """Names of clients that are called in this source, however they were imported."""
    if not any(name in source for name in CLIENTS):
        return set()  # a name that is nowhere is called nowhere
    tree = ast.parse(source)
    renamed = {
        alias.asname: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom | ast.Import)
        for alias in node.names
        if alias.asname
    }
    called = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = {
        function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        for function in called
    }
    return {renamed.get(name, name) for name in names} & CLIENTS


# -- options


def test_a_subscriber_acknowledges_by_hand_from_the_earliest_and_one_batch_at_a_time():
    options = subscriber_options("ledger", "ledger-1")

    assert options["ack_policy"] is AckPolicy.MANUAL
    assert options["auto_offset_reset"] == "earliest"
    assert options["batch"] is True
    assert "max_workers" not in options
    assert (options["group_id"], options["group_instance_id"]) == ("ledger", "ledger-1")


def test_the_consumer_that_comes_of_it_never_commits_by_itself():
    """What FastStream makes of the options, and not the options alone."""
    subscriber = KafkaBroker("127.0.0.1:1", **broker_options()).subscriber(
        "a", **subscriber_options("g", None)
    )

    arguments: dict[str, Any] = subscriber._connection_args
    assert arguments["enable_auto_commit"] is False
    assert arguments["auto_offset_reset"] == "earliest"
    assert subscriber.ack_policy is AckPolicy.MANUAL


def test_the_listener_s_connection_makes_no_topic_and_publishes_nothing():
    options = broker_options()

    assert options["allow_auto_create_topics"] is False
    assert options["consumer_only"] is True


def test_a_dead_member_s_partitions_do_not_wait_long():
    options = subscriber_options("ledger", None)

    assert options["session_timeout_ms"] <= 6000
    assert options["heartbeat_interval_ms"] * 3 <= options["session_timeout_ms"]


def test_a_producer_waits_for_all_replicas_and_is_idempotent():
    options = relay.producer_options("127.0.0.1:9092", "ledger-relay")

    assert options["acks"] == "all"
    assert options["enable_idempotence"] is True
    assert options["request_timeout_ms"] <= relay.PUBLISH_TIMEOUT_S * 1000


@pytest.mark.parametrize(
    ("options", "maker"),
    [
        (relay.producer_options("127.0.0.1:9092", "x"), aiokafka.AIOKafkaProducer.__init__),
        (broker_options(), KafkaBroker.__init__),
    ],
    ids=["producer", "broker"],
)
def test_every_option_is_one_that_the_library_knows(options: dict[str, Any], maker: Any):
    known = inspect.signature(maker).parameters

    assert set(options) <= set(known)


def test_listener_and_relay_use_these_options_and_no_others():
    assert "**subscriber_options(" in inspect.getsource(Listener.run)
    assert "**broker_options()" in inspect.getsource(Listener.run)
    assert "**producer_options(" in inspect.getsource(relay.Relay)
    assert "enable_auto_commit" not in inspect.getsource(consuming)


# -- the broker, and who talks to it


def test_compacted_topics_are_those_that_hold_states():
    topics = yaml.safe_load((ROOT / "contracts" / "topics.yaml").read_text())["topics"]

    compacted = {name for name, topic in topics.items() if topic["cleanup"] == "compact"}
    assert compacted == {"programs-events", "cards-events", "auth-pins-events"}
    assert topics["ledger-events"]["retention_ms"] == -1


def test_nobody_else_makes_a_client_of_the_broker():
    made = {path.relative_to(ROOT).as_posix(): made_in(path.read_text()) for path in shipped()}

    assert {path: names for path, names in made.items() if names - ALLOWED.get(path, set())} == {}


def test_those_who_may_make_one_do():
    """So that a move of the code does not leave this page without a subject."""
    assert {path: made_in((ROOT / path).read_text()) for path in ALLOWED} == ALLOWED


@pytest.mark.parametrize(
    "source",
    [
        "from aiokafka import AIOKafkaProducer\nAIOKafkaProducer(acks=1)",
        "import aiokafka\naiokafka.AIOKafkaConsumer('x')",
        "from aiokafka import AIOKafkaProducer as Quiet\nQuiet()",
        "from faststream.kafka.fastapi import KafkaRouter\nrouter = KafkaRouter()",
        "broker.subscriber('cards-events')",
    ],
)
def test_a_client_is_found_however_it_is_written(source: str):
    assert made_in(source)


# -- the one that joins no group


def test_statistics_read_from_the_earliest_and_leave_offsets_to_the_database():
    options = consumer_options("127.0.0.1:9092", 1024)

    assert options["auto_offset_reset"] == "earliest"
    assert (options["group_id"], options["enable_auto_commit"]) == (None, False)
    assert set(options) <= set(inspect.signature(aiokafka.AIOKafkaConsumer.__init__).parameters)
