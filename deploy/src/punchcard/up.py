"""`punchcard up`: the platform in the foreground, with demo data, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

import httpx
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from punchcard import configuration, preflight
from punchcard.demo import seed as demo_data
from punchcard.demo.phones import give_phones
from punchcard.demo.show import a_stamp, bring_past
from punchcard.environment import RAISED_LIMITS, given
from punchcard.home import Home
from punchcard.problems import Problem
from punchcard.services import GATEWAY
from punchcard.stack import ALL, Stack
from punchcard.standins.member import StandIns
from punchcard.transfer.admin import Access

#: The second Ctrl-C ends the process like this.
INTERRUPTED = 130


def up(home: Home, *, port: int, with_demo: bool, console: Console) -> None:
    """Look, start, tell, wait, stop."""
    began = time.monotonic()
    url = os.environ.get("PUBLIC_BASE_URL") or f"http://localhost:{port}"
    preflight.check(home, port)
    configuration.check_given(given() | {"PUBLIC_BASE_URL": url})
    console.print(f"[bold]Punchcard[/bold] starts in {escape(str(home.path))}")
    to_be_made = with_demo and demo_data.load(home.demo) is None
    stack = Stack(
        home,
        gateway_port=port,
        public_base_url=url,
        # Settings of ours given by the person who starts it reach every service; what the stack decides wins.
        env={ALL: given(), GATEWAY.name: RAISED_LIMITS if to_be_made else {}},
        tell=lambda words: console.print(f"[yellow]![/yellow] {escape(words)}", soft_wrap=True),
        on_step=lambda step, seconds: console.print(f"  [green]✓[/green] {step:<26} {seconds:6.1f} s"),
    )
    leaving = _Leaving(stack, console)
    try:
        stack.start()  # what it began is ended again when this fails
        console.print(f"  [green]✓[/green] {'the API answers':<26} {time.monotonic() - began:6.1f} s")
        home.record_supervisor()
        if with_demo:
            _seed(stack, home, console)
        if to_be_made:
            stack.retell(GATEWAY.name, {})  # from here on with the limits that everyone has
        _tell_addresses(stack, home, console)
        console.print(
            f"\n[bold]Ready[/bold] after {time.monotonic() - began:.1f} s. Ctrl-C stops everything.\n"
        )
        demo = demo_data.load(home.demo) if with_demo else None
        if demo is not None:
            _give_phones(stack, demo, console)
            _bring_past(stack, home, console)
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        pass
    finally:
        leaving.leave()


class _Leaving:
    """Ctrl-C, SIGTERM and a terminal that is closed end it in order; a second one ends it at once."""

    def __init__(self, stack: Stack, console: Console) -> None:
        self._stack = stack
        self._console = console
        self._began: float | None = None
        self._numbers = [signal.SIGINT, signal.SIGTERM]  # also where a shell had them ignored
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup means what it says
            self._numbers.append(signal.SIGHUP)
        self._listen(self._asked)

    def leave(self) -> None:
        """In the reverse order of the start."""
        self._listen(self._at_once)
        self._stack.stop()
        self._stack.home.forget_supervisor()
        if self._began is not None:
            self._console.print(f"stopped in {time.monotonic() - self._began:.1f} s")

    def _listen(self, handler: Callable[[int, FrameType | None], None]) -> None:
        for number in self._numbers:
            signal.signal(number, handler)

    def _asked(self, number: int, _: FrameType | None) -> None:
        self._began = time.monotonic()
        self._listen(self._at_once)
        # A terminal that is closed takes no more words.
        self._console.quiet = number == signal.SIGHUP
        self._console.print("stopping (Ctrl-C again: at once)")
        raise KeyboardInterrupt

    def _at_once(self, *_: object) -> None:
        self._listen(lambda *_: None)
        self._console.print("stopped at once; the next start recovers")
        self._stack.kill_all()
        os._exit(INTERRUPTED)


def _seed(stack: Stack, home: Home, console: Console) -> None:
    gateway = stack.gateway_url
    if demo_data.is_seeded(gateway, home.demo):
        console.print("  [green]✓[/green] demo data is there")
        return
    began = time.monotonic()
    console.print("  … demo data: 200 customers of three merchants, through the API; 10 to 60 s")
    columns = (TextColumn("    requests"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("requests", total=None)
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


def _give_phones(stack: Stack, demo: dict[str, Any], console: Console) -> None:
    """Where Apple is stood in for, some cards of the demo are on simulated phones."""
    if stack.stand_ins is None or not stack.stand_ins.member.apple_port:
        return
    try:
        held = give_phones(stack.gateway_url, demo)
    except httpx.HTTPError as error:
        console.print(f"[yellow]![/yellow] no demo card is on a phone: {escape(str(error))}", soft_wrap=True)
    else:
        console.print(f"{held} cards of the demo are on simulated phones: `punchcard wallet watch`\n")


def _bring_past(stack: Stack, home: Home, console: Console) -> None:
    try:
        bring_past(Access(stack.gateway_url, *stack.admin), home, console)
    except Problem as error:
        # The same here: rows that were taken are known when they are sent again.
        console.print(
            f"[yellow]![/yellow] the demo's past is not whole: {escape(str(error))}", soft_wrap=True
        )


def _stood_in_for(stand_ins: StandIns) -> list[tuple[str, str]]:
    """What is told of wallets without a real identity."""
    rows = []
    if stand_ins.apple_port:
        words = "no APPLE_PASS_CERTIFICATE is set: passes are self-signed, and no phone accepts them"
        rows.append(("Apple Wallet", words))
    if stand_ins.google_port:
        rows.append(("Google Wallet", "no GOOGLE_SERVICE_ACCOUNT is set: it is a stand-in that is talked to"))
    rows.append(("pushes", "`punchcard wallet watch` shows what arrives at the stand-ins"))
    return rows


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
    if stack.stand_ins is not None:
        rows += _stood_in_for(stack.stand_ins.member)
    console.print()
    for name, words in rows:
        console.print(f"{escape(name):<24} {escape(words)}", soft_wrap=True)
    if made:
        console.print("\nTry it: in another terminal, add a stamp to a card of the demo:\n")
        console.print(a_stamp(made), soft_wrap=True, markup=False)
