"""Example providers: nobody would answer an alarm, so an instance that is not a demonstration refuses them."""

from pathlib import Path

from cyberwehr.config import Config
from cyberwehr.plugins_finder import PROVIDERS
from cyberwehr.plugins_loader import LoadError, Plugins


def example_files(plugins: Plugins) -> list[Path]:
    """The files whose example providers are in use: nobody would answer an alarm."""
    return [plugins.provider_files[key] for key in _with_examples(plugins) if key in plugins.provider_files]


def refuse_examples(plugins: Plugins, config: Config) -> None:
    """LoadError with a line for each file of example providers, unless the instance is a demonstration."""
    lines = example_lines(plugins, config)
    if lines and not config.instance.demo:
        raise LoadError("\n".join(lines))


def example_lines(plugins: Plugins, config: Config) -> list[str]:
    """A line for each file of example providers in use: what to write instead, and where."""
    return [
        f"{plugins.provider_files.get(key, key)}: replace these example providers:"
        f" write your own to {config.regions.folder / key / PROVIDERS}"
        for key in _with_examples(plugins)
    ]


def _with_examples(plugins: Plugins) -> list[str]:
    return [key for key, region in plugins.regions.items() if any(each.is_example for each in region.providers)]
