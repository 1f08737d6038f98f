from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...types import Response


def _get_kwargs(
    device: str,
    pass_type: str,
    serial: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "delete",
        "url": "/api/v1/loyalty/apple/v1/devices/{device}/registrations/{pass_type}/{serial}".format(
            device=quote(str(device), safe=""),
            pass_type=quote(str(pass_type), safe=""),
            serial=quote(str(serial), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | Problem | None:
    if response.status_code == 200:
        response_200 = cast(Any, None)
        return response_200

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
) -> Response[Any | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    device: str,
    pass_type: str,
    serial: str,
    *,
    client: AuthenticatedClient,
) -> Response[Any | Problem]:
    """Be told of a pass no more

     The pass was removed from the device, or its updates were switched off.

    Args:
        device (str): What the device calls itself; whoever knows it may ask which of its passes
            changed
        pass_type (str): The pass type identifier
        serial (str): The pass's serial number

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem]
    """

    kwargs = _get_kwargs(
        device=device,
        pass_type=pass_type,
        serial=serial,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    device: str,
    pass_type: str,
    serial: str,
    *,
    client: AuthenticatedClient,
) -> Any | Problem | None:
    """Be told of a pass no more

     The pass was removed from the device, or its updates were switched off.

    Args:
        device (str): What the device calls itself; whoever knows it may ask which of its passes
            changed
        pass_type (str): The pass type identifier
        serial (str): The pass's serial number

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem
    """

    return sync_detailed(
        device=device,
        pass_type=pass_type,
        serial=serial,
        client=client,
    ).parsed


async def asyncio_detailed(
    device: str,
    pass_type: str,
    serial: str,
    *,
    client: AuthenticatedClient,
) -> Response[Any | Problem]:
    """Be told of a pass no more

     The pass was removed from the device, or its updates were switched off.

    Args:
        device (str): What the device calls itself; whoever knows it may ask which of its passes
            changed
        pass_type (str): The pass type identifier
        serial (str): The pass's serial number

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem]
    """

    kwargs = _get_kwargs(
        device=device,
        pass_type=pass_type,
        serial=serial,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    device: str,
    pass_type: str,
    serial: str,
    *,
    client: AuthenticatedClient,
) -> Any | Problem | None:
    """Be told of a pass no more

     The pass was removed from the device, or its updates were switched off.

    Args:
        device (str): What the device calls itself; whoever knows it may ask which of its passes
            changed
        pass_type (str): The pass type identifier
        serial (str): The pass's serial number

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem
    """

    return (
        await asyncio_detailed(
            device=device,
            pass_type=pass_type,
            serial=serial,
            client=client,
        )
    ).parsed
