"""Alembic's entry for this package."""

from kit.migrations import run_env

run_env()
