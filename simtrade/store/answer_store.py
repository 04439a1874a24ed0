"""The SQL of answers to quizzes, in app.db."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, func, select
from sqlalchemy.dialects.sqlite import insert

from simtrade.store.app_tables import METADATA
from simtrade.store.database import reading, writing

_answers = METADATA.tables["quiz_answers"]


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """A row of quiz_answers without its key; ``chosen`` is a JSON array."""

    quiz: str
    chosen: str
    tries: int
    answered_at_ns: int
    right_at_ns: int | None


class AnswerStore:
    """Each method is one transaction and may be called from any thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(
        self, user_id: int, lesson_id: str, version: int, quiz: str, chosen: str, *,
        right: bool, at_ns: int,
    ) -> None:  # fmt: skip
        """Keep an answer in place of the one before.  The first right one keeps its time."""
        row = {
            "user_id": user_id,
            "lesson_id": lesson_id,
            "version": version,
            "quiz": quiz,
            "chosen": chosen,
            "tries": 1,
            "answered_at_ns": at_ns,
            "right_at_ns": at_ns if right else None,
        }
        statement = insert(_answers).values(row)
        new = statement.excluded
        with writing(self._engine) as connection:
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=list(_answers.primary_key.columns),
                    set_={
                        "chosen": new.chosen,
                        "tries": _answers.c.tries + 1,
                        "answered_at_ns": new.answered_at_ns,
                        "right_at_ns": func.coalesce(_answers.c.right_at_ns, new.right_at_ns),
                    },
                )
            )

    def of_lesson(self, user_id: int, lesson_id: str, version: int) -> tuple[StoredAnswer, ...]:
        """A person's answers to one version of a lesson, by name of the quiz."""
        columns = [_answers.c[name] for name in StoredAnswer.__dataclass_fields__]
        statement = (
            select(*columns)
            .where(
                (_answers.c.user_id == user_id)
                & (_answers.c.lesson_id == lesson_id)
                & (_answers.c.version == version)
            )
            .order_by(_answers.c.quiz)
        )
        with reading(self._engine) as connection:
            return tuple(StoredAnswer(*row) for row in connection.execute(statement))

    def of_user(self, user_id: int) -> tuple[tuple[str, int, StoredAnswer], ...]:
        """All answers of a person as (lesson, version, answer), by lesson, version and quiz."""
        columns = [_answers.c[name] for name in StoredAnswer.__dataclass_fields__]
        statement = (
            select(_answers.c.lesson_id, _answers.c.version, *columns)
            .where(_answers.c.user_id == user_id)
            .order_by(_answers.c.lesson_id, _answers.c.version, _answers.c.quiz)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(statement).all()
        return tuple((row[0], row[1], StoredAnswer(*row[2:])) for row in rows)

    def right_counts(self, user_id: int) -> dict[tuple[str, int], int]:
        """How many quizzes of each (lesson, version) a person has ever answered rightly."""
        statement = (
            select(_answers.c.lesson_id, _answers.c.version, func.count(_answers.c.right_at_ns))
            .where(_answers.c.user_id == user_id)
            .group_by(_answers.c.lesson_id, _answers.c.version)
        )
        with reading(self._engine) as connection:
            return {(row[0], row[1]): row[2] for row in connection.execute(statement)}
