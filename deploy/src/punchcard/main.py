"""The command line. Exit codes: 0 all is well, 1 something is not right, 2 wrong usage, 3 cannot here."""

from __future__ import annotations

import json
import os
import sys
from importlib import metadata
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

# What drives servers is imported by the command that needs it: `--help` answers at once.
from punchcard.bench import command_line as bench_line
from punchcard.home import Home
from punchcard.problems import Found, MachineCannot, Problem, WrongUsage
from punchcard.services import SERVICE_NAMES, SERVICES, ServiceKind, kind_of
from punchcard.transfer import command_line
from punchcard.wallet_doctor import register as register_doctor
from punchcard.wallet_watch import register as register_watch

app = typer.Typer(
    name="punchcard",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Punchcard on one machine. Exit codes: 0 all is well, 1 something is not right, 2 wrong usage, "
    "3 this machine cannot. State lies in var/, or in PUNCHCARD_HOME.",
)
config_app = typer.Typer(no_args_is_help=True, help="Settings.")
parked_app = typer.Typer(no_args_is_help=True, help="Events that a service could not apply.")
wallet_app = typer.Typer(no_args_is_help=True, help="Apple Wallet and Google Wallet.")
app.add_typer(config_app, name="config")
app.add_typer(parked_app, name="parked")
app.add_typer(wallet_app, name="wallet")

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of words.")]
ServiceArguments = Annotated[
    list[str] | None, typer.Argument(metavar="SERVICE", help=", ".join(SERVICE_NAMES))
]


Port = Annotated[int, typer.Option(envvar="PUNCHCARD_PORT", min=1, max=65535, help="The gateway's.")]


def say_version(asked: bool) -> None:
    """`punchcard 0.1.0`."""
    if asked:
        out.print(f"punchcard {metadata.version('punchcard')}")
        raise typer.Exit


def home() -> Home:
    """The state directory: PUNCHCARD_HOME, else var/ where we are."""
    return Home(Path(os.environ.get("PUNCHCARD_HOME") or "var"))


command_line.register(app, home, out, err)
bench_line.register(app, out)
register_doctor(wallet_app, home, out)
register_watch(wallet_app, home, out, err)


@app.callback()
def punchcard(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=say_version, help="Say which one this is.")
    ] = False,
) -> None:
    """What all commands share."""


@app.command()
def up(
    port: Port = 8000,
    demo: Annotated[bool, typer.Option(help="Add the demo data when it is not there.")] = True,
) -> None:
    """Start the whole platform and keep it going until Ctrl-C."""
    from punchcard import preflight

    preflight.check(home(), port)  # a no comes at once, before anything large is imported
    from punchcard.up import up as run

    run(home(), port=port, with_demo=demo, console=out)


@app.command()
def down() -> None:
    """Stop the platform of this directory, wherever it was started."""
    from punchcard.down import down as run

    out.print(run(home()), markup=False, soft_wrap=True)


@app.command()
def demo(as_json: AsJson = False) -> None:
    """Show what the demo made: sign-ins, keys, PINs and cards."""
    from punchcard.demo import show

    document = show.required(home())
    if as_json:
        print_json(document)
    else:
        show.tables(document, out)


@app.command()
def seed() -> None:
    """Add the demo data to the platform that runs here."""
    from punchcard.demo import show

    show.seed_running(home(), out)


@app.command()
def migrate(services: ServiceArguments = None) -> None:
    """Bring databases up to date: those of this platform, or the one of DATABASE_OWNER_URL."""
    from punchcard.migrate import migrate as run

    for service, revision in run(home(), kinds(services), os.environ.get("DATABASE_OWNER_URL")):
        out.print(f"{service:<12} {revision or 'no migrations'}")


@app.command()
def topics(
    bootstrap: Annotated[str | None, typer.Option(envvar="KAFKA_BOOTSTRAP", help="host:port")] = None,
    replication: Annotated[
        int | None,
        typer.Option(envvar="TOPICS_REPLICATION_FACTOR", min=1, help="More than one broker? Raise it."),
    ] = None,
) -> None:
    """Make the topics of contracts/topics.yaml; says which differ from it."""
    from punchcard import topics as kafka_topics
    from punchcard.reach import bootstrap_of

    outcome = kafka_topics.create(
        bootstrap or bootstrap_of(home()), kafka_topics.declared(replication_factor=replication)
    )
    out.print(f"{len(outcome.created)} made, {len(outcome.present)} were there")
    if outcome.differences:
        raise Found("Topics that differ from their declaration:\n  " + "\n  ".join(outcome.differences))


@app.command()
def verify(
    database_url: Annotated[
        str | None,
        typer.Option(envvar="LEDGER_DATABASE_URL", help="The ledger's database, when it is not ours."),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Statistics and passes too: do they say what the rows say?")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Recompute every hash chain, balance and sum of the ledger; names the first row that is wrong."""
    from punchcard.verify_command import run

    run(home(), database_url, as_json=as_json, out=out, err=err)
    if everything:
        from punchcard.verify_all import run as run_all

        run_all(home(), as_json=as_json, out=out)


@app.command()
def rebuild(
    projection: Annotated[str, typer.Argument(help="ledger-statistics")],
    database_url: Annotated[
        str | None,
        typer.Option(envvar="LEDGER_DATABASE_URL", help="The ledger's database, when it is not ours."),
    ] = None,
    bootstrap: Annotated[str | None, typer.Option(envvar="KAFKA_BOOTSTRAP", help="host:port")] = None,
) -> None:
    """Build a projection anew from the topics, beside the live one; exit code 1 when that one was wrong."""
    from punchcard.rebuild import run

    run(home(), projection, database_url, bootstrap, out, err)


@config_app.command("check")
def config_check(services: ServiceArguments = None, port: Port = 8000) -> None:
    """Look at this machine, or at services' settings: the environment's, else those that `up` gives."""
    from punchcard import configuration
    from punchcard.environment import given

    chosen = kinds(services) if services else []
    if not chosen:
        findings = configuration.machine(home(), port)
    elif configuration.are_in_the_environment():
        findings = [configuration.settings(kind) for kind in chosen]
    else:
        findings = configuration.as_up_gives_them(chosen, given())
    for finding in findings:
        mark = "[green]✓[/green]" if finding.good else "[red]✗[/red]"
        out.print(f"{mark} {finding.what}: {escape(finding.words)}", soft_wrap=True)
    if not all(finding.good for finding in findings):
        raise typer.Exit(Found.exit_code if services else MachineCannot.exit_code)


@parked_app.command("list")
def parked_list(
    services: ServiceArguments = None,
    everything: Annotated[bool, typer.Option("--all", help="Also those that are done with.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show parked events and what queues behind them; exit code 1 when there are any."""
    from punchcard import parked

    with parked.databases_of(home(), kinds(services)) as urls:
        events = parked.listed(urls, all_states=everything)
    if as_json:
        print_json([event._asdict() for event in events])
    else:
        table = Table(*("service", "id", "topic", "key", "state", "tries", "since", "reason"), box=None)
        for event in events:
            since = event.parked_at.strftime("%Y-%m-%d %H:%M:%S")
            row = (event.service, str(event.id), event.topic, event.key, event.state, str(event.tries), since)
            table.add_row(*map(escape, row), escape(event.reason))
        out.print(table if events else "No event is parked.")
    if any(event.state in parked.OPEN for event in events):
        raise typer.Exit(1)


@parked_app.command("retry")
def parked_retry(event_id: UUID) -> None:
    """Let the service take a parked event again; what queues behind it follows."""
    _decide("retry", event_id)


@parked_app.command("discard")
def parked_discard(event_id: UUID) -> None:
    """Give a parked event up; what queues behind it goes on."""
    _decide("discard", event_id)


def _decide(decision: str, event_id: UUID) -> None:
    from punchcard import parked

    with parked.databases_of(home(), list(SERVICES)) as urls:
        event = (parked.retry if decision == "retry" else parked.discard)(urls, event_id)
    out.print(f"{event.service}: {event.topic} {escape(event.key)} is now {event.state}")


def kinds(names: list[str] | None) -> list[ServiceKind]:
    """Those named, or all."""
    try:
        return [kind_of(name) for name in names] if names else list(SERVICES)
    except KeyError as unknown:
        raise WrongUsage(str(unknown.args[0])) from None


def print_json(document: object) -> None:
    """For programs: no colours, no wrapping."""
    print(json.dumps(document, indent=1, ensure_ascii=False, default=str))  # noqa: T201 - this is the output


def main() -> int:
    """Run a command; a problem is one clear sentence and its exit code."""
    try:
        code = app(standalone_mode=False)
    except Problem as problem:
        err.print(f"[red]punchcard:[/red] {escape(str(problem))}", soft_wrap=True)
        return problem.exit_code
    except typer.Exit as leaving:
        return leaving.exit_code
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        show = getattr(error, "show", None)
        if show is None:
            raise
        show()  # how the command line itself says that it was used wrongly
        return WrongUsage.exit_code
    return int(code or 0)


if __name__ == "__main__":
    sys.exit(main())
