"""cyberwehr user create"""

import sys

import rich_click as click

from cyberwehr.cli.common import CONSOLE, tool_config, working
from cyberwehr.domain.terms import Role
from cyberwehr.services.accounts import STAFF, create_user, invite


@click.group()
def user() -> None:
    """The people of the control centre."""


@user.command()
@click.option("--email", required=True, help="The address the person signs in with.")
@click.option(
    "--role", required=True, type=click.Choice(sorted(role.value for role in STAFF)), help="What the person may do."
)
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of standard input.")
def create(email: str, role: str, password_stdin: bool) -> None:
    """Create a user; without a password, print the link with which the person chooses one."""
    with working(tool_config()) as instance:
        if not password_stdin:
            click.echo(invite(instance, email, Role(role), CONSOLE))
            return
        create_user(instance, email, Role(role), sys.stdin.readline().rstrip("\r\n"), CONSOLE)
        click.echo(f"{email}: created")
