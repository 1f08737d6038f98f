"""Looks a finished pass over as strictly as a phone does, and says in words what is wrong with it."""

from __future__ import annotations

import hashlib
import io
import json
import re
import struct
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from cryptography.x509 import Certificate
from cryptography.x509.oid import NameOID

from contracts.words import LANGUAGES
from wallet.apple.signature import Signature, SignatureProblem

LIMIT_BYTES = 10 * 1024 * 1024
FILES_LIMIT = 100
PICTURES = tuple(f"{name}{scale}.png" for name in ("icon", "logo", "strip") for scale in ("", "@2x", "@3x"))
REQUIRED = ("pass.json", "manifest.json", "signature", *PICTURES)
TOKEN_LEAST, PLACES_LIMIT = 16, 10
_COLOUR = re.compile(r"rgb\((\d{1,3}), (\d{1,3}), (\d{1,3})\)")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)" = "((?:[^"\\]|\\.)*)";')
_PNG = b"\x89PNG\r\n\x1a\n"


def faults_of(content: bytes) -> list[str]:
    """Everything that is wrong with this `.pkpass`; nothing when it is good."""
    try:
        files = _files(content)
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        return [f"it is no zip archive that can be read: {error}"]
    missing = [name for name in REQUIRED if name not in files]
    if missing:
        return [f"files are missing: {', '.join(missing)}"]
    faults = [*_manifest(files), *_pictures(files)]
    try:
        document = json.loads(files["pass.json"])
    except ValueError:
        return [*faults, "pass.json is no JSON"]
    if not isinstance(document, dict):
        return [*faults, "pass.json is no object"]
    faults += [*_document(document), *_card(document), *_translations(files, document)]
    return [*faults, *_signature(files, document)]


def _files(content: bytes) -> Mapping[str, bytes]:
    if len(content) > LIMIT_BYTES:
        raise ValueError("larger than any pass")
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        infos = packed.infolist()
        if len(infos) > FILES_LIMIT or sum(info.file_size for info in infos) > LIMIT_BYTES:
            raise ValueError("it holds more than any pass")
        if len({info.filename for info in infos}) != len(infos):
            raise ValueError("it holds a file twice")
        return {info.filename: packed.read(info) for info in infos}


def _manifest(files: Mapping[str, bytes]) -> Iterator[str]:
    try:
        listed = json.loads(files["manifest.json"])
    except ValueError:
        yield "manifest.json is no JSON"
        return
    there = files.keys() - {"manifest.json", "signature"}
    for name in sorted(there - listed.keys()):
        yield f"{name} is not in the manifest"
    for name in sorted(listed.keys() - there):
        yield f"{name} is in the manifest and not in the pass"
    for name in sorted(there & listed.keys()):
        if hashlib.sha1(files[name], usedforsecurity=False).hexdigest() != listed[name]:
            yield f"{name} is not the file that the manifest lists"


def _pictures(files: Mapping[str, bytes]) -> Iterator[str]:
    """Each scale is that many times as large as the first."""
    for name in ("icon", "logo", "strip"):
        sizes = [_size(files[f"{name}{scale}.png"]) for scale in ("", "@2x", "@3x")]
        if None in sizes:
            yield f"{name} is no PNG"
            continue
        widths = [size[0] for size in sizes if size is not None]
        if any(abs(widths[0] * scale - width) > scale for scale, width in enumerate(widths, start=1)):
            yield f"{name} is not two and three times as large at @2x and @3x: {widths}"


def _size(png: bytes) -> tuple[int, int] | None:
    if not png.startswith(_PNG) or len(png) < 24:
        return None
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def _document(document: Mapping[str, Any]) -> Iterator[str]:
    if document.get("formatVersion") != 1:
        yield "formatVersion is not 1"
    names = ("passTypeIdentifier", "teamIdentifier", "serialNumber", "organizationName", "description")
    for name in names:
        if not isinstance(document.get(name), str) or not document[name]:
            yield f"{name} is missing"
    if len(str(document.get("authenticationToken", ""))) < TOKEN_LEAST:
        yield f"authenticationToken is shorter than {TOKEN_LEAST} characters"
    address = str(document.get("webServiceURL", ""))
    if not address.startswith(("https://", "http://")):
        yield "webServiceURL is no address"
    if re.search(r"/apple/v1/?$", address):
        yield "webServiceURL ends in /v1, which phones add themselves"
    for name in ("backgroundColor", "foregroundColor", "labelColor"):
        parts = _COLOUR.fullmatch(str(document.get(name)))
        if parts is None or any(int(part) > 255 for part in parts.groups()):
            yield f"{name} is not rgb(r, g, b)"
    if "groupingIdentifier" in document:
        yield "groupingIdentifier is not for store cards"
    yield from _barcodes(document.get("barcodes"))
    yield from _places(document.get("locations", []))


def _barcodes(barcodes: Any) -> Iterator[str]:
    if not isinstance(barcodes, list) or not barcodes:
        yield "there is no barcode"
        return
    code = barcodes[0]
    if code.get("format") != "PKBarcodeFormatQR" or code.get("messageEncoding") != "iso-8859-1":
        yield "the barcode is no QR code in iso-8859-1"
    message = code.get("message")
    if not isinstance(message, str) or not message or not _is_latin(message):
        yield "the barcode's message can't be written in iso-8859-1"


def _is_latin(text: str) -> bool:
    try:
        text.encode("iso-8859-1")
    except UnicodeEncodeError:
        return False
    return True


def _places(places: Any) -> Iterator[str]:
    if not isinstance(places, list) or len(places) > PLACES_LIMIT:
        yield f"there are more than {PLACES_LIMIT} locations"
        return
    for place in places:
        if not -90 <= place.get("latitude", 91) <= 90 or not -180 <= place.get("longitude", 181) <= 180:
            yield "a location is nowhere on earth"


def _card(document: Mapping[str, Any]) -> Iterator[str]:
    card = document.get("storeCard")
    if not isinstance(card, dict):
        yield "it is no store card"
        return
    fields = [field for group in card.values() for field in group]
    keys = [field.get("key") for field in fields]
    if len(set(keys)) != len(keys):
        yield "two fields have the same key"
    if any("value" not in field for field in fields):
        yield "a field has no value"
    telling = [field["changeMessage"] for field in fields if "changeMessage" in field]
    if len(telling) != 1:
        yield f"{len(telling)} fields tell of changes: a phone shows what changed with exactly one"
    if any("%@" not in message for message in telling):
        yield "changeMessage lacks %@, and no phone shows it"


def _translations(files: Mapping[str, bytes], document: Mapping[str, Any]) -> Iterator[str]:
    fields = [field for group in document.get("storeCard", {}).values() for field in group]
    shown = {field[name] for field in fields for name in ("label", "changeMessage") if name in field}
    for language in LANGUAGES:
        name = f"{language}.lproj/pass.strings"
        if name not in files:
            yield f"{name} is missing"
            continue
        words = strings_of(files[name])
        if words is None:
            yield f"{name} is not UTF-16 with a byte order mark"
        elif left := shown - words.keys():
            yield f"{name} has no words for {', '.join(sorted(left))}"


def strings_of(content: bytes) -> Mapping[str, str] | None:
    """What a `pass.strings` says; None when it is not UTF-16 with a byte order mark."""
    if content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return None
    try:
        text = content.decode("utf-16")
    except UnicodeDecodeError:
        return None
    return {_plain(key): _plain(value) for key, value in _STRING.findall(text)}


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], text)


def _signature(files: Mapping[str, bytes], document: Mapping[str, Any]) -> Iterator[str]:
    try:
        signature = Signature.read(files["signature"])
        signature.verify(files["manifest.json"])
    except SignatureProblem as problem:
        yield f"the signature is not good: {problem}"
        return
    signer = signature.signer
    if _name(signer, NameOID.USER_ID) != document.get("passTypeIdentifier"):
        yield "passTypeIdentifier is not the UID of the certificate that signed it"
    if _name(signer, NameOID.ORGANIZATIONAL_UNIT_NAME) != document.get("teamIdentifier"):
        yield "teamIdentifier is not the OU of the certificate that signed it"
    if not signature.has_issuer:
        yield "the intermediate that issued the certificate is not in the signature"
    if signature.signed_at is None:
        yield "the signature does not say when it was made"
    elif not signer.not_valid_before_utc <= signature.signed_at <= signer.not_valid_after_utc:
        yield "it was signed while the certificate was not valid"


def _name(certificate: Certificate, oid: Any) -> str | None:
    found = certificate.subject.get_attributes_for_oid(oid)
    return str(found[0].value) if found else None
