"""cyberwehr user create: a link, or a password from standard input; refusals in the terminal's language."""

from cyberwehr.instance import Instance
from cyberwehr.services.accounts import look_at_link, set_up, sign_in
from tests.cli.conftest import Run

ADA = ("user", "create", "--email", "ada@centre.example", "--role", "commander")


def test_the_link_alone_is_printed_and_works_once(run: Run, sqlite_instance: Instance) -> None:
    link = run(*ADA).stdout.strip()
    assert link.startswith("http://localhost:8000/setup/")
    token = link.rsplit("/", 1)[1]
    assert look_at_link(sqlite_instance, token) == "ada@centre.example"
    set_up(sqlite_instance, token, "a long enough password")
    assert sign_in(sqlite_instance, "ada@centre.example", "a long enough password")


def test_the_link_leads_to_the_control_rooms_own_address(run: Run) -> None:
    link = run(*ADA, CYBERWEHR_INSTANCE__DESK_URL="https://desk.example").stdout
    assert link.startswith("https://desk.example/setup/")


def test_a_password_from_standard_input_lets_sign_in_at_once(run: Run, sqlite_instance: Instance) -> None:
    run(*ADA, "--password-stdin", stdin="correct horse battery\n")
    assert sign_in(sqlite_instance, "ada@centre.example", "correct horse battery")


def test_refusals_are_one_sentence_in_the_terminals_language(run: Run) -> None:
    for language, sentence in (("en_GB.UTF-8", "password"), ("de_DE.UTF-8", "Passwort"), ("", "password")):
        refused = run(*ADA, "--password-stdin", stdin="short\n", exit_code=1, LC_ALL="", LANG=language)
        assert sentence in refused.stderr
        assert len(refused.stderr.splitlines()) == 1
        assert refused.stdout == ""


def test_wrong_use_is_exit_2(run: Run) -> None:
    run("user", "create", "--email", "ada@centre.example", exit_code=2)
    run("user", "create", "--email", "ada@centre.example", "--role", "provider", exit_code=2)


def test_a_database_that_is_not_there_is_not_made(run: Run) -> None:
    refused = run(*ADA, exit_code=1, CYBERWEHR_DATABASE_URL="sqlite:///elsewhere.sqlite")
    assert "run: cyberwehr db upgrade" in refused.stderr
