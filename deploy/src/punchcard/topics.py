"""The topics of contracts/topics.yaml, made by this deploy step: no client makes one."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, NamedTuple

import yaml
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaConnectionError, KafkaError

from contracts import documents
from punchcard.problems import MachineCannot

_TIMEOUT_S = 30


class Topic(NamedTuple):
    """One topic as it is wanted on the broker."""

    name: str
    partitions: int
    replication_factor: int
    config: dict[str, str]


class Outcome(NamedTuple):
    """What creating found: new ones, ones that were there, and what differs from the declaration."""

    created: list[str]
    present: list[str]
    differences: list[str]


def declared(text: str | None = None, replication_factor: int | None = None) -> list[Topic]:
    """Every topic with its dead letters beside it, sorted by name."""
    document: dict[str, Any] = yaml.safe_load(
        (documents.document("topics.yaml") or b"") if text is None else text
    )
    defaults, letters = document["defaults"], document["dead_letters"]
    replicas = replication_factor or int(defaults["replication_factor"])
    found = []
    for name, row in document["topics"].items():
        partitions = int(row.get("partitions", defaults["partitions"]))
        found.append(Topic(name, partitions, replicas, _config(row)))
        found.append(Topic(name + letters["suffix"], partitions, replicas, _config(letters)))
    return sorted(found)


def create(bootstrap: str, topics: list[Topic] | None = None) -> Outcome:
    """Make what is missing; what is there is compared, never changed."""
    wanted = declared() if topics is None else topics
    client = logging.getLogger("aiokafka")
    before = client.level
    client.setLevel(logging.CRITICAL)  # what it met is told in one sentence, below
    try:
        return asyncio.run(asyncio.wait_for(_create(bootstrap, wanted), _TIMEOUT_S))
    except KafkaConnectionError as error:
        raise MachineCannot(
            f"No Kafka answers at {bootstrap}: is it running, and is that its address?"
        ) from error
    except TimeoutError as error:
        raise MachineCannot(f"Kafka at {bootstrap} did not take the topics within {_TIMEOUT_S} s.") from error
    except (KafkaError, ValueError) as error:
        raise MachineCannot(f"Kafka at {bootstrap} did not take the topics: {error}") from error
    finally:
        client.setLevel(before)


async def _create(bootstrap: str, wanted: list[Topic]) -> Outcome:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        await admin.start()
        there = set(await admin.list_topics())
        missing = [topic for topic in wanted if topic.name not in there]
        if missing:
            response = await admin.create_topics(
                [
                    NewTopic(t.name, t.partitions, t.replication_factor, topic_configs=t.config)
                    for t in missing
                ]
            )
            _refuse_errors(response)
        present = [topic for topic in wanted if topic.name in there]
        return Outcome(
            [t.name for t in missing], [t.name for t in present], await _differences(admin, present)
        )
    finally:
        await admin.close()


def _refuse_errors(response: Any) -> None:
    # 36: another run made it in the meantime.
    bad = [f"{name} ({why})" for name, code, why in response.topic_errors if code not in (0, 36)]
    if bad:
        raise MachineCannot(f"Kafka refused topics: {', '.join(bad)}.")


async def _differences(admin: AIOKafkaAdminClient, topics: list[Topic]) -> list[str]:
    if not topics:
        return []
    found = []
    partitions = {
        row["topic"]: len(row["partitions"]) for row in await admin.describe_topics([t.name for t in topics])
    }
    resources_asked = [ConfigResource(ConfigResourceType.TOPIC, t.name) for t in topics]
    configs = {
        name: {entry[0]: entry[1] for entry in entries}
        for response in await admin.describe_configs(resources_asked)
        for _, _, _, name, entries in response.resources
    }
    for topic in topics:
        if partitions.get(topic.name) != topic.partitions:
            found.append(
                f"{topic.name}: {partitions.get(topic.name)} partitions, {topic.partitions} declared"
            )
        for key, value in topic.config.items():
            if configs.get(topic.name, {}).get(key) != value:
                found.append(
                    f"{topic.name}: {key} is {configs.get(topic.name, {}).get(key)}, {value} declared"
                )
    return found


def _config(row: dict[str, Any]) -> dict[str, str]:
    config = {"cleanup.policy": str(row["cleanup"])}
    if "retention_ms" in row:
        config["retention.ms"] = str(row["retention_ms"])
    return config
