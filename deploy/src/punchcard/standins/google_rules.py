"""What the Wallet API takes: fields, types and the rules beside them, as its discovery document has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schemas = Mapping[str, Mapping[str, Any]]

_TEXT: Mapping[str, Any] = {"type": "string"}
_NUMBER: Mapping[str, Any] = {"type": "number", "format": "double"}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": name}


def _list(name: str) -> dict[str, Any]:
    return {"type": "array", "items": _ref(name)}


def _one_of(*values: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(values)}


def _schema(**properties: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"type": "object", "properties": properties}


#: The part of the discovery document that loyalty cards use; a test compares it with the document.
SCHEMAS: Schemas = {
    "LoyaltyClass": _schema(
        id=_TEXT, issuerName=_TEXT, localizedIssuerName=_ref("LocalizedString"), programName=_TEXT,
        localizedProgramName=_ref("LocalizedString"), programLogo=_ref("Image"), heroImage=_ref("Image"),
        reviewStatus=_one_of("UNDER_REVIEW", "DRAFT"), hexBackgroundColor=_TEXT, countryCode=_TEXT,
        accountNameLabel=_TEXT, localizedAccountNameLabel=_ref("LocalizedString"), accountIdLabel=_TEXT,
        localizedAccountIdLabel=_ref("LocalizedString"),
        multipleDevicesAndHoldersAllowedStatus=_one_of(
            "MULTIPLE_HOLDERS", "ONE_USER_ALL_DEVICES", "ONE_USER_ONE_DEVICE"
        ),
        merchantLocations=_list("MerchantLocation"), textModulesData=_list("TextModuleData"),
        linksModuleData=_ref("LinksModuleData"), callbackOptions=_ref("CallbackOptions"),
    ),
    "LoyaltyObject": _schema(
        id=_TEXT, classId=_TEXT, state=_one_of("ACTIVE", "COMPLETED", "EXPIRED", "INACTIVE"), accountId=_TEXT,
        accountName=_TEXT, loyaltyPoints=_ref("LoyaltyPoints"), secondaryLoyaltyPoints=_ref("LoyaltyPoints"),
        barcode=_ref("Barcode"), textModulesData=_list("TextModuleData"),
        notifyPreference=_one_of("NOTIFY_ON_UPDATE"),
    ),
    "LoyaltyPoints": _schema(
        label=_TEXT, localizedLabel=_ref("LocalizedString"), balance=_ref("LoyaltyPointsBalance")
    ),
    "LoyaltyPointsBalance": _schema(
        int={"type": "integer", "format": "int32"}, string=_TEXT, double=_NUMBER
    ),
    "LocalizedString": _schema(
        defaultValue=_ref("TranslatedString"), translatedValues=_list("TranslatedString")
    ),
    "TranslatedString": _schema(language=_TEXT, value=_TEXT),
    "Image": _schema(sourceUri=_ref("ImageUri"), contentDescription=_ref("LocalizedString")),
    "ImageUri": _schema(uri=_TEXT),
    "Uri": _schema(id=_TEXT, uri=_TEXT, description=_TEXT, localizedDescription=_ref("LocalizedString")),
    "LinksModuleData": _schema(uris=_list("Uri")),
    "TextModuleData": _schema(
        id=_TEXT, header=_TEXT, localizedHeader=_ref("LocalizedString"), body=_TEXT,
        localizedBody=_ref("LocalizedString"),
    ),
    "MerchantLocation": _schema(latitude=_NUMBER, longitude=_NUMBER),
    "CallbackOptions": _schema(url=_TEXT),
    "Barcode": _schema(type=_one_of("QR_CODE", "TEXT_ONLY"), value=_TEXT, alternateText=_TEXT),
}  # fmt: skip

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "LoyaltyClass": ("id", "issuerName", "programName", "programLogo", "reviewStatus"),
    "LoyaltyObject": ("id", "classId", "state"),
}
_INT32 = range(-(2**31), 2**31)
_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
}


def faults(body: Any, kind: str, issuer: str, *, patch: bool, schemas: Schemas = SCHEMAS) -> list[str]:
    """What Google would refuse, each in a few words; empty when the body is good."""
    found: list[str] = []
    # A PATCH may take a member away.
    _check(
        {k: v for k, v in body.items() if not (patch and v is None)} if isinstance(body, dict) else body,
        schemas[kind], kind, schemas, found,
    )  # fmt: skip
    if found:
        return found
    if not patch:
        found += [f"{kind}.{name} is required" for name in REQUIRED[kind] if not body.get(name)]
    named = [body[name] for name in ("id", "classId") if name in body]
    found += [f"{one} is no id of the issuer" for one in named if not _good_id(one, issuer)]
    found += _class_faults(body) if kind == "LoyaltyClass" else []
    return found


def _good_id(named: str, issuer: str) -> bool:
    first, _, suffix = named.partition(".")
    return first == issuer and bool(suffix) and all(sign.isalnum() or sign in "._-" for sign in suffix)


def _class_faults(body: Mapping[str, Any]) -> list[str]:
    found = []
    if body.get("reviewStatus") not in ("UNDER_REVIEW", "DRAFT"):
        found.append("reviewStatus must be sent with every change")
    if len(body.get("merchantLocations", ())) > 10:
        found.append("more than ten merchantLocations")
    found += [
        "a merchantLocation is not on Earth"
        for place in body.get("merchantLocations", ())
        if abs(place["latitude"]) > 90 or abs(place["longitude"]) > 180
    ]
    colour = body.get("hexBackgroundColor", "#000000")
    if len(colour) != 7 or colour[0] != "#" or not set(colour[1:]) <= set("0123456789abcdefABCDEF"):
        found.append("hexBackgroundColor is no #rrggbb")
    url = (body.get("callbackOptions") or {}).get("url", "https://")
    if not url.startswith("https://"):
        found.append("callbackOptions.url must be https")
    return found


def _check(value: Any, schema: Mapping[str, Any], place: str, schemas: Schemas, found: list[str]) -> None:
    if "$ref" in schema:
        _check(value, schemas[schema["$ref"]], place, schemas, found)
        _beside(value, schema["$ref"], place, found)
        return
    kind = schema["type"]
    expected: Any = _TYPES[kind]
    if not isinstance(value, expected) or (isinstance(value, bool) and kind != "boolean"):
        found.append(f"{place} must be {kind}")
    elif kind == "object":
        for name, member in value.items():
            if name not in schema["properties"]:
                found.append(f"{place} has no {name}")
            else:
                _check(member, schema["properties"][name], f"{place}.{name}", schemas, found)
    elif kind == "array":
        for number, item in enumerate(value):
            _check(item, schema["items"], f"{place}[{number}]", schemas, found)
    elif value not in schema.get("enum", (value,)):
        found.append(f"{place} may not be {value}")
    elif schema.get("format") == "int32" and value not in _INT32:
        found.append(f"{place} is no int32")


def _beside(value: Any, kind: str, place: str, found: list[str]) -> None:
    """What Google's words say beside the types."""
    if not isinstance(value, dict):
        return
    if kind == "LocalizedString" and not (value.get("defaultValue") or {}).get("language"):
        found.append(f"{place} needs a defaultValue with its language")
    if kind == "LoyaltyPointsBalance" and len(value) != 1:
        found.append(f"{place} must have exactly one kind of balance")
    if kind == "LoyaltyPoints" and "balance" not in value:
        found.append(f"{place} needs a balance")
    if kind == "Barcode" and not value.get("value"):
        found.append(f"{place} needs a value")
    if kind == "ImageUri" and not str(value.get("uri", "")).startswith(("https://", "http://")):
        found.append(f"{place} needs an address with a scheme")
