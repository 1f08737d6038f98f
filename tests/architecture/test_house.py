"""The house as it stands: rooms, sizes, names, links, settings, and no trace of where it was written."""

from __future__ import annotations

import ast
import importlib
import io
import re
import subprocess
import tokenize
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.edge.own.audit import AUDITED
from gateway.edge.own.parked import HEARING
from kit.settings import ServiceSettings

from .sources import nodes, parsed

ROOT = Path(__file__).parents[2]
SERVICES = {
    path.name: path for path in sorted((ROOT / "services").iterdir()) if (path / "pyproject.toml").exists()
}
DISTRIBUTIONS = [*SERVICES.values(), *(ROOT / name for name in ("contracts", "kit", "gateway", "deploy"))]
FILE_LINES, FUNCTION_LINES = 350, 70


@cache
def tree() -> list[Path]:
    """Every file that is committed or would be."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return sorted(ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file())


@cache
def texts() -> list[tuple[str, str]]:
    """Path and content of every file that people read or edit."""
    return [
        (path.relative_to(ROOT).as_posix(), path.read_text())
        for path in tree()
        if path.suffix not in (".lock", ".png", ".ico", ".woff2", ".jar")
    ]


def code() -> list[Path]:
    """Modules that ship and that somebody wrote; tests may be longer."""
    not_ours = {"tests", "clients"}
    modules = [path for path in tree() if path.suffix == ".py"]
    return [path for path in modules if not not_ours & set(path.relative_to(ROOT).parts)]


def topics() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "contracts" / "topics.yaml").read_text())["topics"]
    return found


def package_of(service: str) -> str:
    return service.replace("-", "_")


# -- rooms


def test_there_are_the_five_services():
    assert set(SERVICES) == {"programs", "cards", "ledger", "auth-pins", "wallet"}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_its_rooms(service: str):
    folder = SERVICES[service]
    source = folder / "src" / package_of(service)

    hears = [name for name, topic in topics().items() if service in topic["consumers"]]
    for room in ("main", "settings", "api", *(["consumers"] if hears else []), "commands", "domain", "store"):
        assert (source / f"{room}.py").is_file() or (source / room / "__init__.py").is_file(), room
    assert (folder / "README.md").stat().st_size > 0
    assert list(folder.glob("tests/**/test_*.py"))
    assert list((source / "migrations" / "versions").glob("[0-9]*_*.py"))


@pytest.mark.parametrize("folder", DISTRIBUTIONS, ids=lambda path: path.name)
def test_a_distribution_ships_its_types_and_says_what_it_is(folder: Path):
    assert list(folder.glob("src/*/py.typed"))
    assert (folder / "README.md").read_text().startswith("# ")
    assert 'license = "Apache-2.0"' in (folder / "pyproject.toml").read_text()


def test_a_migration_has_a_name_of_words_behind_its_number():
    for path in ROOT.glob("**/migrations/versions/*.py"):
        if ".venv" not in path.parts:
            assert re.fullmatch(r"\d{4}_[a-z]+(_[a-z]+)*\.py", path.name), path


def test_no_module_is_long():
    lines = {path.relative_to(ROOT).as_posix(): path.read_text().count("\n") for path in code()}

    long = {path: count for path, count in lines.items() if count > FILE_LINES}
    assert long == {}, "make it a folder of the same name with the same public names"


def test_no_function_is_long():
    functions = [
        (f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", (node.end_lineno or 0) - node.lineno + 1)
        for path in code()
        for node in nodes(path)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]

    assert len(functions) > 1000
    assert [(name, lines) for name, lines in functions if lines > FUNCTION_LINES] == []


def test_a_module_says_first_what_it_is():
    modules = {path: parsed(path) for path in code()}

    silent = [path for path, module in modules.items() if module.body and not ast.get_docstring(module)]
    assert silent == [], "a module begins with one sentence that says what it is"


def test_names_say_something():
    nothing = re.compile(r"(^|/|_)(utils?|helpers?|common|misc|manager|base)s?(\.py|/|$)")

    found = [
        path.relative_to(ROOT).as_posix() for path in code() if nothing.search(str(path.relative_to(ROOT)))
    ]

    assert found == []


def test_nothing_is_left_unfinished():
    marks = re.compile(whole(r"\b(TO·DO|FIX·ME|XX·X|HA·CK)\b"))

    assert [name for name, text in texts() if marks.search(text)] == []


def test_no_exception_is_swallowed_without_a_word():
    for path in code():
        for node in nodes(path):
            if isinstance(node, ast.ExceptHandler):
                empty = all(isinstance(part, ast.Pass) for part in node.body)
                broad = node.type is None or ast.unparse(node.type) in ("Exception", "BaseException")
                assert not (empty and broad), f"{path}:{node.lineno}"


# -- what the gateway puts together


@pytest.mark.parametrize(("router", "asked"), [("audit", AUDITED), ("parked", HEARING)])
def test_the_gateway_asks_every_service_that_has_rows_of_a_kind(router: str, asked: tuple[str, ...]):
    mains = {name: folder / "src" / package_of(name) / "main.py" for name, folder in SERVICES.items()}

    wired = {name for name, main in mains.items() if f"{router}.router(" in main.read_text()}

    assert wired == set(asked)


# -- the kit knows no business


BUSINESS = {
    *("stamp", "stamps", "point", "points", "reward", "rewards", "loyalty", "purchase"),
    *("tier", "tiers", "welcome", "cooldown", "customer", "customers", "till", "enrol"),
    *("enrolment", "balance", "redeem", "void", "shortfall", "qr", "pkpass"),
}
#: Who is calling is the kit's business: identity, what they did, and tests of it. Services are named where
#: they are found.
IDENTITY = {
    "merchant",
    "store",
    "terminal",
    "staff",
    "program",
    "programs",
    "card",
    "cards",
    "ledger",
    "wallet",
}
MAY_NAME_THEM = {"identity.py", "audit.py", "parked.py", "settings.py", "testing.py"}
#: What a file must not name: by whether it may name callers.
NOT_FOR_ALL = {True: BUSINESS, False: BUSINESS | IDENTITY}


def words_of(source: str) -> set[str]:
    """The words of all names in the code, `StaffSession` and `staff_session` alike; comments aside."""
    found = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NAME:
            split = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", token.string).lower()
            found.update(split.split("_"))
    return found


def test_the_kit_has_no_business_noun():
    files = sorted((ROOT / "kit" / "src").rglob("*.py"))
    assert len(files) > 30

    found = {
        path.name: words_of(path.read_text()) & NOT_FOR_ALL[path.name in MAY_NAME_THEM] for path in files
    }

    assert {name: nouns for name, nouns in found.items() if nouns} == {}


def test_business_nouns_are_found_in_any_spelling():
    assert {"stamp", "reward"} <= words_of("class StampCount:\n    left_reward = 1\n")


# -- links


LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


def links_of(path: Path) -> list[str]:
    return [
        link
        for link in LINK.findall(path.read_text())
        if "://" not in link and not link.startswith("mailto:")
    ]


def test_every_link_of_a_page_leads_somewhere():
    links = [(page, link) for page in tree() if page.suffix == ".md" for link in links_of(page)]

    assert len(links) > 50
    assert [(page, link) for page, link in links if not (page.parent / link).exists()] == []


ROOMS = (
    "gateway/src/gateway/edge/",
    "services/ledger/src/ledger/api",
    "services/ledger/src/ledger/commands",
    "services/ledger/src/ledger/domain",
    "contracts/src/contracts/ledger.py",
    "services/wallet/src/wallet/consumers",
    "services/wallet/src/wallet/commands",
    "services/wallet/src/wallet/delivery",
)


def test_a_stamp_can_be_followed_through_its_eight_rooms():
    text = (ROOT / "ARCHITECTURE.md").read_text()
    section = text.partition("## Follow a stamp")[2].partition("\n## ")[0]
    steps = re.findall(r"^(\d)\. (.*(?:\n   .*)*)", section, re.MULTILINE)

    assert [int(number) for number, _ in steps] == list(range(1, 9))
    for (_, step), room in zip(steps, ROOMS, strict=True):
        first = LINK.findall(step)[0]
        assert first.startswith(room), f"{first} is not the room {room}"
        assert (ROOT / first).exists(), first


# -- settings


def own_settings(package: str) -> dict[str, type[ServiceSettings]]:
    module = importlib.import_module(f"{package}.settings")
    return {
        value.__name__: value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, ServiceSettings)
        and value.__module__ == module.__name__
    }


@pytest.mark.parametrize("service", [*SERVICES, "gateway"])
def test_a_readme_tells_every_setting_of_its_service(service: str):
    folder = SERVICES.get(service, ROOT / "gateway")
    (settings,) = own_settings(package_of(service)).values()
    own = [name for name in vars(settings)["__annotations__"] if name in settings.model_fields]

    told = (folder / "README.md").read_text()

    assert [name.upper() for name in own if f"`{name.upper()}`" not in told] == []


def test_the_readme_tells_the_settings_that_every_service_has():
    told = (ROOT / "README.md").read_text()

    assert [name.upper() for name in ServiceSettings.model_fields if f"`{name.upper()}`" not in told] == []


# -- no trace of where it was written


def whole(pieces: str) -> str:
    """The text without its dots: so this file holds none of what it looks for."""
    return pieces.replace("·", "")


REGISTRIES = whole(
    r"py·pi\.org|python·hosted|repo1?\.maven\.(org|apache)|repo\.maven|npm·js\.(org|com)|registry\.(npm·js|yarn·pkg)"
    r"|deb\.deb·ian|archive\.ubun·tu|proxy\.go·lang|dock·er\.io|gh·cr\.io|qu·ay\.io"
)
SESSIONS = whole(
    r"\b(clau·de|anthro·pic|chat·gpt|co·pilot|language mo·del|ll·m|sub·agent|ai[- ]gen·erated"
    r"|this iss·ue|iss·ue #?\d+|pull requ·est #\d+|the br·ief|com·mon\.md|co-auth·ored-by)\b"
)
# Looked for in lower case: to ignore the case in each place takes ten times as long.
TRACES = {
    "host of a package registry": re.compile(REGISTRIES),
    "path of a machine": re.compile(
        whole(r"(?<![\w/.:}*~-])/(wo·rk|fa·rm|ro·ot|t·mp|ho·me|us·ers|mn·t|work·space)/[\w.]")
    ),
    "word about how it was written": re.compile(SESSIONS),
}


@pytest.mark.parametrize("kind", TRACES)
def test_the_tree_holds_no(kind: str):
    found = [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in texts()
        if TRACES[kind].search(text.lower())  # most texts hold none: their lines are not looked at one by one
        for number, line in enumerate(text.splitlines(), 1)
        if TRACES[kind].search(line.lower())
    ]

    assert found == []


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("host of a package registry", "fetched from https://files.python·hosted.org/x"),
        ("path of a machine", "see /wo·rk/main/README.md"),
        ("path of a machine", 'Path("/ro·ot/.cache")'),
        ("word about how it was written", "as iss·ue 3 asks"),
    ],
)
def test_a_trace_is_found(kind: str, line: str):
    assert TRACES[kind].search(whole(line).lower())


@pytest.mark.parametrize(
    "line", ["/api/v1/vendor/work/items", "https://shop.example/home/page", "var/tmp/x", "~/tmp/x"]
)
def test_an_address_is_no_path_of_a_machine(line: str):
    assert not TRACES["path of a machine"].search(line)


def test_the_lock_names_no_address():
    lock = (ROOT / "requirements.lock").read_text()

    assert not re.search(r"https?://", lock)
    assert "--hash=sha256:" in lock


def test_the_licence_is_whole():
    text = (ROOT / "LICENSE").read_text()

    assert text.lstrip().startswith("Apache License")
    assert "END OF TERMS AND CONDITIONS" in text


def test_the_last_line_of_a_text_ends_with_a_line_feed():
    assert [name for name, text in texts() if text and not text.endswith("\n")] == []
