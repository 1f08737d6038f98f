"""Passwords: changed by who knows them, reset through a letter by who forgot."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from auth_pins.api.access import AUTH, Anyone, AnyUser, TheDesk, TheForgotten
from auth_pins.api.documents import problems
from auth_pins.api.fields import NewPassword, Password
from auth_pins.commands import passwords as commands
from contracts.problem import PasswordWrong, ResetTokenInvalid, UpstreamUnavailable
from kit.fields import Body, Line, example

router = APIRouter(prefix=f"{AUTH}/password", tags=["sign-in"])


class PasswordChange(Body):
    model_config = example(current="correct horse battery", new="a longer one for winter")

    current: Annotated[Password, Field(description="The password as it is")]
    new: Annotated[NewPassword, Field(description="12 to 128 characters, not a common one")]


class PasswordForgotten(Body):
    model_config = example(email="anna@example.com")

    email: Annotated[
        str, Line(1, 254), Field(description="Compared without case", examples=["anna@example.com"])
    ]


class PasswordReset(Body):
    model_config = example(token="5TqXW0m2vYk8", new="a longer one for winter")

    token: Annotated[
        str,
        Line(1, 256),
        Field(repr=False, description="What the letter's link ends with", examples=["5Tq…"]),
    ]
    new: Annotated[NewPassword, Field(description="12 to 128 characters, not a common one")]


@router.post(
    "",
    operation_id="changePassword",
    summary="Change one's password",
    status_code=204,
    responses=problems(PasswordWrong, UpstreamUnavailable),
)
async def change(caller: AnyUser, desk: TheDesk, body: PasswordChange) -> None:
    """All other sign-ins of this user end, and links to reset the password."""
    assert caller.user_id is not None
    await commands.change_password(desk, caller.user_id, caller.session_id, body.current, body.new)


@router.post(
    "/forgot",
    operation_id="forgotPassword",
    summary="Ask for a letter to reset one's password",
    status_code=202,
    response_class=Response,
    responses=problems(signed_in=False),
)
async def forgot(caller: Anyone, forgotten: TheForgotten, body: PasswordForgotten) -> Response:
    """Always answered alike, in the same time. A user with this e-mail gets a link, a few times an hour."""
    await forgotten.ask(body.email)
    return Response(status_code=202)


@router.post(
    "/reset",
    operation_id="resetPassword",
    summary="Set a new password by a letter's link",
    status_code=204,
    responses=problems(ResetTokenInvalid, UpstreamUnavailable, signed_in=False),
)
async def reset(caller: Anyone, desk: TheDesk, body: PasswordReset) -> None:
    """The link works once, for an hour. All sign-ins of the user end."""
    await commands.reset_password(desk, body.token, body.new)
