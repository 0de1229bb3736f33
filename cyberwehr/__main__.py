"""`python -m cyberwehr`: the same as the `cyberwehr` command."""

from cyberwehr.cli import main

main(prog_name="cyberwehr")
