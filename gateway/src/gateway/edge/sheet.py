"""The OpenAPI document as one HTML page without script: all about an operation folds out under its line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from gateway.edge.routes import METHODS

STYLE = """:root { color-scheme: light dark; --line: light-dark(#d8d8e0, #3a3a46);
  --soft: light-dark(#f5f5f9, #1d1d25) }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { line-height: 1.2 } h2 { margin-top: 2.5rem } h3 { font-size: 1rem; margin-bottom: .25rem }
code, pre { font: .875em/1.5 ui-monospace, monospace }
pre { background: var(--soft); padding: .75rem; overflow-x: auto }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0; padding: .5rem .75rem }
summary { cursor: pointer } summary b { display: inline-block; min-width: 4.5rem }
table { border-collapse: collapse; width: 100% }
td, th { border-top: 1px solid var(--line); padding: .35rem .5rem; text-align: left; vertical-align: top }
"""


def page(title: str, body: str, language: str = "en") -> str:
    """A whole HTML page around this body."""
    whole = title if title.startswith("Punchcard") else f"{title} · Punchcard"
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(whole)}</title><link rel="stylesheet" href="/style.css"></head>'
        f"<body><main>{body}</main></body></html>"
    )


def sheet(document: Mapping[str, Any]) -> str:
    """The whole document, by tag."""
    info, schemas = document["info"], document["components"]["schemas"]
    parts = [f"<h1>{escape(info['title'])} API</h1>"]
    parts += [f"<p>{escape(text)}</p>" for text in info["description"].split("\n\n")]
    parts.append('<p>The same for tools: <a href="/openapi.json">openapi.json</a></p>')
    for tag in document["tags"]:
        parts.append(f"<h2>{escape(tag['name'])}</h2>")
        parts += _operations(tag["name"], document["paths"], schemas)
    return page(f"{info['title']} API", "".join(parts))


def _operations(tag: str, paths: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterable[str]:
    for path, item in paths.items():
        for method in METHODS:
            if method in item and item[method]["tags"][0] == tag:
                yield _operation(method.upper(), path, item[method], schemas)


def _operation(method: str, path: str, operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    parts = [
        f'<details id="{escape(operation["operationId"])}"><summary>',
        f"<b>{method}</b> <code>{escape(path)}</code> {escape(operation.get('summary', ''))}</summary>",
        f"<p>{escape(operation.get('description', ''))}</p>",
        f"<p>{_who(operation['security'])}</p>",
    ]
    rows = [_parameter(parameter, schemas) for parameter in operation.get("parameters", ())]
    if rows:
        parts.append(f"<h3>Parameters</h3>{_table(rows)}")
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    if "schema" in body:
        parts.append(f"<h3>Body</h3>{_members(body['schema'], schemas)}{_example(body, schemas)}")
    for status, response in operation["responses"].items():
        parts.append(_response(status, response, schemas))
    return "".join([*parts, "</details>"])


def _who(security: list[Mapping[str, list[str]]]) -> str:
    words = []
    for way in security:
        if not way:
            words.append("anyone")
        words += [
            "a terminal (API key)" if name == "terminalKey" else _users(roles) for name, roles in way.items()
        ]
    return "For " + ", ".join(words)


def _users(roles: list[str]) -> str:
    return "a signed-in " + " or ".join(roles)


def _response(status: str, response: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    head = f"<h3>{escape(status)}</h3><p>{escape(response.get('description', ''))}</p>"
    content = response.get("content", {})
    if "application/problem+json" in content:
        codes = content["application/problem+json"].get("examples", {})
        return (
            head
            + "<p>"
            + ", ".join(f'<a href="/problems/{escape(c)}">{escape(c)}</a>' for c in codes)
            + "</p>"
        )
    body = content.get("application/json", {})
    return head + (_members(body["schema"], schemas) + _example(body, schemas) if "schema" in body else "")


def _parameter(parameter: Mapping[str, Any], schemas: Mapping[str, Any]) -> list[str]:
    schema = parameter.get("schema", {})
    words = parameter.get("description") or schema.get("description", "")
    return [_name(parameter["name"], parameter.get("required", False)), _type(schema, schemas), escape(words)]


def _members(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    found = _resolved(schema, schemas)
    if "items" in found:
        return "<p>A list of</p>" + _members(found["items"], schemas)
    required = found.get("required", ())
    rows = [
        [_name(name, name in required), _type(member, schemas), escape(member.get("description", ""))]
        for name, member in found.get("properties", {}).items()
    ]
    return _table(rows) if rows else ""


def _table(rows: list[list[str]]) -> str:
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr><th>Name</th><th>Type</th><th>What it is</th></tr>{lines}</table>"


def _name(name: str, required: bool) -> str:
    return f"<code>{escape(name)}</code>" + (" (required)" if required else "")


def _type(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_type(part, schemas) for part in schema["anyOf"])
    found = _resolved(schema, schemas)
    if "enum" in found:
        return " | ".join(f"<code>{escape(json.dumps(value))}</code>" for value in found["enum"])
    kind = f"list of {_type(found['items'], schemas)}" if "items" in found else str(found.get("type", "any"))
    bounds = [f"{word} {found[key]}" for key, word in _BOUNDS.items() if key in found]
    return kind + (f" ({', '.join(bounds)})" if bounds else "")


_BOUNDS = {
    "minLength": "at least",
    "maxLength": "at most",
    "minimum": "from",
    "maximum": "to",
    "format": "as",
}


def _example(body: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    value = body.get("example")
    if value is None and body.get("examples"):
        value = next(iter(body["examples"].values())).get("value")
    if value is None:
        value = next(iter(_resolved(body["schema"], schemas).get("examples", ())), None)
    return "" if value is None else f"<pre>{escape(json.dumps(value, indent=2, ensure_ascii=False))}</pre>"


def _resolved(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    return found
