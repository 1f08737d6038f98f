"""Problems at the edge: what is refused, and what was wrong with each field, in stable codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from contracts.problem import (
    BodyTooLarge,
    FieldError,
    MalformedRequest,
    MethodNotAllowed,
    NotFound,
    Refusal,
    UnsupportedMediaType,
    UpstreamUnavailable,
    ValidationFailed,
)
from kit import telemetry
from kit.languages import language_of
from kit.work import passes

FIELD_CODES = frozenset(
    (
        *("required", "unknown-field", "wrong-type", "bad-format", "too-short", "too-long", "too-small"),
        *("too-large", "not-allowed", "exactly-one", "too-common"),
    )
)

_BY_TYPE = {
    "missing": "required",
    "extra_forbidden": "unknown-field",
    "string_too_short": "too-short",
    "too_short": "too-short",
    "string_too_long": "too-long",
    "too_long": "too-long",
    "greater_than": "too-small",
    "greater_than_equal": "too-small",
    "less_than": "too-large",
    "less_than_equal": "too-large",
    "int_parsing_size": "too-large",
    "literal_error": "not-allowed",
    "enum": "not-allowed",
}
#: No field of a body needs to know the classes of our code.
_OBJECTS = frozenset(("model_type", "model_attributes_type", "dict_type", "dataclass_type", "mapping_type"))
ERRORS_LIMIT = 50
PLACE_LIMIT = 200
_MESSAGES = {"required": "is required", "unknown-field": "is not known here"}


class HeadTooLarge(MalformedRequest):
    """What comes before, around or behind the body is more than anybody needs."""

    status = 431


class TooSlow(MalformedRequest):
    """The request began and did not end."""

    status, retryable = 408, True


def refusal_of(errors: Sequence[Any]) -> Refusal:
    """The refusal for pydantic's errors, each with its field and a stable code."""
    if any(error["type"] == "json_invalid" for error in errors):
        return MalformedRequest()
    found = [_field_error(error) for error in errors[:ERRORS_LIMIT]]
    detail = f"{found[0].field or 'the body'}: {found[0].message}"
    return ValidationFailed(found, detail, total=len(errors))


def _field_error(error: Any) -> FieldError:
    kind = error["type"]
    if kind in FIELD_CODES:
        code = kind
    elif kind in _BY_TYPE:
        code = _BY_TYPE[kind]
    elif kind.endswith("_type"):
        code = "wrong-type"
    else:
        code = "bad-format"
    place = [str(part) for part in error["loc"] if part not in ("body", "query", "path", "header")]
    # Our own checks say it in their words; pydantic's words are replaced by ours.
    ours = None if kind in FIELD_CODES else _MESSAGES.get(code)
    message = ours or str(error["msg"]).removeprefix("Value error, ")
    if kind in _OBJECTS:
        message = "must be an object"
    return FieldError(".".join(place)[:PLACE_LIMIT], code, message[0].lower() + message[1:])


def refusal_of_status(status: int) -> Refusal:
    """The refusal for a plain HTTP error of the framework."""
    kinds: dict[int, type[Refusal]] = {
        400: MalformedRequest,
        404: NotFound,
        405: MethodNotAllowed,
        413: BodyTooLarge,
        415: UnsupportedMediaType,
    }
    return kinds.get(status, Refusal)()


def refusal_of_fault(error: BaseException) -> Refusal:
    """The refusal for an exception that nobody caught: a bug, unless it is one that passes."""
    return UpstreamUnavailable() if passes(error) else Refusal()


def render(
    refusal: Refusal, *, base: str, instance: str, request_id: str, accept_language: str | None = None
) -> bytes:
    """The problem as bytes, in the language of this `Accept-Language`; by default the running request's."""
    if accept_language is None:
        accept_language = telemetry.trace.get().accept_language
    language = language_of(accept_language)
    return msgspec.json.encode(
        refusal.problem(base=base, instance=instance, request_id=request_id, language=language)
    )


def headers_of(refusal: Refusal) -> list[tuple[bytes, bytes]]:
    """The headers that go with a refusal: `Retry-After` in whole seconds, `WWW-Authenticate`."""
    headers = [(b"content-type", b"application/problem+json"), (b"cache-control", b"no-store")]
    if refusal.status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    if (wait := getattr(refusal, "retry_after_s", None)) is not None:
        headers.append((b"retry-after", str(wait).encode()))
    elif refusal.code in ("idempotency-key-in-use", "upstream-unavailable"):
        headers.append((b"retry-after", b"1"))
    return headers
