"""Does the instance's secret belong to this database? With a foreign one nothing opens."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from cyberwehr.storage.models import Case
from cyberwehr.storage.sealing import CannotOpen


def key_fits(tx: Session) -> bool:
    """True if a case key opens with this instance's secret, or if there is none yet."""
    case = tx.scalar(select(Case).where(Case.wrapped_key.is_not(None)).limit(1))
    try:
        return case is None or bool(case.key)
    except CannotOpen:
        return False
