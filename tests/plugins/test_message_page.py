"""The demo's message page: what it keeps, and for whom."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cyberwehr import Channel, HandedOver, Message, Retry
from cyberwehr.domain.delivery import KeepsMessages
from cyberwehr.plugins import message_page
from cyberwehr.plugins.message_page import channel

CREATED = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
MESSAGE = Message("id-1", "sms", "+49 234 1", "de", "Übung", "Text\n\x00 \ud800", CREATED, html="<p>Text</p>")


@pytest.fixture
def page(tmp_path: Path) -> channel.MessagePage:
    return channel.MessagePage(tmp_path / "data" / "messages")


def number(n: int) -> Message:
    return replace(MESSAGE, id=f"../{n}", created_at=CREATED + timedelta(seconds=n))


def test_a_message_is_kept_as_it_was(page: channel.MessagePage) -> None:
    assert page.deliver(MESSAGE) == HandedOver()
    assert page.kept(10) == [MESSAGE]


def test_the_same_message_again_is_kept_once(page: channel.MessagePage) -> None:
    page.deliver(MESSAGE)
    page.deliver(MESSAGE)
    assert len(page.kept(10)) == 1


def test_newest_first_and_no_more_than_asked_for(page: channel.MessagePage) -> None:
    for n in (2, 1, 3):
        page.deliver(number(n))
    assert [m.id for m in page.kept(2)] == ["../3", "../2"]
    assert page.kept(0) == []


def test_only_the_last_messages_are_kept(page: channel.MessagePage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "KEPT", 3)
    for n in range(5):
        page.deliver(number(n))
    assert [m.id for m in page.kept(10)] == ["../4", "../3", "../2"]
    assert len(list(page.folder.iterdir())) == 3


def test_nobody_else_can_read_them(page: channel.MessagePage) -> None:
    page.deliver(MESSAGE)
    (file,) = page.folder.iterdir()
    assert file.stat().st_mode & 0o077 == 0
    assert page.folder.stat().st_mode & 0o077 == 0


def test_what_cannot_be_read_is_left_out(page: channel.MessagePage) -> None:
    page.deliver(MESSAGE)
    (page.folder / "20991231.json").write_text("{")
    assert page.kept(10) == [MESSAGE]


def test_before_the_first_message_there_is_nothing(page: channel.MessagePage) -> None:
    assert page.kept(10) == []


def test_a_folder_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert isinstance(channel.MessagePage(tmp_path / "file").deliver(MESSAGE), Retry)


def test_it_is_there_in_demo_mode_only(tmp_path: Path) -> None:
    (offered,) = message_page.cyberwehr_channels({"demo": True, "data_dir": tmp_path})
    assert isinstance(offered, Channel)
    assert isinstance(offered, KeepsMessages)
    assert offered.kinds == ("*",)
    assert message_page.cyberwehr_channels({"demo": False, "data_dir": tmp_path}) == []
