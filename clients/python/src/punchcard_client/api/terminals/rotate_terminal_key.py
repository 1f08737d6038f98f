from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.rotated import Rotated
from ...types import Response


def _get_kwargs(
    terminal_id: UUID,
    *,
    idempotency_key: str,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    headers["idempotency-key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/vendor/loyalty/terminals/{terminal_id}/rotate".format(
            terminal_id=quote(str(terminal_id), safe=""),
        ),
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | Rotated | None:
    if response.status_code == 200:
        response_200 = Rotated.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

    if response.status_code == 409:
        response_409 = Problem.from_dict(response.json())

        return response_409

    if response.status_code == 422:
        response_422 = Problem.from_dict(response.json())

        return response_422

    if response.status_code == 429:
        response_429 = Problem.from_dict(response.json())

        return response_429

    if response.status_code == 500:
        response_500 = Problem.from_dict(response.json())

        return response_500

    if response.status_code == 503:
        response_503 = Problem.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Problem | Rotated]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    terminal_id: UUID,
    *,
    client: AuthenticatedClient,
    idempotency_key: str,
) -> Response[Problem | Rotated]:
    """Give a terminal a new API key

     The key before it works for up to 7 more days; when there are two already, the oldest ends now.

    Args:
        terminal_id (UUID):
        idempotency_key (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | Rotated]
    """

    kwargs = _get_kwargs(
        terminal_id=terminal_id,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    terminal_id: UUID,
    *,
    client: AuthenticatedClient,
    idempotency_key: str,
) -> Problem | Rotated | None:
    """Give a terminal a new API key

     The key before it works for up to 7 more days; when there are two already, the oldest ends now.

    Args:
        terminal_id (UUID):
        idempotency_key (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | Rotated
    """

    return sync_detailed(
        terminal_id=terminal_id,
        client=client,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    terminal_id: UUID,
    *,
    client: AuthenticatedClient,
    idempotency_key: str,
) -> Response[Problem | Rotated]:
    """Give a terminal a new API key

     The key before it works for up to 7 more days; when there are two already, the oldest ends now.

    Args:
        terminal_id (UUID):
        idempotency_key (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | Rotated]
    """

    kwargs = _get_kwargs(
        terminal_id=terminal_id,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    terminal_id: UUID,
    *,
    client: AuthenticatedClient,
    idempotency_key: str,
) -> Problem | Rotated | None:
    """Give a terminal a new API key

     The key before it works for up to 7 more days; when there are two already, the oldest ends now.

    Args:
        terminal_id (UUID):
        idempotency_key (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | Rotated
    """

    return (
        await asyncio_detailed(
            terminal_id=terminal_id,
            client=client,
            idempotency_key=idempotency_key,
        )
    ).parsed
