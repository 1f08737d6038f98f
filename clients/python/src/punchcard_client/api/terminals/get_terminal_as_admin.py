from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.terminal import Terminal
from ...types import UNSET, Response, Unset


def _get_kwargs(
    terminal_id: UUID,
    *,
    include_deleted: bool | Unset = False,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["include_deleted"] = include_deleted

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/admin/loyalty/terminals/{terminal_id}".format(
            terminal_id=quote(str(terminal_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | Terminal | None:
    if response.status_code == 200:
        response_200 = Terminal.from_dict(response.json())

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
) -> Response[Problem | Terminal]:
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
    include_deleted: bool | Unset = False,
) -> Response[Problem | Terminal]:
    """One terminal

     Without its key, which nobody can read again.

    Args:
        terminal_id (UUID):
        include_deleted (bool | Unset): Also when it is deleted Default: False.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | Terminal]
    """

    kwargs = _get_kwargs(
        terminal_id=terminal_id,
        include_deleted=include_deleted,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    terminal_id: UUID,
    *,
    client: AuthenticatedClient,
    include_deleted: bool | Unset = False,
) -> Problem | Terminal | None:
    """One terminal

     Without its key, which nobody can read again.

    Args:
        terminal_id (UUID):
        include_deleted (bool | Unset): Also when it is deleted Default: False.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | Terminal
    """

    return sync_detailed(
        terminal_id=terminal_id,
        client=client,
        include_deleted=include_deleted,
    ).parsed


async def asyncio_detailed(
    terminal_id: UUID,
    *,
    client: AuthenticatedClient,
    include_deleted: bool | Unset = False,
) -> Response[Problem | Terminal]:
    """One terminal

     Without its key, which nobody can read again.

    Args:
        terminal_id (UUID):
        include_deleted (bool | Unset): Also when it is deleted Default: False.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | Terminal]
    """

    kwargs = _get_kwargs(
        terminal_id=terminal_id,
        include_deleted=include_deleted,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    terminal_id: UUID,
    *,
    client: AuthenticatedClient,
    include_deleted: bool | Unset = False,
) -> Problem | Terminal | None:
    """One terminal

     Without its key, which nobody can read again.

    Args:
        terminal_id (UUID):
        include_deleted (bool | Unset): Also when it is deleted Default: False.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | Terminal
    """

    return (
        await asyncio_detailed(
            terminal_id=terminal_id,
            client=client,
            include_deleted=include_deleted,
        )
    ).parsed
