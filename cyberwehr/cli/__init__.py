"""The `cyberwehr` command. Exit 0: good, 1: a fault was found, 2: wrong use."""

from importlib import import_module

import rich_click as click

from cyberwehr.faults import Refusal

COMMANDS = {
    "check": "cyberwehr.cli.check",
    "db": "cyberwehr.cli.db",
    "engine": "cyberwehr.cli.engine",
    "fallback": "cyberwehr.cli.fallback",
    "journal": "cyberwehr.cli.journal",
    "plugin": "cyberwehr.cli.plugin",
    "region": "cyberwehr.cli.region",
    "replay": "cyberwehr.cli.replay",
    "report": "cyberwehr.cli.report",
    "token": "cyberwehr.cli.token",
    "up": "cyberwehr.cli.up",
    "user": "cyberwehr.cli.user",
    "web": "cyberwehr.cli.web",
}
"""Command -> the module that holds a click command of that name, imported when it is called."""


class Commands(click.RichGroup):
    """Imports a command when it is needed; says a Refusal in plain words, without a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(COMMANDS[cmd_name]), cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            click.echo(str(refusal), err=True)
            ctx.exit(1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cyberwehr")
def main() -> None:
    """The software a cyber fire brigade runs on: calls, triage, alarms, call-outs."""
