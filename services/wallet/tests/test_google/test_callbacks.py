"""Callbacks: what is signed by Google's keys is taken, anything else refused."""

from __future__ import annotations

import base64
import copy
import json
import time
from typing import Any

import pytest

from kit.outward import Outward
from punchcard.standins import google_keys
from punchcard.standins.google import GoogleStandIn
from punchcard.standins.google_keys import CallbackKeys
from wallet.google import root_keys
from wallet.google.callbacks import (
    PROTOCOL,
    SENDER,
    Forged,
    RootKey,
    Stale,
    UnknownRoot,
    read_roots,
    signed_content,
    verify,
)

ISSUER = "3388000000000000001"
CLASS, OBJECT = f"{ISSUER}.program-1", f"{ISSUER}.abc"
NOW_MS = int(time.time() * 1000)
DAY_MS = 86_400_000


@pytest.fixture(scope="module")
def keys() -> CallbackKeys:
    return CallbackKeys()


@pytest.fixture(scope="module")
def roots(keys: CallbackKeys) -> list[RootKey]:
    return read_roots(keys.published())


def test_a_signed_notice_is_read(keys: CallbackKeys, roots: list[RootKey]):
    notice = verify(keys.signed("save", CLASS, OBJECT, nonce="n-1"), roots, [ISSUER], NOW_MS)

    assert (notice.event, notice.class_id, notice.object_id) == ("save", CLASS, OBJECT)
    assert len(notice.nonce) == 32


def test_only_keys_of_our_protocol_count(keys: CallbackKeys, roots: list[RootKey]):
    assert len(keys.published()["keys"]) == 2
    assert len(roots) == 1


def test_lengths_are_of_bytes_and_little_endian():
    assert signed_content(["é", "ab"]) == b"\x02\0\0\0\xc3\xa9\x02\0\0\0ab"


def test_members_that_nobody_knows_are_accepted(keys: CallbackKeys, roots: list[RootKey]):
    message = keys.signed("del", CLASS, "3388000000000000001.Zoë", somethingNew={"a": [1]})
    message["alsoNew"] = True
    message["intermediateSigningKey"]["new"] = 1

    assert verify(message, roots, [ISSUER], NOW_MS).event == "del"


def test_one_of_several_issuers_and_signatures_is_enough(keys: CallbackKeys, roots: list[RootKey]):
    message = keys.signed("save", CLASS, OBJECT)
    message["intermediateSigningKey"]["signatures"].insert(0, base64.b64encode(b"no").decode())

    assert verify(message, roots, ["1", ISSUER], NOW_MS).event == "save"


def altered(message: dict[str, Any], path: str, change: Any) -> dict[str, Any]:
    changed = copy.deepcopy(message)
    place = changed
    *way, last = path.split(".")
    for step in way:
        place = place[step]
    place[last] = change(place[last]) if callable(change) else change
    return changed


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("protocolVersion", "ECv2"),
        ("protocolVersion", None),
        ("signedMessage", lambda text: text.replace('"save"', '"del"')),
        ("signedMessage", lambda text: text + " "),
        ("signedMessage", None),
        ("signature", lambda text: text[:-8] + "AAAAAAA="),
        ("signature", "not base64"),
        ("signature", 1),
        ("intermediateSigningKey", None),
        ("intermediateSigningKey.signedKey", lambda text: text.replace("keyExp", "keyexp")),
        ("intermediateSigningKey.signatures", []),
        ("intermediateSigningKey.signatures", [1]),
        ("intermediateSigningKey.signatures", "MEUC"),
    ],
)
def test_whatever_is_altered_is_refused(keys: CallbackKeys, roots: list[RootKey], path: str, change: Any):
    message = keys.signed("save", CLASS, OBJECT)

    with pytest.raises(Forged):
        verify(altered(message, path, change), roots, [ISSUER], NOW_MS)


def test_another_issuers_notice_is_refused(keys: CallbackKeys, roots: list[RootKey]):
    with pytest.raises(Forged):
        verify(keys.signed("save", CLASS, OBJECT, recipient="1"), roots, [ISSUER], NOW_MS)


def test_one_signed_by_other_keys_is_refused(roots: list[RootKey]):
    with pytest.raises(UnknownRoot):
        verify(CallbackKeys().signed("save", CLASS, OBJECT), roots, [ISSUER], NOW_MS)


def test_the_message_must_be_signed_by_the_intermediate_that_came_with_it(
    keys: CallbackKeys, roots: list[RootKey]
):
    message = keys.signed("save", CLASS, OBJECT)
    message["signature"] = CallbackKeys().signed("save", CLASS, OBJECT)["signature"]

    with pytest.raises(Forged):
        verify(message, roots, [ISSUER], NOW_MS)


@pytest.mark.parametrize("what", ["message", "intermediate", "root"])
def test_what_is_over_is_refused(keys: CallbackKeys, roots: list[RootKey], what: str):
    past = NOW_MS - 1000
    message = keys.signed(
        "save",
        CLASS,
        OBJECT,
        expires_ms=past if what == "message" else None,
        key_expires_ms=past if what == "intermediate" else None,
    )
    known = [RootKey(root.key, past) for root in roots] if what == "root" else roots

    with pytest.raises(Stale):
        verify(message, known, [ISSUER], NOW_MS)


def test_a_key_for_another_purpose_is_no_root(keys: CallbackKeys):
    published = keys.published()
    published["keys"][1]["keyValue"] = "AAAA"

    for odd in (published, {}, {"keys": [1]}, None, []):
        with pytest.raises(ValueError, match="no root keys"):
            read_roots(odd)


@pytest.mark.parametrize("event", ["SAVE", "added", None])
def test_an_event_that_nobody_knows_is_refused(keys: CallbackKeys, roots: list[RootKey], event: Any):
    with pytest.raises(Forged):
        verify(keys.signed(event, CLASS, OBJECT), roots, [ISSUER], NOW_MS)


@pytest.mark.parametrize(
    "time", ["9" * 5000, 10**30, -1, "٤٤", 1.5, True, None], ids=lambda time: str(time)[:9]
)
def test_a_time_that_is_none_is_refused_also_when_it_is_signed(
    keys: CallbackKeys, roots: list[RootKey], time: Any
):
    with pytest.raises(Forged):
        verify(keys.signed("save", CLASS, OBJECT, expTimeMillis=time), roots, [ISSUER], NOW_MS)


@pytest.mark.parametrize("name", ["classId", "objectId", "nonce"])
@pytest.mark.parametrize("sign", ["\0", "\ud800"], ids=["NUL", "half a sign"])
def test_a_text_that_cannot_be_kept_is_refused_also_when_it_is_signed(
    keys: CallbackKeys, roots: list[RootKey], name: str, sign: str
):
    with pytest.raises(Forged):
        verify(keys.signed("save", CLASS, OBJECT, **{name: f"a{sign}b"}), roots, [ISSUER], NOW_MS)


def test_a_text_that_is_nested_too_deeply_is_refused_also_when_it_is_signed(
    keys: CallbackKeys, roots: list[RootKey]
):
    deep = '{"a":' + "[" * 30_000 + "]" * 30_000 + "}"
    signature = google_keys._sign(keys._intermediate, SENDER, ISSUER, PROTOCOL, deep)
    message = {**keys.signed("save", CLASS, OBJECT), "signedMessage": deep, "signature": signature}

    with pytest.raises(Forged):
        verify(message, roots, [ISSUER], NOW_MS)


class Clock:
    """Stands in for the module `time`."""

    def __init__(self) -> None:
        self.at = time.time()

    def time(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.at


async def test_an_unknown_signer_has_newer_keys_fetched_within_seconds_and_no_more_often(
    google: GoogleStandIn, monkeypatch: pytest.MonkeyPatch
):
    clock, outward = Clock(), Outward(10)
    monkeypatch.setattr(root_keys, "time", clock)
    kept = root_keys.RootKeys(outward, f"{google.url}/gp/m/issuer/keys")  # type: ignore[attr-defined]
    first = await kept.known()
    google.keys.rotate()

    clock.at += 9
    too_soon = await kept.newer()
    clock.at += 1
    newer = await kept.newer()
    await outward.close()

    assert too_soon == first
    assert newer != first


def test_a_signed_text_that_is_no_object_is_refused(keys: CallbackKeys, roots: list[RootKey]):
    message = keys.signed("save", CLASS, OBJECT)
    message["signedMessage"] = json.dumps([1])

    with pytest.raises(Forged):
        verify(message, roots, [ISSUER], NOW_MS)
