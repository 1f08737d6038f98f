"""`punchcard wallet doctor`: the identities, and what phones will say to passes made with them."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from rich.console import Console
from rich.markup import escape

from punchcard.home import Home
from punchcard.problems import Found, WrongUsage

APPLE = ("APPLE_PASS_CERTIFICATE", "APPLE_PASS_KEY", "APPLE_WWDR_CERTIFICATE")
GOOGLE = ("GOOGLE_ISSUER_ID", "GOOGLE_SERVICE_ACCOUNT")
_PEM = typer.Option(exists=True, dir_okay=False, help="PEM file; else as the wallet's settings say.")
OptionalFile = Annotated[Path | None, _PEM]


class Looked(NamedTuple):
    """What is looked at: of Apple certificate, key and intermediate, of Google issuer and account."""

    apple: Sequence[str | None]
    google: Sequence[str | None]
    #: Those that a platform made for itself here, since nothing was set.
    made_here: Sequence[str] = ()


def register(app: typer.Typer, home: Callable[[], Home], out: Console) -> None:
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

        looked = _looked(home(), [certificate, key, wwdr])
        certificate_text, key_text, wwdr_text = looked.apple
        findings = [
            *wallet_doctor.apple(certificate_text, key_text, wwdr_text, base_url),
            *wallet_doctor.google(*looked.google),
        ]
        if looked.made_here:
            out.print(escape(_made_here(looked.made_here)), soft_wrap=True)
        for good, what, words, matters in findings:
            mark = "[green]✓[/green]" if good else "[red]✗[/red]" if matters else "[yellow]![/yellow]"
            out.print(f"{mark} {what}: {escape(words)}", soft_wrap=True)
        refused = any(finding.matters and not finding.good for finding in findings)
        if refused or not any(finding.good for finding in findings):
            raise typer.Exit(Found.exit_code)


def _looked(home: Home, files: Sequence[Path | None]) -> Looked:
    """What the files and settings say; where they say nothing of a platform, what `make up` made for it."""
    from punchcard.embedded.wallet_identities import GOOGLE_ISSUER_ID, WalletIdentities

    apple = [_text(name, file) for name, file in zip(APPLE, files, strict=True)]
    google = [os.environ.get(GOOGLE[0]), _text(GOOGLE[1], None)]
    made = WalletIdentities.found(home.wallet_identities)
    made_here = []
    if made is not None and not any(apple):
        own = (made.pass_certificate, made.pass_key, made.authority)
        apple = [_text(name, file) for name, file in zip(APPLE, own, strict=True)]
        made_here.append(f"Apple's ({made.pass_certificate})")
    if made is not None and not any(google):
        google = [GOOGLE_ISSUER_ID, _text(GOOGLE[1], made.google_account)]
        made_here.append(f"Google's ({made.google_account})")
    return Looked(apple, google, made_here)


def _made_here(which: Sequence[str]) -> str:
    return (
        f"Nothing is set for these, so the test identities that `make up` made here are looked at:"
        f" {' and '.join(which)}. They are self-signed, or stand for nobody: no phone accepts their passes."
        f" Who has real ones sets {', '.join(APPLE)} and {' and '.join(GOOGLE)}, each also"
        " as NAME_FILE=path; docs/wallets.md tells where they come from.\n"
    )


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
