"""Real PostgreSQL and real Apache Kafka as child processes, on a machine that has neither."""
