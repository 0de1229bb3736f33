"""Notes of callers, permission to work, and when duties to report were met."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ADDED = (("calls", "notes_sealed"), ("callouts", "permission_sealed"), ("incidents", "duties_sealed"))


def upgrade() -> None:
    for table, column in ADDED:
        op.add_column(table, sa.Column(column, sa.LargeBinary(), nullable=True))
