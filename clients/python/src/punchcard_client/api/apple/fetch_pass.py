from http import HTTPStatus
from io import BytesIO
from typing import Any, cast
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...types import UNSET, File, Response, Unset


def _get_kwargs(
    pass_type: str,
    serial: str,
    *,
    if_modified_since: None | str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_modified_since, Unset):
        headers["if-modified-since"] = if_modified_since

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/loyalty/apple/v1/passes/{pass_type}/{serial}".format(
            pass_type=quote(str(pass_type), safe=""),
            serial=quote(str(serial), safe=""),
        ),
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | File | Problem | None:
    if response.status_code == 200:
        response_200 = File(payload=BytesIO(response.content))

        return response_200

    if response.status_code == 304:
        response_304 = cast(Any, None)
        return response_304

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

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
) -> Response[Any | File | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    pass_type: str,
    serial: str,
    *,
    client: AuthenticatedClient,
    if_modified_since: None | str | Unset = UNSET,
) -> Response[Any | File | Problem]:
    """Fetch a pass as it is now

     For a device that has the pass's token (`Authorization: ApplePass …`).

    Args:
        pass_type (str): The pass type identifier
        serial (str): The pass's serial number
        if_modified_since (None | str | Unset): `Last-Modified` of the answer that the device has

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | File | Problem]
    """

    kwargs = _get_kwargs(
        pass_type=pass_type,
        serial=serial,
        if_modified_since=if_modified_since,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    pass_type: str,
    serial: str,
    *,
    client: AuthenticatedClient,
    if_modified_since: None | str | Unset = UNSET,
) -> Any | File | Problem | None:
    """Fetch a pass as it is now

     For a device that has the pass's token (`Authorization: ApplePass …`).

    Args:
        pass_type (str): The pass type identifier
        serial (str): The pass's serial number
        if_modified_since (None | str | Unset): `Last-Modified` of the answer that the device has

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | File | Problem
    """

    return sync_detailed(
        pass_type=pass_type,
        serial=serial,
        client=client,
        if_modified_since=if_modified_since,
    ).parsed


async def asyncio_detailed(
    pass_type: str,
    serial: str,
    *,
    client: AuthenticatedClient,
    if_modified_since: None | str | Unset = UNSET,
) -> Response[Any | File | Problem]:
    """Fetch a pass as it is now

     For a device that has the pass's token (`Authorization: ApplePass …`).

    Args:
        pass_type (str): The pass type identifier
        serial (str): The pass's serial number
        if_modified_since (None | str | Unset): `Last-Modified` of the answer that the device has

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | File | Problem]
    """

    kwargs = _get_kwargs(
        pass_type=pass_type,
        serial=serial,
        if_modified_since=if_modified_since,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    pass_type: str,
    serial: str,
    *,
    client: AuthenticatedClient,
    if_modified_since: None | str | Unset = UNSET,
) -> Any | File | Problem | None:
    """Fetch a pass as it is now

     For a device that has the pass's token (`Authorization: ApplePass …`).

    Args:
        pass_type (str): The pass type identifier
        serial (str): The pass's serial number
        if_modified_since (None | str | Unset): `Last-Modified` of the answer that the device has

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | File | Problem
    """

    return (
        await asyncio_detailed(
            pass_type=pass_type,
            serial=serial,
            client=client,
            if_modified_since=if_modified_since,
        )
    ).parsed
