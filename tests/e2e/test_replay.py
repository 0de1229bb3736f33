"""`cyberwehr replay` against the running program: sixty calls over HTTP, then the walk with simulated providers."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.e2e.conftest import Running, Start, free_port

CALLS = Path(__file__).parent.parent / "data" / "calls_dev.jsonl"


def test_all_sixty_are_placed_timed_and_judged(running: Running) -> None:
    token = running.token("commander")
    result = running.command("replay", str(CALLS), "--url", running.url, "--token", token, "--no-alarm", "--json")
    found = json.loads(result.stdout)
    assert (found["calls"], found["regions_right"], found["open_right"]) == (60, 60, 60), result.stdout
    assert found["judged_right"] >= 58, result.stdout
    assert result.returncode == 0


def test_the_drill_walks_to_the_end(running: Running, tmp_path: Path) -> None:
    """Some accept, some decline, some stay silent; every story has an end, and the journal holds."""
    some = tmp_path / "some.jsonl"
    lines = [line for line in CALLS.read_text(encoding="utf-8").splitlines() if '"emergency"' in line]
    some.write_text("\n".join(lines[:8]), encoding="utf-8")
    token = running.token("commander")
    result = running.command("replay", str(some), "--url", running.url, "--token", token, "--drill", "--seed", "3")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "region 8/8, open or closed 8/8, verdict and urgency 8/8" in result.stdout
    assert "done, reported, closed" in result.stdout
    assert "BROKEN" not in result.stdout
    assert running.command("journal", "verify").stdout.startswith("ok ")


def test_on_a_working_day_repeats_are_attached_before_their_incident_ends(start: Start, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    monday = (now + timedelta(days=7 - now.weekday())).replace(hour=9, minute=0)
    running = start(CYBERWEHR_CLOCK_OFFSET=str(int((monday - now).total_seconds())))
    running.wait_until_ready()
    some = tmp_path / "some.jsonl"
    wanted = ('"dev-014"', '"dev-015"', '"dev-055"', '"dev-056"')
    lines = CALLS.read_text(encoding="utf-8").splitlines()
    some.write_text("\n".join(line for line in lines if any(f'"id": {key}' in line for key in wanted)), "utf-8")
    result = running.command("replay", str(some), "--token", running.token("commander"), "--drill", "--seed", "3")
    assert (result.returncode, "BROKEN" in result.stdout) == (0, False), result.stdout + result.stderr
    told = {line.split()[0]: line for line in result.stdout.splitlines() if line.startswith("dev-")}
    assert sorted(told) == ["dev-014", "dev-015", "dev-055", "dev-056"]
    assert "done, reported, closed" in told["dev-014"] + told["dev-055"]
    for first, repeat in (("dev-014", "dev-015"), ("dev-055", "dev-056")):
        assert told[repeat].endswith(f"attached to {told[first].split()[2]}")


def test_where_nobody_listens_it_stops_at_once(running: Running) -> None:
    for url in (f"http://127.0.0.1:{free_port()}", "localhost:8000"):
        result = running.command("replay", str(CALLS), "--url", url, "--token", "x")
        assert (result.returncode, result.stdout) == (1, "")
        assert result.stderr.startswith(f"{url} does not answer")
        assert len(result.stderr.splitlines()) == 1


def test_a_record_expected_elsewhere_is_shown_and_counted(running: Running, tmp_path: Path) -> None:
    record = json.loads(CALLS.read_text(encoding="utf-8").splitlines()[0])
    record["expected"]["region"] = "nowhere"
    wrong = tmp_path / "wrong.jsonl"
    wrong.write_text(json.dumps(record), encoding="utf-8")
    result = running.command(
        "replay", str(wrong), "--url", running.url, "--token", running.token("operator"), "--no-alarm"
    )
    assert result.returncode == 1
    assert "nowhere" in result.stdout
    assert "region 0/1" in result.stdout


def test_nonsense_is_said_in_one_sentence(running: Running, tmp_path: Path) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text("{}\n", encoding="utf-8")
    for arguments in ([str(broken), "--token", "x"], [str(CALLS), "--token", ""]):
        result = running.command("replay", *arguments, "--url", running.url)
        assert result.returncode == 1
        assert len(result.stderr.strip().splitlines()) == 1, result.stderr
