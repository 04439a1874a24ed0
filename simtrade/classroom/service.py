"""What the site asks about a learner's way through the lessons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import msgspec

from lessons.model import Lesson, LessonId, Quiz
from simtrade.clock import now_ns
from simtrade.desk.requests import UserId
from simtrade.store.answer_store import AnswerStore


@dataclass(frozen=True, slots=True)
class Answer:
    """The newest answer to a quiz.  ``tries`` counts all; ``ever_right`` remembers a right one."""

    chosen: frozenset[int]
    right: bool
    tries: int
    ever_right: bool


@dataclass(frozen=True, slots=True)
class PastAnswer:
    """The newest answer to a quiz of some version of a lesson, as it was given.  ``chosen`` are
    places of choices from 0; ``right_at_ns`` is when the first right answer came."""

    lesson_id: str
    version: int
    quiz: str
    chosen: tuple[int, ...]
    tries: int
    answered_at_ns: int
    right_at_ns: int | None


class Classroom:
    """Answers to quizzes.  Safe to use from several threads; what is returned is kept."""

    def __init__(self, store: AnswerStore, wall_ns: Callable[[], int] = now_ns) -> None:
        self._store = store
        self._wall_ns = wall_ns

    def answer(self, user_id: UserId, lesson: Lesson, quiz: Quiz, chosen: frozenset[int]) -> None:
        """Keep an answer that the quiz allows; ValueError for any other."""
        if not quiz.allows(chosen):
            raise ValueError(f"{quiz.name}: no answer: {sorted(chosen)}")
        self._store.put(
            user_id,
            lesson.lesson_id,
            lesson.version,
            quiz.name,
            msgspec.json.encode(sorted(chosen)).decode(),
            right=quiz.is_right(chosen),
            at_ns=self._wall_ns(),
        )

    def answers(self, user_id: UserId, lesson: Lesson) -> Mapping[str, Answer]:
        """The answers to this version of a lesson, by name of the quiz."""
        found: dict[str, Answer] = {}
        for one in self._store.of_lesson(user_id, lesson.lesson_id, lesson.version):
            quiz = lesson.quiz(one.quiz)
            chosen = frozenset(msgspec.json.decode(one.chosen, type=list[int]))
            if quiz is not None and quiz.allows(chosen):
                right = quiz.is_right(chosen)
                found[quiz.name] = Answer(chosen, right, one.tries, one.right_at_ns is not None)
        return found

    def past(self, user_id: UserId) -> tuple[PastAnswer, ...]:
        """Everything a person has answered, to older versions of lessons too."""
        return tuple(
            PastAnswer(
                lesson_id, version, one.quiz,
                tuple(msgspec.json.decode(one.chosen, type=list[int])),
                one.tries, one.answered_at_ns, one.right_at_ns,
            )
            for lesson_id, version, one in self._store.of_user(user_id)
        )  # fmt: skip

    def right(self, user_id: UserId, lessons: Iterable[Lesson]) -> Mapping[LessonId, int]:
        """How many quizzes of each lesson, in its version of now, were ever answered rightly."""
        counts = self._store.right_counts(user_id)
        return {one.lesson_id: counts.get((one.lesson_id, one.version), 0) for one in lessons}
