"""The benchmark: the platform against pgbench on the same server, in the same run."""
