"""A simulated iPhone: it takes passes from links, registers, and asks for what changed, as real ones do."""

from __future__ import annotations

import hashlib
import io
import json
import secrets
import time
import zipfile
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx

#: As Apple's protocol has it.
SCHEME = "ApplePass"
TRIES = 5


class Held(NamedTuple):
    """A pass as the phone keeps it."""

    serial: str
    pass_type: str
    token: str
    #: The path of `webServiceURL`.
    service_url: str
    content: dict[str, Any]
    last_modified: str | None

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"{SCHEME} {self.token}"}


class Device:
    """One phone. Every answer that the protocol does not have is an error."""

    def __init__(self, http: httpx.Client, name: str | None = None) -> None:
        """`name`: it is the same phone whenever it has this name."""
        self._http = http
        seed = secrets.token_bytes(32) if name is None else hashlib.sha256(name.encode()).digest()
        self.library_id = hashlib.sha256(b"library" + seed).hexdigest()[:32]
        self.push_token = hashlib.sha256(b"push" + seed).hexdigest()
        self.passes: dict[str, Held] = {}
        self._tag: str | None = None

    def add(self, link_url: str) -> Held:
        """Take the pass of a card's link and register for it."""
        held = self._keep(self._downloaded(f"{link_url}/pass.pkpass"))
        self.register(held)
        return held

    def _downloaded(self, url: str) -> httpx.Response:
        """A platform that has just started may ask for a moment."""
        for _ in range(TRIES):
            answer = self._http.get(url)
            if answer.status_code != 503:
                break
            time.sleep(float(answer.headers.get("retry-after", "1")))
        return _checked(answer, 200)

    def register(self, held: Held) -> bool:
        """True when the device is new to the pass."""
        body = {"pushToken": self.push_token}
        answer = self._http.post(self._registration(held), json=body, headers=held.headers)
        return _checked(answer, 200, 201).status_code == 201

    def remove(self, serial: str) -> None:
        """Delete the pass from the phone."""
        held = self.passes.pop(serial)
        _checked(self._http.delete(self._registration(held), headers=held.headers), 200)

    def changed(self, held: Held) -> list[str]:
        """Serial numbers of what changed since it was last asked."""
        params = {} if self._tag is None else {"passesUpdatedSince": self._tag}
        url = f"{held.service_url}/v1/devices/{self.library_id}/registrations/{held.pass_type}"
        answer = _checked(self._http.get(url, params=params), 200, 204)
        if answer.status_code == 204:
            return []
        self._tag = answer.json()["lastUpdated"]
        serials: list[str] = answer.json()["serialNumbers"]
        return serials

    def fetch(self, serial: str) -> bool:
        """Fetch a pass; False when the phone has it as it is."""
        held = self.passes[serial]
        headers = dict(held.headers)
        if held.last_modified is not None:
            headers["if-modified-since"] = held.last_modified
        url = f"{held.service_url}/v1/passes/{held.pass_type}/{serial}"
        answer = _checked(self._http.get(url, headers=headers), 200, 304)
        if answer.status_code == 200:
            self._keep(answer)
        return answer.status_code == 200

    def refresh(self) -> list[str]:
        """What a phone does when it is pushed to: ask what changed, fetch that; what was new."""
        if not self.passes:
            return []
        serials = self.changed(next(iter(self.passes.values())))
        return [serial for serial in serials if serial in self.passes and self.fetch(serial)]

    def _registration(self, held: Held) -> str:
        of = f"{held.pass_type}/{held.serial}"
        return f"{held.service_url}/v1/devices/{self.library_id}/registrations/{of}"

    def _keep(self, answer: httpx.Response) -> Held:
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            content = json.loads(archive.read("pass.json"))
        held = Held(
            content["serialNumber"],
            content["passTypeIdentifier"],
            content["authenticationToken"],
            # Its address is that of the platform for others; this phone may know another way to it.
            urlsplit(content["webServiceURL"]).path.rstrip("/"),
            content,
            answer.headers.get("last-modified"),
        )
        self.passes[held.serial] = held
        return held


def _checked(answer: httpx.Response, *expected: int) -> httpx.Response:
    if answer.status_code not in expected:
        raise httpx.HTTPStatusError(
            f"{answer.status_code} instead of {expected}", request=answer.request, response=answer
        )
    return answer
