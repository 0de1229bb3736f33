"""cyberwehr token create"""

import rich_click as click

from cyberwehr.cli.common import CONSOLE, tool_config, working
from cyberwehr.domain.terms import Role
from cyberwehr.faults import Refusal
from cyberwehr.services.api_tokens import create_token


@click.group()
def token() -> None:
    """Credentials of machines."""


@token.command()
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]), help="What its bearer may do.")
@click.option("--name", required=True, help="Who it is for; shown beside what its bearer did.")
@click.option("--provider", metavar="REGION/KEY", help="The provider it speaks for; for the role provider only.")
def create(role: str, name: str, provider: str | None) -> None:
    """Create a token and print it alone. It is shown this once."""
    with working(tool_config()) as instance:
        if provider is not None and provider not in instance.providers:
            raise Refusal(f"--provider {provider}: {remedy(provider.split('/')[0], list(instance.plugins.regions))}")
        click.echo(create_token(instance, Role(role), name, CONSOLE, provider))


def remedy(region: str, served: list[str]) -> str:
    """Where to read which providers there are."""
    if region in served:
        return f"no such provider; cyberwehr region show {region} lists those there are"
    return f"this instance serves no region {region}; give REGION/KEY with one of: {', '.join(served)}"
