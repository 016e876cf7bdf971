"""The ``bidding`` command: one file per subject, and one place where failures become words and exit codes."""

from collections.abc import Callable
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from bidding.cli.archive import archive
from bidding.cli.certificate import certificate
from bidding.cli.enrol import enrol
from bidding.cli.erasure import erasure
from bidding.cli.export import export
from bidding.cli.failure import EXIT_CODES
from bidding.cli.handing import join, release, sign_in, spare, submit, withdraw
from bidding.cli.keygen import keygen
from bidding.cli.log import log
from bidding.cli.logs import configure_logs
from bidding.cli.lotview import lot
from bidding.cli.office import office
from bidding.cli.play import demo
from bidding.cli.proofs import proofs
from bidding.cli.receipt import receipt
from bidding.cli.rules import rules
from bidding.cli.run import run
from bidding.cli.seal import seal
from bidding.cli.serve import serve
from bidding.cli.signer import signer
from bidding.cli.stats import stats
from bidding.cli.status import status
from bidding.cli.terminal import show_failure
from bidding.cli.trial import trial
from bidding.cli.trustee import trustee
from bidding.cli.verify import verify
from bidding.cli.watch import watch
from bidding.cli.witness import witness


class Commands(TyperGroup):
    """Shows why a command failed in the terminal's language; tracebacks are for ``--debug`` only."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort):
            raise
        except Exception as error:
            from bidding.cli.trouble import explained

            if ctx.params.get("debug") or not _ours(error):
                raise
            found = explained(error)
            show_failure(found)
            raise typer.Exit(found.code) from error


def _ours(error: Exception) -> bool:
    """Whether it is no usage error: those typer shows itself, beside the command's usage."""
    return not hasattr(error, "format_message")


app = typer.Typer(
    cls=Commands,
    name="bidding",
    help=f"100服务:全流程电子招标投标。Tenders run online, recorded as events, sealed until opened.\n\n{EXIT_CODES}",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="失败时显示堆栈 · tracebacks, debug logs")] = False,
) -> None:
    configure_logs(debug=debug)


_COMMANDS: dict[str, Callable[..., None]] = {
    "serve": serve,
    "demo": demo,
    "run": run,
    "keygen": keygen,
    "enrol": enrol,
    "lot": lot,
    "seal": seal,
    "open": trial,
    "submit": submit,
    "join": join,
    "withdraw": withdraw,
    "sign-in": sign_in,
    "release": release,
    "spare": spare,
    "watch": watch,
    "verify": verify,
    "archive": archive,
    "proofs": proofs,
    "export": export,
    "stats": stats,
    "status": status,
}
for _name, _command in _COMMANDS.items():
    app.command(_name)(_command)
app.add_typer(rules, name="rules")
app.add_typer(receipt, name="receipt")
app.add_typer(log, name="log")
app.add_typer(witness, name="witness")
app.add_typer(office, name="office")
app.add_typer(trustee, name="trustee")
app.add_typer(erasure, name="erasure")
app.add_typer(certificate, name="certificate")
app.add_typer(signer, name="signer")


def main() -> None:
    app()
