"""Hashes PINs and passwords, bcrypt over HMAC-SHA-256(pepper, text), in a few threads and a bounded queue."""

from __future__ import annotations

import asyncio
import base64
import hmac
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar

import bcrypt
from prometheus_client import Gauge

from auth_pins.settings import AuthPinsSettings
from contracts.problem import UpstreamUnavailable
from kit.telemetry import registry

_seats_taken = Gauge(
    "hash_seats_taken", "PINs and passwords being hashed or waiting for it", registry=registry
)

T = TypeVar("T")

#: Of a hashing thread: a third of the weight of what it competes with.
NICENESS = 5
#: Callers that wait for a seat at once.
WAITING_LONGEST = 1000
_TOO_MANY = "Too many PINs and passwords wait to be checked; try again"


class Seat:
    """A place in the queue; taken before an attempt is counted, so that a counted one is looked at."""

    def __init__(self, hashing: Hashing) -> None:
        self._hashing = hashing

    async def hash_pin(self, pin: str) -> str:
        return await self._hash(self._hashing.of_pin(pin), self._hashing.pin_cost)

    async def hash_password(self, password: str) -> str:
        return await self._hash(self._hashing.of_password(password), self._hashing.password_cost)

    async def is_pin(self, pin: str, kept: str | None) -> bool:
        """Whether this is the PIN; without a kept hash it takes as long, and is not."""
        return await self._check(self._hashing.of_pin(pin), kept, self._hashing.no_pin)

    async def is_password(self, password: str, kept: str | None) -> bool:
        """Whether this is the password; without a kept hash it takes as long, and is not."""
        return await self._check(self._hashing.of_password(password), kept, self._hashing.no_password)

    async def _hash(self, text: bytes, cost: int) -> str:
        return (await self._hashing.run(lambda: bcrypt.hashpw(text, bcrypt.gensalt(cost)))).decode()

    async def _check(self, text: bytes, kept: str | None, nobody: bytes) -> bool:
        right = await self._hashing.run(lambda: bcrypt.checkpw(text, kept.encode() if kept else nobody))
        return bool(right) and kept is not None


class Hashing:
    """The threads and the seats."""

    def __init__(self, settings: AuthPinsSettings) -> None:
        self.pin_cost = settings.pin_hash_cost
        self.password_cost = settings.password_hash_cost
        self.no_pin = _hash_of_nobody(self.pin_cost)
        self.no_password = _hash_of_nobody(self.password_cost)
        self._pepper = settings.pin_pepper.get_secret_value().encode()
        self._threads = ThreadPoolExecutor(settings.hash_threads, "hash", initializer=_step_back)
        self._seats = asyncio.Semaphore(settings.hash_queue_limit)
        self._wait_s = settings.hash_wait_ms / 1000
        self._waiting = 0

    @asynccontextmanager
    async def seat(self) -> AsyncIterator[Seat]:
        """A seat; UpstreamUnavailable when none becomes free in a moment, or too many wait for one."""
        if self._waiting >= WAITING_LONGEST:
            raise UpstreamUnavailable(_TOO_MANY)
        self._waiting += 1
        try:
            await asyncio.wait_for(self._seats.acquire(), self._wait_s)
        except TimeoutError:
            raise UpstreamUnavailable(_TOO_MANY) from None
        finally:
            self._waiting -= 1
        _seats_taken.inc()
        try:
            yield Seat(self)
        finally:
            _seats_taken.dec()
            self._seats.release()

    def of_pin(self, pin: str) -> bytes:
        """What bcrypt hashes: 44 bytes, whatever the length (it takes 72 at most and stops at a NUL)."""
        return base64.b64encode(hmac.digest(self._pepper, pin.encode(), "sha256"))

    def of_password(self, password: str) -> bytes:
        """As for a PIN; a password and a PIN of the same digits have different hashes."""
        return base64.b64encode(hmac.digest(self._pepper, b"password\x00" + password.encode(), "sha256"))

    async def run(self, work: Callable[[], T]) -> T:
        """Do this in one of the threads."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _step_back() -> None:
    """Let whatever waits for an answer go before this thread, busy for a tenth of a second each time.

    On Linux a thread has a priority of its own; elsewhere it would be the whole process's.
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


def _hash_of_nobody(cost: int) -> bytes:
    """A hash that no text has, in the form that takes as long to check as a real one."""
    return bcrypt.gensalt(cost) + b"." * 31
