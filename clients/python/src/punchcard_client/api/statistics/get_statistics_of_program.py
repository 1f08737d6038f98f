from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.program_figures import ProgramFigures
from ...types import UNSET, Response, Unset


def _get_kwargs(
    program_id: UUID,
    *,
    store_id: None | Unset | UUID = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_store_id: str | Unset | None
    if isinstance(store_id, Unset):
        json_store_id = UNSET
    elif isinstance(store_id, UUID):
        json_store_id = str(store_id)
    else:
        json_store_id = store_id
    params["store_id"] = json_store_id

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/admin/loyalty/programs/{program_id}/stats".format(
            program_id=quote(str(program_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | ProgramFigures | None:
    if response.status_code == 200:
        response_200 = ProgramFigures.from_dict(response.json())

        return response_200

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
) -> Response[Problem | ProgramFigures]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    program_id: UUID,
    *,
    client: AuthenticatedClient,
    store_id: None | Unset | UUID = UNSET,
) -> Response[Problem | ProgramFigures]:
    """Figures of a program

     Of any program, and per store.

    Args:
        program_id (UUID):
        store_id (None | Unset | UUID): Only what belongs to this store

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | ProgramFigures]
    """

    kwargs = _get_kwargs(
        program_id=program_id,
        store_id=store_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    program_id: UUID,
    *,
    client: AuthenticatedClient,
    store_id: None | Unset | UUID = UNSET,
) -> Problem | ProgramFigures | None:
    """Figures of a program

     Of any program, and per store.

    Args:
        program_id (UUID):
        store_id (None | Unset | UUID): Only what belongs to this store

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | ProgramFigures
    """

    return sync_detailed(
        program_id=program_id,
        client=client,
        store_id=store_id,
    ).parsed


async def asyncio_detailed(
    program_id: UUID,
    *,
    client: AuthenticatedClient,
    store_id: None | Unset | UUID = UNSET,
) -> Response[Problem | ProgramFigures]:
    """Figures of a program

     Of any program, and per store.

    Args:
        program_id (UUID):
        store_id (None | Unset | UUID): Only what belongs to this store

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | ProgramFigures]
    """

    kwargs = _get_kwargs(
        program_id=program_id,
        store_id=store_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    program_id: UUID,
    *,
    client: AuthenticatedClient,
    store_id: None | Unset | UUID = UNSET,
) -> Problem | ProgramFigures | None:
    """Figures of a program

     Of any program, and per store.

    Args:
        program_id (UUID):
        store_id (None | Unset | UUID): Only what belongs to this store

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | ProgramFigures
    """

    return (
        await asyncio_detailed(
            program_id=program_id,
            client=client,
            store_id=store_id,
        )
    ).parsed
