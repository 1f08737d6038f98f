"""Sign-in: tokens, their refresh and end, and the keys that tokens are signed with."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from auth_pins import queries
from auth_pins.api.access import AUTH, Anyone, TheDesk
from auth_pins.api.documents import problems
from auth_pins.api.fields import Password
from auth_pins.commands import sign_in as commands
from auth_pins.domain import ACCESS_LIVES
from contracts.problem import Unauthenticated, UpstreamUnavailable
from kit.fields import Body, Line, example

router = APIRouter(prefix=AUTH, tags=["sign-in"])


class Credentials(Body):
    model_config = example(email="anna@example.com", password="correct horse battery")

    email: Annotated[
        str, Line(1, 254), Field(description="Compared without case", examples=["anna@example.com"])
    ]
    password: Annotated[Password, Field(description="The user's password")]


class RefreshToken(Body):
    model_config = example(refresh_token="5TqXW0m2vYk8")

    refresh_token: Annotated[
        str,
        Line(1, 256),
        Field(repr=False, description="The newest one that was given", examples=["5Tq…"]),
    ]


class TokenPair(BaseModel):
    access_token: str = Field(description="A JWT for the Authorization header", examples=["eyJ…"])
    refresh_token: str = Field(description="Gives the next pair, once", examples=["5Tq…"])
    token_type: Annotated[Literal["Bearer"], Field(description="How the access token is sent")] = "Bearer"
    expires_in: int = Field(description="Seconds that the access token lives", examples=[900])


class Jwk(BaseModel):
    kty: Annotated[Literal["OKP"], Field(description="Octet key pair (RFC 8037)")] = "OKP"
    crv: Annotated[Literal["Ed25519"], Field(description="The curve")] = "Ed25519"
    use: Annotated[Literal["sig"], Field(description="It verifies signatures")] = "sig"
    alg: Annotated[Literal["EdDSA"], Field(description="The algorithm")] = "EdDSA"
    kid: str = Field(description="Named in the header of a token", examples=["auth-pins-0f3a5c7e9b1d2f40"])
    x: str = Field(
        description="The public key, base64url", examples=["11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"]
    )


class JwkSet(BaseModel):
    keys: list[Jwk] = Field(description="Two during a rotation")


def _pair(made: commands.SignedIn) -> TokenPair:
    seconds = int(ACCESS_LIVES.total_seconds())
    return TokenPair(access_token=made.access_token, refresh_token=made.refresh_token, expires_in=seconds)


_OPEN = problems(Unauthenticated, UpstreamUnavailable, signed_in=False)


@router.post("/token", operation_id="signIn", summary="Sign in", responses=_OPEN)
async def token(caller: Anyone, desk: TheDesk, body: Credentials) -> TokenPair:
    """E-mail and password give an access token for 15 minutes and a refresh token for the next one."""
    return _pair(await commands.sign_in(desk, body.email, body.password))


@router.post("/refresh", operation_id="refreshSignIn", summary="Get the next tokens", responses=_OPEN)
async def refresh(caller: Anyone, desk: TheDesk, body: RefreshToken) -> TokenPair:
    """The refresh token is used up; when it comes a second time, the whole sign-in ends."""
    return _pair(await commands.refresh(desk, body.refresh_token))


@router.post(
    "/logout",
    operation_id="signOut",
    summary="Sign out",
    status_code=204,
    responses=problems(signed_in=False),
)
async def logout(caller: Anyone, desk: TheDesk, body: RefreshToken) -> None:
    """Ends the sign-in: its access tokens stop within 2 seconds. The second time nothing happens."""
    await commands.sign_out(desk, body.refresh_token)


@router.get(
    "/jwks.json",
    operation_id="getSigningKeys",
    summary="The keys that tokens are signed with",
    responses=problems(signed_in=False),
)
async def jwks(caller: Anyone, desk: TheDesk, response: Response) -> JwkSet:
    """A JWK set of Ed25519 public keys."""
    response.headers["cache-control"] = "public, max-age=60"
    return JwkSet(keys=[Jwk(kid=key.kid, x=key.x) for key in await queries.signing_keys(desk)])
