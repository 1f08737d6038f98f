"""`punchcard up`: the platform in the foreground, with demo data, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import time

import httpx
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from punchcard.demo import seed as demo_data
from punchcard.environment import RAISED_LIMITS
from punchcard.home import Home
from punchcard.problems import Problem
from punchcard.services import GATEWAY
from punchcard.stack import ALL, Stack

#: The second Ctrl-C ends the process like this.
INTERRUPTED = 130


def up(home: Home, *, port: int, with_demo: bool, console: Console) -> None:
    """Start, tell, wait, stop."""
    began = time.monotonic()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)  # all as Ctrl-C, also where a shell had it ignored
    console.print(f"[bold]Punchcard[/bold] starts in {escape(str(home.path))}")
    to_be_made = with_demo and demo_data.load(home.demo) is None
    stack = Stack(
        home,
        gateway_port=port,
        public_base_url=os.environ.get("PUBLIC_BASE_URL") or f"http://localhost:{port}",
        # Settings of ours given by the person who starts it reach every service; what the stack decides wins.
        env={ALL: _given(), GATEWAY.name: RAISED_LIMITS if to_be_made else {}},
        tell=lambda words: console.print(f"[yellow]![/yellow] {escape(words)}"),
        on_step=lambda step, seconds: console.print(f"  [green]✓[/green] {step:<26} {seconds:6.1f} s"),
    )
    try:
        stack.start()  # what it began is ended again when this fails
    except KeyboardInterrupt:
        return
    try:
        console.print(f"  serving after {time.monotonic() - began:.1f} s")
        if with_demo:
            _seed(stack, home, console)
        if to_be_made:
            stack.retell(GATEWAY.name, {})  # from here on with the limits that everyone has
        _tell_addresses(stack, home, console)
        while True:
            time.sleep(3600)
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
        "METRICS_NETWORKS",
        "PIN_HASH_COST",
        "PASSWORD_HASH_COST",
        "OIDC_ISSUERS",
        "MAIL_FROM",
        "SMTP_HOST",
        "SMTP_PORT",
        "SMTP_SECURITY",
        "SMTP_USER",
        "SMTP_PASSWORD",
        "SMTP_PASSWORD_FILE",
        *RAISED_LIMITS,
    )
    return {name: os.environ[name] for name in names if name in os.environ}


def _seed(stack: Stack, home: Home, console: Console) -> None:
    gateway = stack.gateway_url
    if demo_data.is_seeded(gateway, home.demo):
        console.print("  [green]✓[/green] demo data is there")
        return
    began = time.monotonic()
    columns = (TextColumn("  demo data"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("members")
        try:
            demo_data.seed(
                gateway,
                stack.admin,
                home.demo,
                public_base_url=stack.public_base_url,
                progress=lambda done, total: progress.update(task, completed=done, total=total),
            )
        except (Problem, httpx.HTTPError) as error:
            # The platform serves all the same; the next start goes on where this one was.
            console.print(f"[yellow]![/yellow] the demo is not whole: {escape(str(error))}", soft_wrap=True)
            return
    console.print(f"  [green]✓[/green] {'demo data':<26} {time.monotonic() - began:6.1f} s")


def _tell_addresses(stack: Stack, home: Home, console: Console) -> None:
    rows = [("API", stack.public_base_url), ("documentation", f"{stack.public_base_url}/docs")]
    rows.append(("administrator", f"{stack.admin.email}   {stack.admin.password}"))
    made = demo_data.load(home.demo)
    for merchant in made["merchants"] if made else ():
        owner = merchant["owner"]
        rows.append((f"owner of {merchant['name']}", f"{owner['email']}   {owner['password']}"))
    if made:
        rows.append(("keys, PINs and cards", f"{home.demo}, or `punchcard demo`"))
    mail = os.environ.get("SMTP_HOST") or f"{home.mail} (no SMTP_HOST is set: letters are written there)"
    rows += [("mail", mail), ("logs", str(home.logs))]
    console.print()
    for name, words in rows:
        console.print(f"{escape(name):<24} {escape(words)}", soft_wrap=True)
    console.print("\nCtrl-C stops everything.\n")


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
