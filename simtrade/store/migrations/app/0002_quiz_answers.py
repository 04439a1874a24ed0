"""What people answered to the quizzes of lessons."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "quiz_answers",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("quiz", sa.String(), nullable=False),
        sa.Column("chosen", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("answered_at_ns", sa.BigInteger(), nullable=False),
        sa.Column("right_at_ns", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.user_id"], name=op.f("fk_quiz_answers_user_id")
        ),
        sa.PrimaryKeyConstraint(
            "user_id", "lesson_id", "version", "quiz", name=op.f("pk_quiz_answers")
        ),
    )
