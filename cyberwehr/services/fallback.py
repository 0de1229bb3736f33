"""The fallback sheet as files: written each night by one engine, or at once by whoever asks; old ones are removed."""

import os
import re
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile

from cyberwehr.instance import Instance
from cyberwehr.messages import sheet as paper
from cyberwehr.services import nightly
from cyberwehr.services.actors import ENGINE, Actor
from cyberwehr.services.fallback_sheet import sheet_of
from cyberwehr.services.journalling import record
from cyberwehr.storage import now

DUTY = "fallback"
PDF_REMEDY = None if paper.PRINTS else "pip install 'cyberwehr[pdf]'"
"""What to do so that PDF is written as well; None if it is."""
DRAFT = ".fallback-"
DRAFT_SECONDS = 3600
NAME = re.compile(r"fallback-([0-9]{4}-[0-9]{2}-[0-9]{2})-[a-z]{2}\.(html|pdf)")


def write_if_due(instance: Instance) -> list[Path]:
    """Write the night's sheets unless another engine has; the files, or none. What cannot be written raises OSError.

    Then it is tried again after `nightly.PATIENCE`.
    """
    day = nightly.take(instance, DUTY, instance.config.fallback.at)
    if day is None:
        return []
    files = write(instance, ENGINE)
    nightly.finish(instance, DUTY, day)
    return files


def write(instance: Instance, actor: Actor) -> list[Path]:
    """The sheets as things stand, one per language of the instance, and their paths. Raises OSError."""
    folder = instance.config.fallback.folder
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with instance.reading() as tx:
        moment = now(tx)
        languages = instance.config.instance.languages
        sheets = [sheet_of(instance, tx, instance.catalogues.texts(language)) for language in languages]
    today = moment.astimezone(instance.zone).date()
    files = list(put(folder, today, sheets, moment))
    remove_old(folder, today - timedelta(days=instance.config.fallback.keep))
    with instance.begin() as tx:
        record(tx, actor, "fallback_written", files=len(files))
    return files


def put(folder: Path, day: date, sheets: list[paper.Sheet], moment: datetime) -> Iterator[Path]:
    """HTML first, in all languages: it must be there even if the printer's files should fail."""
    stems = [(f"fallback-{day.isoformat()}-{sheet.language}", sheet) for sheet in sheets]
    for stem, sheet in stems:
        yield replaced(folder / f"{stem}.html", paper.as_html(sheet).encode())
    if paper.PRINTS:
        for stem, sheet in stems:
            yield replaced(folder / f"{stem}.pdf", paper.as_pdf(sheet, moment))


def replaced(file: Path, content: bytes) -> Path:
    """Whole or not at all, and for its owner's eyes only (NamedTemporaryFile makes files of mode 0600)."""
    with NamedTemporaryFile(dir=file.parent, prefix=DRAFT, delete=False) as draft:
        try:
            draft.write(content)
            draft.flush()
            os.fsync(draft.fileno())
            Path(draft.name).replace(file)
        finally:
            Path(draft.name).unlink(missing_ok=True)
    return file


def remove_old(folder: Path, last: date) -> None:
    """Sheets of that day and of those before it, and drafts that a crash has left; nothing else that may lie there."""
    for file in folder.iterdir():
        found = NAME.fullmatch(file.name)
        if (found and found[1] <= last.isoformat()) or is_left_over(file):
            file.unlink(missing_ok=True)


def is_left_over(file: Path) -> bool:
    return file.name.startswith(DRAFT) and file.stat().st_mtime < time.time() - DRAFT_SECONDS
