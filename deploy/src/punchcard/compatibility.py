"""Compares two versions of a schema: what would an old reader refuse, and what old message a new one?

Both live side by side while a platform is upgraded, and a topic keeps old messages for years: so a member
that exists never changes. A new optional member is the one change that breaks nobody; anything else is a
new version.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

#: Words for people, which no reader decides by; and what is compared in a way of its own.
_WORDS = {"$schema", "$id", "$defs", "$comment", "title", "description", "examples", "deprecated"}
_COMPARED = {"type", "enum", "const", "anyOf", "oneOf", "properties", "required", "items", "$ref", "default"}


def breaks(old: Schema, new: Schema) -> list[str]:
    """A sentence for each change that breaks an old reader or an old message; none when both go on."""
    return list(_compare(_whole(old, old), _whole(new, new), "it"))


def _whole(node: Any, root: Schema) -> Any:
    """The node with every `$ref` replaced by what it names."""
    if isinstance(node, list):
        return [_whole(part, root) for part in node]
    if not isinstance(node, Mapping):
        return node
    if "$ref" in node:
        target = root["$defs"][node["$ref"].removeprefix("#/$defs/")]
        return _whole({**target, **{name: part for name, part in node.items() if name != "$ref"}}, root)
    return {name: _whole(part, root) for name, part in node.items() if name != "$defs"}


def _compare(old: Schema, new: Schema, at: str) -> Iterator[str]:
    before, after = _by_type(old), _by_type(new)
    for kind in sorted(before.keys() - after.keys()):
        yield f"{at} takes no {kind} any more: an old message is refused"
    for kind in sorted(after.keys() - before.keys()):
        yield f"{at} may be {kind} now: an old reader refuses it"
    if old.get("default", ...) != new.get("default", ...):
        yield f"{at} has another default: an old message without it means something else"
    for kind in sorted(before.keys() & after.keys()):
        yield from _compare_one(before[kind], after[kind], at)


def _compare_one(old: Schema, new: Schema, at: str) -> Iterator[str]:
    """Two schemas of one type."""
    before, after = _values(old), _values(new)
    if before and not after:
        yield f"{at} may have any value now: an old reader knows {', '.join(sorted(before))} only"
    elif after and not before:
        yield f"{at} may only be {', '.join(sorted(after))} now: an old message is refused"
    else:
        for value in sorted(before - after):
            yield f"{at} may not be {value} any more: an old message is refused"
        for value in sorted(after - before):
            yield f"{at} may be {value} now: an old reader refuses it"
    for keyword in sorted((old.keys() | new.keys()) - _WORDS - _COMPARED):
        if old.get(keyword) != new.get(keyword):
            yield f"{at} has another {keyword}: {old.get(keyword)} became {new.get(keyword)}"
    if "items" in old and "items" in new:
        yield from _compare(old["items"], new["items"], f"{at}[]")
    elif ("items" in old) != ("items" in new):
        yield f"{at} has other items"
    yield from _compare_members(old, new, at)


def _compare_members(old: Schema, new: Schema, at: str) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    needed, needs = set(old.get("required", ())), set(new.get("required", ()))
    for name in sorted(before.keys() | after.keys()):
        place = name if at == "it" else f"{at}.{name}"
        if name not in after:
            yield f"{place} is gone: an old reader misses it"
        elif name not in before:
            if name in needs:
                yield f"{place} is new and required: an old message lacks it"
        else:
            if name in needs - needed:
                yield f"{place} is required now: an old message may lack it"
            if name in needed - needs:
                yield f"{place} may be left out now: an old reader needs it"
            yield from _compare(before[name], after[name], place)


def _by_type(node: Schema) -> dict[str, Schema]:
    """The alternatives by JSON type: `anyOf [string, null]` and `type: [string, null]` are the same."""
    found: dict[str, Schema] = {}
    for part in node.get("anyOf") or node.get("oneOf") or [node]:
        kinds = part.get("type", "anything")
        for kind in [kinds] if isinstance(kinds, str) else kinds:
            name = kind if kind not in found else f"{kind} ({json.dumps(part, sort_keys=True)})"
            found[name] = part
    return found


def _values(node: Schema) -> set[str]:
    values = [node["const"]] if "const" in node else node.get("enum", [])
    return {json.dumps(value) for value in values}
