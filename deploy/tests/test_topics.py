"""The topics that the deploy step makes are those of contracts/topics.yaml."""

from punchcard.topics import declared


def test_every_topic_has_its_dead_letters_beside_it():
    topics = {topic.name: topic for topic in declared()}
    facts = {name for name in topics if not name.endswith("-dlq")}

    assert facts == {"programs-events", "cards-events", "ledger-events", "auth-pins-events", "wallet-events"}
    assert set(topics) - facts == {f"{name}-dlq" for name in facts}
    assert all(topics[name].partitions == topics[f"{name}-dlq"].partitions == 12 for name in facts)


def test_states_are_compacted_and_transactions_are_kept_for_ever():
    config = {topic.name: topic.config for topic in declared()}

    for name in ("programs-events", "cards-events", "auth-pins-events"):
        assert config[name] == {"cleanup.policy": "compact"}
    assert config["ledger-events"] == {"cleanup.policy": "delete", "retention.ms": "-1"}
    assert config["wallet-events"]["retention.ms"] == str(30 * 24 * 3600 * 1000)
    assert config["ledger-events-dlq"]["retention.ms"] == str(90 * 24 * 3600 * 1000)


def test_more_brokers_take_more_copies():
    assert {topic.replication_factor for topic in declared()} == {1}
    assert {topic.replication_factor for topic in declared(replication_factor=3)} == {3}
