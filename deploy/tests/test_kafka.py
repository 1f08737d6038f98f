"""A real broker: started, killed, started again, with the topics that were declared and no others."""

import asyncio

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError

from punchcard import topics
from punchcard.embedded.kafka import Kafka, broker_properties, live_brokers

pytestmark = pytest.mark.servers


async def send(kafka: Kafka, topic: str, value: bytes) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka.bootstrap, acks="all", enable_idempotence=True, request_timeout_ms=5000
    )
    await producer.start()
    try:
        await producer.send_and_wait(topic, value, key=b"card")
    finally:
        await producer.stop()


async def test_a_broker_killed_with_9_comes_back_with_its_records(kafka):
    await send(kafka, "ledger-events", b"before")

    kafka.kill()
    assert live_brokers(kafka.port) == 0
    await asyncio.to_thread(kafka.start)

    await send(kafka, "ledger-events", b"after")
    consumer = AIOKafkaConsumer(
        "ledger-events", bootstrap_servers=kafka.bootstrap, auto_offset_reset="earliest", group_id=None
    )
    await consumer.start()
    values = [(await consumer.getone()).value for _ in range(2)]
    await consumer.stop()
    assert values == [b"before", b"after"]


def test_the_topics_are_as_declared_and_a_second_run_makes_none(kafka):
    outcome = topics.create(kafka.bootstrap)

    assert outcome.created == []
    assert outcome.present == [topic.name for topic in topics.declared()]
    assert outcome.differences == []


def test_a_topic_that_differs_from_its_declaration_is_told_and_not_changed(kafka):
    (wanted,) = (topic for topic in topics.declared() if topic.name == "wallet-events")
    other = wanted._replace(partitions=6, config={**wanted.config, "retention.ms": "1000"})

    outcome = topics.create(kafka.bootstrap, [other])

    assert outcome.differences == [
        "wallet-events: 12 partitions, 6 declared",
        "wallet-events: retention.ms is 2592000000, 1000 declared",
    ]


async def test_no_client_makes_a_topic_by_sending_to_it(kafka):
    with pytest.raises((KafkaError, TimeoutError)):
        await send(kafka, "nobody-declared-this", b"lost")

    assert (await asyncio.to_thread(topics.create, kafka.bootstrap)).created == []


def test_the_broker_gives_up_its_old_registration_quickly():
    properties = broker_properties(1, 2)

    assert properties["auto.create.topics.enable"] == "false"
    assert properties["broker.session.timeout.ms"] == 1500
    assert properties["broker.heartbeat.interval.ms"] == 300
