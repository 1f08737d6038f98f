"""Alembic's entry: the kit runs the migrations of this package."""

from kit.migrations import run_env

run_env()
