"""Finished passes: openssl and our own checker take every one, and broken ones are refused."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from PIL import Image

from contracts.problem import CardNotFound, WalletNotAvailable
from contracts.words import LANGUAGES
from punchcard.embedded.wallet_identities import WalletIdentities
from wallet.apple.archive import archive, manifest, part
from wallet.apple.checker import faults_of, strings_of
from wallet.apple.identity import AppleIdentity
from wallet.apple.kept import Kept
from wallet.apple.look import Pictures
from wallet.apple.studio import Studio

from .pass_making import (
    OneLook,
    a_look,
    a_merchant,
    a_pass,
    a_reward,
    identity_of,
    no_picture,
    pass_files,
)

NAMES = ["Café Grund", "Zum Bäcker “Ötzi”", "Épicerie à l'Œuf", 'D\'Kiischt\\ "Bäckerei"', "喫茶店 ☕"]


@pytest.fixture(scope="module")
def identity(identities: WalletIdentities) -> AppleIdentity:
    return identity_of(identities)


def files_in(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.testzip() is None
        assert all(info.compress_type == zipfile.ZIP_STORED for info in packed.infolist())
        return {name: packed.read(name) for name in packed.namelist()}


def look_named(name: str, **program: Any) -> Any:
    return a_look(merchant=a_merchant(name=name), card_name=f"Karte {name}", **program)


# -- good ones


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["stamps", "points", "hybrid"])
async def test_our_own_checker_takes_every_kind_of_pass_in_every_language(
    identity: AppleIdentity, language: str, kind: str
):
    for name in NAMES:
        look = look_named(name, loyalty_type=kind, rewards=[a_reward(f"Tasse {name}", 400)])
        file = await pass_files(identity, OneLook(look)).of(a_pass(locale=language))

        assert faults_of(file.content) == []
        shown = json.loads(files_in(file.content)["pass.json"])
        assert shown["organizationName"] == name


@pytest.mark.slow
@pytest.mark.skipif(which("openssl") is None, reason="no openssl on this machine")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", [["smime"], ["cms", "-binary"]])
async def test_openssl_takes_the_signature_of_every_pass(
    identity: AppleIdentity,
    identities: WalletIdentities,
    tmp_path: Path,
    language: str,
    command: list[str],
):
    for name in NAMES:
        file = await pass_files(identity, OneLook(look_named(name))).of(a_pass(locale=language))
        with zipfile.ZipFile(io.BytesIO(file.content)) as packed:
            packed.extractall(tmp_path)

        for trust in (["-noverify"], ["-CAfile", str(identities.authority), "-purpose", "any"]):
            verify = [*command[:1], "-verify", *command[1:], "-inform", "DER", "-in", "signature"]
            done = await asyncio.to_thread(
                subprocess.run,
                ["openssl", *verify, "-content", "manifest.json", *trust],
                cwd=tmp_path,
                capture_output=True,
            )
            assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("language", "stamps"), [("en", "Stamps"), ("fr", "Tampons"), ("lb", "Stempelen")])
async def test_labels_are_translated_by_the_device_in_utf_16(
    identity: AppleIdentity, language: str, stamps: str
):
    file = await pass_files(identity, OneLook(a_look())).of(a_pass())

    words = strings_of(files_in(file.content)[f"{language}.lproj/pass.strings"])
    assert words is not None
    assert words["Stamps"] == stamps
    assert words["Stamps on your card: %@"].count("%@") == 1


async def test_a_pass_says_which_state_it_shows(identity: AppleIdentity):
    held = a_pass(revision=12, sequence_wanted=7)

    file = await pass_files(identity, OneLook(a_look())).of(held)

    assert (file.revision, file.sequence, file.changed_at) == (12, 7, held.changed_at)


# -- made once


async def test_a_finished_pass_is_signed_once_until_card_look_or_language_change(identity: AppleIdentity):
    looks = OneLook(a_look())
    files = pass_files(identity, looks)
    held = a_pass()

    first = await files.of(held)
    again = await files.of(held)
    assert (files.signed, again.content) == (1, first.content)

    await files.of(a_pass(card_id=held.card_id, revision=11, stamp_count=8))
    await files.of(a_pass(card_id=held.card_id, locale="fr"))
    looks.look = a_look(card_color="#112233", version=2)
    await files.of(held)
    assert files.signed == 4


async def test_what_is_kept_of_finished_passes_stays_within_its_bytes(identity: AppleIdentity):
    files = pass_files(identity, OneLook(a_look()), limit_bytes=30_000)

    for _ in range(20):
        await files.of(a_pass())

    assert 1 <= len(files._own) < 20
    assert files._own.size_bytes <= 30_000


def test_the_longest_unused_goes_first():
    kept: Kept[str] = Kept(30)
    for key in "abc":
        kept.keep(key, key.upper(), 10)
    kept.get("a")

    kept.keep("d", "D", 10)
    kept.keep("large", "L", 31)

    assert [kept.get(key) for key in "abcd"] == ["A", None, "C", "D"]
    assert kept.get("large") is None


async def test_a_strip_is_drawn_once_for_all_cards_with_as_many_stamps(identity: AppleIdentity):
    studio = Studio(no_picture)
    files = pass_files(identity, OneLook(a_look()), studio)

    await asyncio.gather(*(files.of(a_pass()) for _ in range(10)))
    drawn = studio.drawn
    await files.of(a_pass(stamp_count=8))

    # Icon and logo together, and the strip; then one more strip.
    assert (drawn, studio.drawn) == (2, 3)


async def test_requests_go_on_while_a_strip_is_drawn(identity: AppleIdentity):
    files = pass_files(identity, OneLook(a_look(stamps_target=100)), Studio(no_picture))
    steps = 0

    making = asyncio.create_task(files.of(a_pass(stamp_count=50)))
    while not making.done():
        await asyncio.sleep(0)
        steps += 1

    assert faults_of((await making).content) == []
    assert steps > 20, "the loop stood still"


async def test_a_picture_that_is_stored_becomes_logo_and_ground(identity: AppleIdentity):
    async def load(sha256: str) -> bytes:
        out = io.BytesIO()
        Image.new("RGB", (800, 400), "#ff0000" if sha256 == "aa" else "#00ff00").save(out, "PNG")
        return out.getvalue()

    look = a_look(loyalty_type="points", pictures=Pictures(logo="aa", hero="bb"))
    file = await pass_files(identity, OneLook(look), Studio(load)).of(a_pass())

    found = files_in(file.content)
    assert faults_of(file.content) == []
    assert Image.open(io.BytesIO(found["logo@3x.png"])).size == (300, 150)
    strip = Image.open(io.BytesIO(found["strip@2x.png"])).convert("RGB")
    assert (strip.size, strip.getpixel((10, 10))) == ((750, 288), (0, 255, 0))


# -- no pass at all


async def test_a_program_of_another_pass_type_has_no_pass_here(identity: AppleIdentity):
    with pytest.raises(WalletNotAvailable):
        await pass_files(identity, OneLook(a_look(apple_pass_type_id="pass.other"))).of(a_pass())

    look = a_look(apple_pass_type_id=identity.pass_type_id)
    assert faults_of((await pass_files(identity, OneLook(look)).of(a_pass())).content) == []


async def test_without_a_program_there_is_no_pass(identity: AppleIdentity):
    with pytest.raises(CardNotFound):
        await pass_files(identity, OneLook(None)).of(a_pass())


# -- broken ones


def packed(files: dict[str, bytes]) -> bytes:
    return archive([part(name, content) for name, content in files.items()])


def signed_again(files: dict[str, bytes], identity: AppleIdentity) -> bytes:
    """With a manifest and a signature that are right for these files."""
    own = [
        part(name, content) for name, content in files.items() if name not in ("manifest.json", "signature")
    ]
    listed = manifest(own)
    return archive([*own, part("manifest.json", listed), part("signature", identity.sign(listed))])


def with_document(**changes: Any) -> Callable[[dict[str, bytes], AppleIdentity], bytes]:
    def broken(files: dict[str, bytes], identity: AppleIdentity) -> bytes:
        document = {**json.loads(files["pass.json"]), **changes}
        return signed_again({**files, "pass.json": json.dumps(document).encode()}, identity)

    return broken


def told_twice(files: dict[str, bytes], identity: AppleIdentity) -> bytes:
    document = json.loads(files["pass.json"])
    document["storeCard"]["secondaryFields"][0]["changeMessage"] = "Stamps on your card: %@"
    return with_document(storeCard=document["storeCard"])(files, identity)


def without_intermediate(files: dict[str, bytes], identity: AppleIdentity) -> bytes:
    """As a signature with the pass certificate twice: the intermediate is nowhere."""
    alone = AppleIdentity(identity.certificate, identity._key, identity.certificate)
    return signed_again(files, alone)


BROKEN: dict[str, tuple[str, Callable[[dict[str, bytes], AppleIdentity], bytes]]] = {
    "cut off": ("no zip archive", lambda files, _: packed(files)[:-30]),
    "a changed file": (
        "not the file that the manifest lists",
        lambda files, _: packed({**files, "pass.json": files["pass.json"].replace(b"7 / 10", b"9 / 10")}),
    ),
    "a file that is not listed": (
        "not in the manifest",
        lambda files, _: packed({**files, "background.png": files["icon.png"]}),
    ),
    "a file that is gone": (
        "files are missing: icon@2x.png",
        lambda files, identity: signed_again(
            {name: content for name, content in files.items() if name != "icon@2x.png"}, identity
        ),
    ),
    "another manifest signed": (
        "over another manifest",
        lambda files, identity: packed({**files, "signature": identity.sign(b"{}")}),
    ),
    "a damaged signature": (
        "not made with the certificate's key",
        lambda files, _: packed({**files, "signature": files["signature"][:-4] + b"\0\1\2\3"}),
    ),
    "no signature": ("no detached PKCS#7", lambda files, _: packed({**files, "signature": b"\x30\x03abc"})),
    "no intermediate": ("intermediate that issued", without_intermediate),
    "another pass type": ("passTypeIdentifier is not", with_document(passTypeIdentifier="pass.other")),
    "another team": ("teamIdentifier is not", with_document(teamIdentifier="OTHER")),
    "a short token": ("authenticationToken is shorter", with_document(authenticationToken="short")),
    "v1 in the address": (
        "/v1, which phones add",
        with_document(webServiceURL="https://x.example/api/v1/loyalty/apple/v1"),
    ),
    "a colour by hex": ("not rgb", with_document(backgroundColor="#4F46E5")),
    "no barcode": ("no barcode", with_document(barcodes=[])),
    "eleven places": ("more than 10", with_document(locations=[{"latitude": 1, "longitude": 1}] * 11)),
    "two fields that tell": ("2 fields tell of changes", told_twice),
    "words in UTF-8": (
        "fr.lproj/pass.strings is not UTF-16",
        lambda files, identity: signed_again(
            {**files, "fr.lproj/pass.strings": b'"Stamps" = "Tampons";'}, identity
        ),
    ),
    "words that are missing": (
        "de.lproj/pass.strings has no words for",
        lambda files, identity: signed_again(
            {**files, "de.lproj/pass.strings": '"Stamps" = "Stempel";'.encode("utf-16")}, identity
        ),
    ),
    "a picture that is none": (
        "strip is no PNG",
        lambda files, identity: signed_again({**files, "strip@3x.png": b"GIF89a"}, identity),
    ),
    "scales that do not fit": (
        "icon is not two and three times as large",
        lambda files, identity: signed_again({**files, "icon@3x.png": files["icon.png"]}, identity),
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
async def test_a_broken_pass_is_refused_for_what_is_broken(identity: AppleIdentity, kind: str):
    good = files_in((await pass_files(identity, OneLook(a_look())).of(a_pass())).content)
    said, breaking = BROKEN[kind]
    assert faults_of(packed(good)) == []

    faults = faults_of(breaking(good, identity))

    assert len(faults) == 1, faults
    assert said in faults[0]
