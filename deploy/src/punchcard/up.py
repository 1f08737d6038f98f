"""`punchcard up`: the platform in the foreground, with demo data, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import threading
import time

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from punchcard.demo import seed as demo_data
from punchcard.home import Home
from punchcard.services import GATEWAY
from punchcard.stack import ALL, Stack

#: The second Ctrl-C ends the process like this.
INTERRUPTED = 130


def up(home: Home, *, port: int, with_demo: bool, console: Console) -> None:
    """Start, tell, wait, stop."""
    began = time.monotonic()
    console.print(f"[bold]Punchcard[/bold] starts in {escape(str(home.path))}")
    stack = Stack(
        home,
        gateway_port=port,
        public_base_url=os.environ.get("PUBLIC_BASE_URL") or f"http://localhost:{port}",
        # Settings of ours given by the person who starts it reach every service; what the stack decides wins.
        env={ALL: _given()},
        tell=lambda words: console.print(f"[yellow]![/yellow] {escape(words)}"),
        on_step=lambda step, seconds: console.print(f"  [green]✓[/green] {step:<26} {seconds:6.1f} s"),
    )
    leaving = threading.Event()
    try:
        stack.start()
        serving_s = time.monotonic() - began
        console.print(f"  serving after {serving_s:.1f} s")
        if with_demo:
            _seed(stack, home, console)
        _tell_addresses(stack, home, console)
        signal.signal(signal.SIGTERM, lambda *_: leaving.set())
        signal.signal(signal.SIGHUP, lambda *_: leaving.set())
        while not leaving.wait(1.0):
            pass
    except KeyboardInterrupt:
        pass
    finally:
        _stop(stack, console)


def _given() -> dict[str, str]:
    """What .env.example lists for the services, where it is set in our environment."""
    names = (
        "LOG_LEVEL",
        "CORS_ORIGINS",
        "TRUSTED_PROXIES",
        "DOCS_ENABLED",
        "PIN_HASH_COST",
        "PASSWORD_HASH_COST",
    )
    return {name: os.environ[name] for name in names if name in os.environ}


def _seed(stack: Stack, home: Home, console: Console) -> None:
    gateway = stack.gateway_url
    if demo_data.is_seeded(gateway, home.demo):
        console.print("  [green]✓[/green] demo data is there")
        return
    began = time.monotonic()
    columns = (TextColumn("  demo data"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("members")
        demo_data.seed(
            gateway,
            stack.admin,
            home.demo,
            public_base_url=stack.public_base_url,
            progress=lambda done, total: progress.update(task, completed=done, total=total),
        )
    console.print(f"  [green]✓[/green] {'demo data':<26} {time.monotonic() - began:6.1f} s")


def _tell_addresses(stack: Stack, home: Home, console: Console) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_row(
        "API", f"[bold]{stack.public_base_url}[/bold]   documentation at {stack.public_base_url}/docs"
    )
    table.add_row("administrator", f"{stack.admin.email}   {stack.admin.password}")
    made = demo_data.load(home.demo)
    for merchant in made["merchants"] if made else ():
        owner = merchant["owner"]
        table.add_row(escape(merchant["name"]), f"{owner['email']}   {owner['password']}")
    for name, handle in stack.services.items():
        if name != GATEWAY.name:
            table.add_row(name, f"{handle.url}/health/ready   {handle.log}")
    console.print()
    console.print(table)
    if made:
        console.print(
            f"\nEvery key, PIN and card of the demo: {escape(str(home.demo))}, or `punchcard demo`."
        )
    console.print("Ctrl-C stops everything.\n")


def _stop(stack: Stack, console: Console) -> None:
    """In the reverse order; a second Ctrl-C ends it at once."""

    def at_once(*_: object) -> None:
        stack.stop_at_once()
        os._exit(INTERRUPTED)

    signal.signal(signal.SIGINT, at_once)
    signal.signal(signal.SIGTERM, at_once)
    began = time.monotonic()
    console.print("stopping (Ctrl-C again: at once)")
    stack.stop()
    console.print(f"stopped in {time.monotonic() - began:.1f} s")
