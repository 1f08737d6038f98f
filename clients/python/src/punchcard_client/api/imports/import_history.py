from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.ledger_import_answer import LedgerImportAnswer
from ...models.ledger_import_body import LedgerImportBody
from ...models.problem import Problem
from ...types import Response


def _get_kwargs(
    *,
    body: LedgerImportBody,
    idempotency_key: str,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    headers["idempotency-key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/admin/loyalty/imports/history",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> LedgerImportAnswer | Problem | None:
    if response.status_code == 200:
        response_200 = LedgerImportAnswer.from_dict(response.json())

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

    if response.status_code == 413:
        response_413 = Problem.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = Problem.from_dict(response.json())

        return response_415

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
) -> Response[LedgerImportAnswer | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: LedgerImportBody,
    idempotency_key: str,
) -> Response[LedgerImportAnswer | Problem]:
    """Import transactions of the past

     Rows are taken in their order, all that are good in one transaction; a row that is not good is
    answered by its line and stops no other. A row that was taken before is known by its reference: a
    file may be sent again. They keep their type and time, and are marked as imported.

    Args:
        idempotency_key (str):
        body (LedgerImportBody): Some of a file's rows, in its order.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[LedgerImportAnswer | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: LedgerImportBody,
    idempotency_key: str,
) -> LedgerImportAnswer | Problem | None:
    """Import transactions of the past

     Rows are taken in their order, all that are good in one transaction; a row that is not good is
    answered by its line and stops no other. A row that was taken before is known by its reference: a
    file may be sent again. They keep their type and time, and are marked as imported.

    Args:
        idempotency_key (str):
        body (LedgerImportBody): Some of a file's rows, in its order.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        LedgerImportAnswer | Problem
    """

    return sync_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: LedgerImportBody,
    idempotency_key: str,
) -> Response[LedgerImportAnswer | Problem]:
    """Import transactions of the past

     Rows are taken in their order, all that are good in one transaction; a row that is not good is
    answered by its line and stops no other. A row that was taken before is known by its reference: a
    file may be sent again. They keep their type and time, and are marked as imported.

    Args:
        idempotency_key (str):
        body (LedgerImportBody): Some of a file's rows, in its order.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[LedgerImportAnswer | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: LedgerImportBody,
    idempotency_key: str,
) -> LedgerImportAnswer | Problem | None:
    """Import transactions of the past

     Rows are taken in their order, all that are good in one transaction; a row that is not good is
    answered by its line and stops no other. A row that was taken before is known by its reference: a
    file may be sent again. They keep their type and time, and are marked as imported.

    Args:
        idempotency_key (str):
        body (LedgerImportBody): Some of a file's rows, in its order.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        LedgerImportAnswer | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
