"""Admins look after users."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from auth_pins import queries
from auth_pins.api.access import ADMIN, PLATFORM, Admin, TheDesk
from auth_pins.api.documents import KEYED, problems
from auth_pins.api.fields import Email, Locale, NewPassword
from auth_pins.api.lists import Asked, Count, cursor_of
from auth_pins.commands import users as commands
from auth_pins.tables import Record
from contracts.event import Instant
from contracts.problem import (
    AlreadyExists,
    ChangeNotAllowed,
    MerchantNotFound,
    PreconditionFailed,
    PreconditionRequired,
    UpstreamUnavailable,
    UserNotFound,
    ValidationFailed,
)
from kit.fields import Body, Flag, example
from kit.idempotency import Key, Made
from kit.preconditions import IfMatch, etag
from kit.work import Tx

router = APIRouter(prefix=f"{ADMIN}/users", tags=["users"])

Role = Literal["admin", "owner", "manager"]


class NewUser(Body):
    model_config = example(
        email="anna@example.com",
        password="correct horse battery",
        role="owner",
        merchant_id="0197c1c2-7e5a-7b3c-9d4e-5f60718293a4",
    )

    email: Annotated[Email, Field(description="Compared without case; of one live user at most")]
    password: Annotated[NewPassword, Field(description="12 to 128 characters, not a common one")]
    role: Role = Field(
        description="An admin of the platform, an owner or a manager of a merchant", examples=["owner"]
    )
    merchant_id: UUID | None = Field(
        None, description="The merchant of an owner or manager; none for an admin"
    )
    locale: Locale | None = Field(
        None, description="The user's language; the merchant's when there is none, of an admin English"
    )


class UserChanges(Body):
    model_config = example(role="manager")

    role: Role | None = Field(None, description="owner or manager; ends all sign-ins")
    is_active: Flag | None = Field(None, description="Whether the user may sign in; ends all sign-ins")
    locale: Locale | None = Field(None, description="The user's language")
    email: Annotated[Email | None, Field(None, description="Of one live user at most")]


class User(BaseModel):
    id: UUID = Field(description="The user's id")
    email: str | None = Field(
        description="As it was given; null where another issuer does not tell it",
        examples=["anna@example.com"],
    )
    issuer: str | None = Field(
        description="Who tells of a user that signs in elsewhere (OpenID Connect); null with a password here"
    )
    role: Role = Field(description="What the user may do")
    merchant_id: UUID | None = Field(description="The merchant of an owner or manager")
    locale: str = Field(description="The user's language", examples=["fr"])
    is_active: bool = Field(description="Whether the user may sign in")
    created_at: Instant = Field(description="When the user was made")
    updated_at: Instant = Field(description="When it was changed last")
    deleted_at: Instant | None = Field(description="When it was deleted; seen only where asked for")
    deleted_by: UUID | None = Field(description="The user who deleted it; seen only where asked for")


class Users(BaseModel):
    items: list[User] = Field(description="Newest first")
    next_cursor: str | None = Field(description="Asks for the next page; null on the last one")
    total: int | None = Field(None, description="How many there are; only there when asked by `count=true`")


def _shown(row: Record) -> User:
    return User.model_validate(row, from_attributes=True)


@router.post(
    "",
    operation_id="createUser",
    summary="Make a user",
    status_code=201,
    response_model=User,
    responses=problems(*KEYED, AlreadyExists, MerchantNotFound, UpstreamUnavailable),
)
async def create(request: Request, caller: Admin, key: Key, desk: TheDesk, body: NewUser) -> Response:
    """A user who can sign in at once."""
    if (body.role == "admin") != (body.merchant_id is None):
        code, words = (
            ("not-allowed", "an admin has none") if body.merchant_id else ("required", "is required")
        )
        raise ValidationFailed.of("merchant_id", code, words)
    merchant = await desk.places.merchant(body.merchant_id) if body.merchant_id else None
    locale = body.locale or (merchant.default_locale if merchant else "en")
    async with desk.hashing.seat() as seat:
        password_hash = await seat.hash_password(body.password)

    async def effect(tx: Tx) -> Made:
        if body.merchant_id and merchant is None:
            raise MerchantNotFound
        row = await commands.create_user(tx, body.email, password_hash, body.role, body.merchant_id, locale)
        headers = {"location": f"{ADMIN}/users/{row.id}", "etag": etag(row.revision)}
        return Made(201, _shown(row), headers)

    return await desk.idempotency.once(request, key, PLATFORM, body, effect)


@router.get(
    "",
    operation_id="listUsers",
    summary="List users",
    response_model_exclude_unset=True,
    responses=problems(),
)
async def list_users(
    caller: Admin,
    desk: TheDesk,
    asked: Asked,
    merchant_id: Annotated[UUID | None, Query(description="Of this merchant only")] = None,
    count: Count = False,
) -> Users:
    """Newest first. `search` takes a whole e-mail address."""
    asked = asked._replace(merchant_id=merchant_id)
    found = await queries.users(desk, asked)
    total = {"total": await queries.count_users(desk, asked)} if count else {}
    return Users(items=[_shown(row) for row in found.rows], next_cursor=cursor_of(found), **total)


@router.get("/{user_id}", operation_id="getUser", summary="One user", responses=problems(UserNotFound))
async def get(
    caller: Admin,
    desk: TheDesk,
    response: Response,
    user_id: UUID,
    include_deleted: Annotated[bool, Query(description="Also when it is deleted")] = False,
) -> User:
    """With the ETag that a change needs."""
    row = await queries.user(desk, user_id, include_deleted=include_deleted)
    response.headers["etag"] = etag(row.revision)
    return _shown(row)


@router.patch(
    "/{user_id}",
    operation_id="changeUser",
    summary="Change a user",
    responses=problems(
        UserNotFound, AlreadyExists, ChangeNotAllowed, PreconditionFailed, PreconditionRequired
    ),
)
async def change(
    caller: Admin, expected: IfMatch, desk: TheDesk, response: Response, user_id: UUID, body: UserChanges
) -> User:
    """Another role, or being switched off, ends all of the user's sign-ins."""
    changes = body.model_dump(exclude_unset=True)
    for name, value in changes.items():
        if value is None:
            raise ValidationFailed.of(name, "wrong-type", "cannot be null")
    row = await commands.change_user(desk, user_id, expected, changes)
    response.headers["etag"] = etag(row.revision)
    return _shown(row)


@router.delete(
    "/{user_id}",
    operation_id="deleteUser",
    summary="Delete a user",
    status_code=204,
    responses=problems(UserNotFound, ChangeNotAllowed, PreconditionFailed, PreconditionRequired),
)
async def delete(caller: Admin, expected: IfMatch, desk: TheDesk, user_id: UUID) -> None:
    """The user can't sign in any more; the e-mail address is free again."""
    await commands.delete_user(desk, user_id, expected, caller.user_id)
