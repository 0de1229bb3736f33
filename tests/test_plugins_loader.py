"""Finding and loading regions and plugins: the order of search, isolation, and one sentence for each fault."""

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from cyberwehr.config import Config, load_config
from cyberwehr.example_providers import example_files, refuse_examples
from cyberwehr.faults import Refusal
from cyberwehr.plugins_finder import REGION_ROOM, known
from cyberwehr.plugins_loader import LoadError, Plugins, load_plugins
from cyberwehr.region_template import write_region

INIT = "from cyberwehr import Region, hookimpl, load_region\n"
REGION_HOOK = "@hookimpl\ndef cyberwehr_region():\n    return load_region(__file__)\n"
CHANNEL = """\
from cyberwehr import HandedOver, hookimpl

class Pigeon:
    name, kinds = "pigeon", ("pigeon",)

    def deliver(self, message):
        return HandedOver()

@hookimpl
def cyberwehr_channels(settings):
    return [Pigeon()]
"""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    environ = {"CYBERWEHR_DATA_DIR": str(tmp_path), "CYBERWEHR_REGIONS__ENABLED": '["mycity"]'}
    loaded = load_config(environ, demo=True)
    return replace(loaded, plugins=replace(loaded.plugins, enabled=()))


@pytest.fixture
def folder(config: Config) -> Path:
    folder = config.regions.folder / "mycity"
    write_region(folder, "05315", {})
    return folder


def serving(config: Config, *keys: str) -> Config:
    return replace(config, regions=replace(config.regions, enabled=keys))


def with_plugin(config: Config, name: str, code: str) -> Config:
    folder = config.plugins.folder / name
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(code)
    return replace(config, plugins=replace(config.plugins, enabled=(*config.plugins.enabled, name)))


def refusal(config: Config) -> str:
    with pytest.raises(LoadError) as caught:
        load_plugins(config)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_region_of_the_instances_folder_is_served(config: Config, folder: Path) -> None:
    plugins = load_plugins(config)
    assert plugins.regions["mycity"].districts == ("05315",)
    assert plugins.provider_files == {"mycity": folder / "providers.toml"}
    assert plugins.catalogue_folders() == {"mycity": folder}
    assert [(each.found.origin, each.hooks) for each in plugins.names()] == [("instance", ("cyberwehr_region",))]


def test_a_folder_without_code_is_enough(config: Config, folder: Path) -> None:
    (folder / "__init__.py").unlink()
    assert load_plugins(config).regions["mycity"].key == "mycity"


def test_regions_come_in_the_order_of_the_settings(config: Config) -> None:
    assert list(load_plugins(serving(config, "gelsenkirchen", "bochum")).regions) == ["gelsenkirchen", "bochum"]


def test_the_instances_folder_wins_over_the_bundled_region(config: Config) -> None:
    write_region(config.regions.folder / "bochum", "05315", {})
    assert load_plugins(serving(config, "bochum")).regions["bochum"].districts == ("05315",)


def test_a_providers_file_alone_replaces_the_bundled_providers(config: Config, folder: Path) -> None:
    own = config.regions.folder / "bochum" / "providers.toml"
    own.parent.mkdir()
    own.write_text((folder / "providers.toml").read_text().replace(".example", ".de"))
    plugins = load_plugins(serving(config, "bochum", "essen"))
    assert plugins.regions["bochum"].districts == ("05911",)
    assert [each.id for each in plugins.regions["bochum"].providers] == ["bochum/mycity-1", "bochum/mycity-2"]
    assert plugins.provider_files["bochum"] == own
    assert [file.parent.name for file in example_files(plugins)] == ["essen"]


def test_outside_of_demo_mode_example_providers_are_refused_with_the_files_to_write(config: Config) -> None:
    plugins = load_plugins(serving(config, "bochum", "essen"))
    refuse_examples(plugins, config)
    with pytest.raises(LoadError) as caught:
        refuse_examples(plugins, replace(config, instance=replace(config.instance, demo=False)))
    lines = str(caught.value).splitlines()
    assert [str(plugins.provider_files[key]) in line for key, line in zip(("bochum", "essen"), lines, strict=True)]
    assert str(config.regions.folder / "essen" / "providers.toml") in lines[1]


def test_only_what_is_enabled_is_imported(config: Config, folder: Path) -> None:
    (folder / "__init__.py").write_text("raise SystemExit('imported')")
    sys.modules.pop("cyberwehr.regions.gelsenkirchen", None)
    load_plugins(serving(config, "bochum"))
    assert "mycity" in known(REGION_ROOM, config.regions.folder)
    assert "cyberwehr.regions.gelsenkirchen" not in sys.modules


def test_a_region_found_nowhere_is_refused_with_the_nearest_name(config: Config) -> None:
    text = refusal(serving(config, "bochom"))
    begin = f"CYBERWEHR_REGIONS__ENABLED: region bochom: not found in {config.regions.folder}"
    assert text.startswith(f"{begin}, not bundled, in no installed package")
    assert text.endswith("did you mean bochum? (or make it: cyberwehr region new bochom --district AGS)")


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (INIT + "@hookimpl\ndef cyberwehr_regoin(): pass\n" + REGION_HOOK, "unknown hook 'cyberwehr_regoin'"),
        (INIT + REGION_HOOK + "@hookimpl\ndef cyberwehr_rank_providers(regoin): pass\n", "{'regoin'}"),
        (INIT + "def cyberwehr_region(): pass\n", "cyberwehr_region is not marked @hookimpl"),
        (INIT, "offers nothing; implement a hook"),
        (INIT + "@hookimpl\ndef cyberwehr_region(): pass\n", "returned no region"),
        (INIT + "@hookimpl\ndef cyberwehr_region(): return 'x'\n", "returned no region"),
        (INIT + "@hookimpl\ndef cyberwehr_rank_providers(): pass\n", "returned no region"),
        (INIT + "@hookimpl\ndef cyberwehr_channels(settings): return []\n", "unknown hook 'cyberwehr_channels'"),
        (INIT + "@hookimpl\ndef cyberwehr_region(): 1 / 0\n", "cyberwehr_region raised: ZeroDivisionError"),
        ("import nothing_of_this_name", "cannot be imported: ModuleNotFoundError"),
        ("def (:", "cannot be imported: SyntaxError"),
        ("\n\n1 / 0", "__init__.py:3)"),
    ],
)
def test_code_the_core_would_not_call_stops_the_start(config: Config, folder: Path, code: str, sentence: str) -> None:
    (folder / "__init__.py").write_text(code)
    text = refusal(config)
    assert text.startswith(f"region mycity ({folder}): ")
    assert sentence in text


def test_a_key_other_than_the_folders_name_stops_the_start(config: Config, folder: Path) -> None:
    code = INIT + "from dataclasses import replace\n@hookimpl\ndef cyberwehr_region():\n"
    (folder / "__init__.py").write_text(code + "    return replace(load_region(__file__), key='yourcity')\n")
    assert "calls itself yourcity" in refusal(config)


def test_a_neighbour_known_nowhere_stops_the_start_one_not_enabled_does_not(config: Config, folder: Path) -> None:
    file = folder / "region.toml"
    text = file.read_text()
    line = text.splitlines().index(next(each for each in text.splitlines() if each.startswith("neighbours"))) + 1
    file.write_text(text.replace("neighbours = []", 'neighbours = ["bochum"]'))
    assert load_plugins(config).regions["mycity"].neighbours == ("bochum",)
    file.write_text(text.replace("neighbours = []", 'neighbours = ["bochum", "nirgendwo"]'))
    assert refusal(config).startswith(f"{file}:{line}: region.neighbours: nirgendwo is no region this machine knows")


def test_a_faulty_file_stops_the_start_with_its_lines(config: Config, folder: Path) -> None:
    (folder / "providers.toml").write_text("[[provider]]\n")
    with pytest.raises(Refusal, match=r"providers.toml:1: provider.key: is missing"):
        load_plugins(config)


def test_a_region_sees_only_its_own_calls_and_what_it_raises_is_answered(config: Config, folder: Path) -> None:
    hook = "@hookimpl\ndef cyberwehr_rank_providers(region, candidates):\n    return candidates[region.key]\n"
    (folder / "__init__.py").write_text(INIT + REGION_HOOK + hook)
    plugins = load_plugins(serving(config, "mycity", "bochum"))
    arguments = {"region": plugins.regions["mycity"], "incident": None, "now": None}
    good = {**arguments, "candidates": {"mycity": ["mycity/a"]}}
    assert plugins.region_hooks("mycity").cyberwehr_rank_providers(**good) == ["mycity/a"]
    assert plugins.region_hooks("bochum").cyberwehr_rank_providers(**good) is None
    assert plugins.ask_region("mycity", "cyberwehr_rank_providers", **good).value == ["mycity/a"]
    outcome = plugins.ask_region("mycity", "cyberwehr_rank_providers", **arguments, candidates={})
    assert outcome.value is None
    assert outcome.fault == f"KeyError: 'mycity' ({folder / '__init__.py'}:7)"
    with pytest.raises(KeyError):
        plugins.region_hooks("essen")


def test_channels_come_in_the_order_of_the_settings_with_what_they_were_told(config: Config) -> None:
    told = CHANNEL.replace('"pigeon", (', "None, (").replace(
        "[Pigeon()]", "[setattr(Pigeon, 'name', settings['x']) or Pigeon()]"
    )
    plugins = load_plugins(with_plugin(with_plugin(serving(config), "zebra", CHANNEL), "ant", told))
    assert [channel.name for channel in plugins.channels({"x": "told"})] == ["pigeon", "told"]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("[Pigeon()]", "[object()]", "which is no channel; it needs name, kinds and deliver"),
        ("[Pigeon()]", "1 / 0", "plugin pigeon ({folder}): cyberwehr_channels raised: ZeroDivisionError"),
    ],
)
def test_a_plugin_that_offers_no_channels_is_refused(config: Config, old: str, new: str, sentence: str) -> None:
    plugins = load_plugins(with_plugin(serving(config), "pigeon", CHANNEL.replace(old, new)))
    with pytest.raises(LoadError) as caught:
        plugins.channels({})
    assert sentence.format(folder=config.plugins.folder / "pigeon") in str(caught.value)


def test_a_plugin_with_a_wrong_argument_is_refused(config: Config) -> None:
    assert "{'setings'}" in refusal(with_plugin(serving(config), "pigeon", CHANNEL.replace("(settings)", "(setings)")))


def test_a_plugin_found_nowhere_is_refused(config: Config) -> None:
    gone = replace(config, plugins=replace(config.plugins, enabled=("telegraph",)))
    assert refusal(serving(gone)).startswith(
        f"CYBERWEHR_PLUGINS__ENABLED: plugin telegraph: not found in {config.plugins.folder}, not bundled"
    )


def install(site: Path, distribution: str, module: str, name: str, folder: Path) -> None:
    """What pip leaves behind, without pip: a package and its metadata."""
    (site / module).symlink_to(folder)
    info = site / f"{distribution}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[cyberwehr.regions]\n{name} = {module}\n")


def test_a_region_of_an_installed_package_is_found_and_two_of_one_name_are_refused(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_region(tmp_path / "source" / "faraway", "05315", {})
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))
    install(site, "region-faraway", "faraway", "faraway", tmp_path / "source" / "faraway")
    plugins: Plugins = load_plugins(serving(config, "faraway"))
    assert plugins.names()[0].found.where == "region-faraway 1.0"
    assert plugins.names()[0].found.origin == "installed"
    assert plugins.provider_files["faraway"].name == "providers.toml"
    install(site, "another-faraway", "faraway_2", "faraway", tmp_path / "source" / "faraway")
    sys.path_importer_cache.clear()
    text = refusal(serving(config, "faraway"))
    assert "region-faraway 1.0" in text
    assert "another-faraway 1.0" in text
    assert text.endswith("several installed packages offer this name; uninstall all but one")


def test_code_of_the_instances_folder_may_have_modules_of_its_own(config: Config, folder: Path) -> None:
    (folder / "__init__.py").write_text("from .rules import *\n" + INIT + REGION_HOOK)
    (folder / "rules.py").write_text("ANSWER = 42\n")
    assert load_plugins(config).regions["mycity"].key == "mycity"
    assert os.fspath(folder) not in sys.path


def test_a_missing_region_is_named_with_the_line_that_lists_it(tmp_path: Path) -> None:
    file = tmp_path / "cyberwehr.toml"
    file.write_text('[instance]\ndemo = true\n[regions]\nenabled = [\n  "bochum",\n  "atlantis",\n]\n')
    with pytest.raises(LoadError, match=rf"^{file}:6: regions\.enabled: region atlantis: not found in .*; remove it"):
        load_plugins(load_config({"CYBERWEHR_DATA_DIR": str(tmp_path)}, file))
