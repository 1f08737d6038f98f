"""Which faults are worth another try."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError

from kit.work import passes


def as_raised(error: Exception) -> Exception:
    return DBAPIError.instance("SELECT", {}, error, psycopg.Error)  # type: ignore[return-value]


@pytest.mark.parametrize(
    "error",
    [
        psycopg.errors.DeadlockDetected(),
        psycopg.errors.SerializationFailure(),
        psycopg.errors.LockNotAvailable(),
        psycopg.errors.QueryCanceled(),
        psycopg.errors.AdminShutdown(),
        psycopg.errors.CannotConnectNow(),
        psycopg.errors.TooManyConnections(),
        psycopg.errors.DiskFull(),
        psycopg.errors.ReadOnlySqlTransaction(),
        psycopg.OperationalError("connection refused"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_fault_of_the_moment_passes(error: Any):
    assert passes(as_raised(error))
    assert passes(error), "the same when the driver was asked directly"


@pytest.mark.parametrize(
    "error",
    [
        psycopg.errors.ProgramLimitExceeded(),
        psycopg.errors.CheckViolation(),
        psycopg.errors.UniqueViolation(),
        psycopg.errors.UndefinedTable(),
        psycopg.DataError("NUL"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_fault_of_the_request_stays(error: Any):
    assert not passes(as_raised(error))
    assert not passes(error)


def test_a_bug_stays():
    assert not passes(KeyError("x"))
