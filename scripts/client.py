"""Makes the Python client from the public document with a pinned generator; --check says if it is stale."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from sync import ROOT, Cannot, find_uv, run

FOLDER = ROOT / "clients" / "python"
PACKAGE = FOLDER / "src" / "punchcard_client"
DOCUMENT = ROOT / "contracts" / "openapi" / "gateway.json"
LOCK = FOLDER / "generator.lock"
SETTINGS = FOLDER / "generator.yaml"
#: What the client was made from, and what came out.
NOTE = FOLDER / "generated.txt"
TOOLS = ROOT / "var" / "client-generator"


def main() -> int:
    try:
        return check() if "--check" in sys.argv[1:] else write()
    except Cannot as reason:
        print(f"client: {reason}", file=sys.stderr)
        return 3


def write() -> int:
    tools = generator()
    # The generator formats what it made with the ruff that is locked beside it.
    environment = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', '')}"}
    where = ["--path", str(DOCUMENT), "--config", str(SETTINGS), "--output-path", str(PACKAGE)]
    shutil.rmtree(PACKAGE, ignore_errors=True)
    made = subprocess.run(
        [tools / "openapi-python-client", "generate", *where, "--meta", "none", "--fail-on-warning"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        raise Cannot(f"the client could not be made.\n{made.stdout}{made.stderr}")
    (PACKAGE / "py.typed").touch()
    NOTE.write_text(said())
    print(f"client: {len(sources())} modules in {PACKAGE.relative_to(ROOT)}")
    return 0


def check() -> int:
    if NOTE.exists() and NOTE.read_text() == said():
        return 0
    print("client: it is not what the document says: run `make client`.", file=sys.stderr)
    return 1


def said() -> str:
    """Digests of what goes in and of what comes out."""
    into = "".join(digest([path]) for path in (DOCUMENT, LOCK, SETTINGS))
    return (
        f"made from: sha256:{hashlib.sha256(into.encode()).hexdigest()}\nmade: sha256:{digest(sources())}\n"
    )


def sources() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".typed"))


def digest(paths: list[Path]) -> str:
    whole = hashlib.sha256()
    for path in paths:
        whole.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()


def generator() -> Path:
    """The folder of the generator's programs, in an environment of its own that is as its lock says."""
    uv = find_uv()
    python = TOOLS / "bin" / "python"
    if not python.exists():
        run([uv, "venv", "--quiet", TOOLS], "the generator's environment could not be made")
    run(
        [uv, "pip", "sync", "--quiet", "--python", python, "--require-hashes", LOCK],
        "the generator could not be installed",
    )
    return TOOLS / "bin"


if __name__ == "__main__":
    sys.exit(main())
