"""cyberwehr report demand"""

import json
from pathlib import Path

from cyberwehr.instance import Instance
from tests.cli.conftest import Run
from tests.services import stage


def test_the_figures_for_people_and_for_programs(run: Run, sqlite_instance: Instance) -> None:
    stage.call(sqlite_instance)
    shown = run("report", "demand").stdout
    assert "calls: 1" in shown
    assert ["region", "bochum", "1"] in [line.split() for line in shown.splitlines()]
    found = json.loads(run("report", "demand", "--json", "--from", "2026-11-23", "--to", "2026-11-23").stdout)
    assert (found["from"], found["to"], found["total"]) == ("2026-11-23", "2026-11-23", 1)
    assert {"group": "week", "key": "2026-W48", "calls": 1} in found["items"]
    assert json.loads(run("report", "demand", "--json", "--region", "essen").stdout)["total"] == 0


def test_without_calls(run: Run) -> None:
    assert run("report", "demand").stdout == "calls: 0\n"


def test_the_table_in_a_file(run: Run, sqlite_instance: Instance, tmp_path: Path) -> None:
    stage.call(sqlite_instance)
    file = tmp_path / "demand.csv"
    assert run("report", "demand", "--csv", str(file)).stdout == f"{file}: written\n"
    assert file.read_bytes().startswith(b"group,key,words,calls\r\nweek,2026-W48,Week 48 of 2026,1\r\n")
    printed = run("report", "demand", "--csv", "-", LC_ALL="de_DE.UTF-8").stdout
    assert "2026-W48,Woche 48/2026,1" in printed
    assert "nowhere" in run("report", "demand", "--csv", str(tmp_path / "nowhere/x.csv"), exit_code=1).stderr


def test_wrong_use(run: Run) -> None:
    for wrong in (
        ("--from", "yesterday"),
        ("--from", "0001-01-01"),
        ("--to", "9999-12-31"),
        ("--from", "2026-11-24", "--to", "2026-11-23"),
        ("--json", "--csv", "x"),
    ):
        run("report", "demand", *wrong, exit_code=2)
    assert "bochum" in run("report", "demand", "--region", "nowhere", exit_code=1).stderr
