"""`run(*arguments)`: a command of `cyberwehr`, in this process, beside the test's instance."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cyberwehr.cli import main
from cyberwehr.instance import Instance

Run = Callable[..., Result]


@pytest.fixture
def run(sqlite_instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The instance is a demonstration that is known by its data folder, as after `up --demo`."""
    monkeypatch.chdir(tmp_path)
    own = {"CYBERWEHR_DATA_DIR": str(sqlite_instance.config.instance.data_dir), "LC_ALL": "C.UTF-8"}

    def command(*arguments: str, stdin: str = "", exit_code: int = 0, **environ: str) -> Result:
        result = CliRunner().invoke(main, arguments, input=stdin, env={**own, **environ})
        assert result.exit_code == exit_code, (result.output, result.exception)
        return result

    return command
