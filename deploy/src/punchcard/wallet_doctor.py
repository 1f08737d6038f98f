"""`punchcard wallet doctor`: the identities, and what phones will say to passes made with them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from punchcard.problems import Found, WrongUsage

_PEM = typer.Option(exists=True, dir_okay=False, help="PEM file; else as the wallet's settings say.")
OptionalFile = Annotated[Path | None, _PEM]


def register(app: typer.Typer, out: Console) -> None:
    """Add the command. What it needs is imported when it runs: `--help` answers at once."""

    @app.command()
    def doctor(
        certificate: OptionalFile = None,
        key: OptionalFile = None,
        wwdr: OptionalFile = None,
        base_url: Annotated[
            str, typer.Option(envvar="PUBLIC_BASE_URL", help="Where the platform is reached.")
        ] = "http://localhost:8000",
    ) -> None:
        """Read certificates and keys, make passes and check them; exit code 1 when phones refuse them."""
        from wallet import doctor as wallet_doctor

        findings = [
            *wallet_doctor.apple(
                _text("APPLE_PASS_CERTIFICATE", certificate),
                _text("APPLE_PASS_KEY", key),
                _text("APPLE_WWDR_CERTIFICATE", wwdr),
                base_url,
            ),
            *wallet_doctor.google(os.environ.get("GOOGLE_ISSUER_ID"), _text("GOOGLE_SERVICE_ACCOUNT", None)),
        ]
        for good, what, words, matters in findings:
            mark = "[green]✓[/green]" if good else "[red]✗[/red]" if matters else "[yellow]![/yellow]"
            out.print(f"{mark} {what}: {escape(words)}", soft_wrap=True)
        refused = any(finding.matters and not finding.good for finding in findings)
        if refused or not any(finding.good for finding in findings):
            raise typer.Exit(Found.exit_code)


def _text(name: str, file: Path | None) -> str | None:
    """The file's content, else what the variable holds, or the file that NAME_FILE names."""
    named = os.environ.get(f"{name}_FILE")
    place = file or (Path(named) if named else None)
    if place is None:
        return os.environ.get(name)
    try:
        return place.read_text()
    except OSError as error:
        raise WrongUsage(f"{name}: {place} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise WrongUsage(f"{name}: {place.name} is not PEM. {_in_pem(name, place)}") from None


def _in_pem(name: str, place: Path) -> str:
    """How what Apple and the keychain hand out becomes PEM."""
    if place.suffix.lower() in (".p12", ".pfx"):
        what = "-nocerts" if name.endswith("KEY") else "-clcerts -nokeys"
        made = f"openssl pkcs12 -in {place.name} {what} -nodes -out {place.stem}.pem"
        return f"Make it so: {made} (OpenSSL 3 may ask for -legacy)"
    return f"Make it so: openssl x509 -inform der -in {place.name} -out {place.stem}.pem"
