"""cyberwehr fallback write"""

from pathlib import Path

from cyberwehr.instance import Instance
from tests.cli.conftest import Run
from tests.services import stage


def test_it_writes_now_and_prints_the_paths(run: Run, sqlite_instance: Instance) -> None:
    reference = stage.call(sqlite_instance)
    files = [Path(line) for line in run("fallback", "write").stdout.splitlines()]
    assert [file.suffix for file in files] == [".html", ".html", ".pdf", ".pdf"]
    assert files[0].parent == sqlite_instance.config.instance.data_dir / "fallback"
    assert reference in files[0].read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_written_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refused = run("fallback", "write", exit_code=1, CYBERWEHR_FALLBACK__FOLDER=str(tmp_path / "file"))
    assert str(tmp_path / "file") in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
