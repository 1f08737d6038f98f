"""Which of our identities the claims of an issuer's token mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple
from uuid import UUID

Role = Literal["admin", "owner", "manager"]
#: Who is told to be several is the first of them.
ROLES: tuple[Role, ...] = ("admin", "owner", "manager")


class ClaimRules(NamedTuple):
    """How one issuer's claims are read."""

    role_claim: str
    roles: Mapping[str, Role]
    merchant_claim: str | None
    merchants: Mapping[str, UUID]
    merchant_id: UUID | None


class Identity(NamedTuple):
    """Who the token speaks of; an admin belongs to no merchant, all others to one."""

    role: Role
    merchant_id: UUID | None


def identity_of(claims: Mapping[str, Any], rules: ClaimRules) -> Identity | None:
    """None when the claims give no role here, or no merchant to have it at."""
    given = {rules.roles.get(name) for name in _texts(claims, rules.role_claim)}
    role = next((role for role in ROLES if role in given), None)
    if role is None or role == "admin":
        return Identity(role, None) if role else None
    merchant_id = rules.merchant_id or _merchant_of(claims, rules)
    return Identity(role, merchant_id) if merchant_id else None


def _merchant_of(claims: Mapping[str, Any], rules: ClaimRules) -> UUID | None:
    """The one merchant that is named: by a name of the settings, or where these have none by its id."""
    named = _texts(claims, rules.merchant_claim) if rules.merchant_claim else []
    if len(named) != 1:
        return None
    if rules.merchants:
        return rules.merchants.get(named[0])
    try:
        return UUID(named[0])
    except ValueError:
        return None


def _texts(claims: Mapping[str, Any], name: str) -> list[str]:
    """The texts of a claim, one or a list of them. `realm_access.roles` is looked for inside as well."""
    value: Any = claims.get(name)
    if value is None and "." in name:
        value = claims
        for part in name.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
    found = value if isinstance(value, list) else [value]
    return [text for text in found if isinstance(text, str)]
