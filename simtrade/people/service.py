"""Everything the rest of the site asks about people."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from matching.units import NS_PER_MINUTE, AtNs
from simtrade.clock import monotonic_ns, now_ns
from simtrade.desk.requests import UserId
from simtrade.people import rules
from simtrade.people.model import PersonReason, Role, SignedIn, User
from simtrade.people.passwords import Busy, Passwords
from simtrade.people.sessions import Lifetime, lifetimes, new_token, token_digest
from simtrade.people.throttle import Throttle
from simtrade.settings import Settings
from simtrade.store.app_store import AppStore, StoredUser

_FORGET_EVERY_NS = 60 * NS_PER_MINUTE


@dataclass(frozen=True, slots=True)
class Outside:
    """Time and chance, which tests set.  Nanoseconds; ``secret_bytes(n)`` gives n bytes."""

    wall_ns: Callable[[], int] = now_ns
    steady_ns: Callable[[], int] = monotonic_ns
    secret_bytes: Callable[[int], bytes] = secrets.token_bytes


class People:
    """Users, passwords and sessions.  Safe to use from several threads.

    The coroutines hash passwords in other threads; everything else is one small transaction.
    """

    def __init__(
        self,
        store: AppStore,
        passwords: Passwords,
        settings: Settings,
        outside: Outside | None = None,
    ) -> None:
        self._store = store
        self._passwords = passwords
        self._outside = outside or Outside()
        self._lifetimes = lifetimes(settings)
        self._throttle = Throttle(settings.login_tries_per_minute)
        self._forget_from_ns = 0

    @classmethod
    def open(cls, settings: Settings) -> People:
        """People of the data folder; app.db is made or migrated.  Raises MigrationError."""
        return cls(AppStore.open(settings.data), Passwords(), settings)

    def close(self) -> None:
        self._passwords.close()
        self._store.close()

    def create_guest(self, language: str | None) -> SignedIn:
        """A new guest with a session."""
        return self._sign_in(self._store.add_guest(language, self._outside.wall_ns()))

    async def sign_up(
        self, guest: UserId | None, name: str, password: str
    ) -> SignedIn | PersonReason:
        """A new learner.  A guest keeps his user id, hence everything he did; his old sessions
        end, so that a token planted before the sign-up is worth nothing after it."""
        name, password = rules.tidy_name(name), rules.tidy_password(password)
        key = rules.name_key(name)
        reason = rules.judge_name(name)
        if reason is None and self._store.user_by_key(key) is not None:
            reason = PersonReason.NAME_TAKEN
        reason = reason or rules.judge_password(password, name)
        if reason is not None:
            return reason
        try:
            hashed = await self._passwords.hash(password)
        except Busy:
            return PersonReason.BUSY
        role = Role.LEARNER.value
        if guest is None:
            user = self._store.add_user(
                name=name,
                name_key=key,
                role=role,
                password_hash=hashed,
                at_ns=self._outside.wall_ns(),
            )
            return self._sign_in(user) if user else PersonReason.NAME_TAKEN
        user = self._store.promote_guest(
            guest, name=name, name_key=key, role=role, password_hash=hashed
        )
        if user is not None:
            return self._sign_in(user)
        taken = self._store.user_by_key(key)
        if taken is not None and taken.user_id != guest:
            return PersonReason.NAME_TAKEN
        return PersonReason.ALREADY_SIGNED_UP

    async def log_in(self, name: str, password: str, address: str) -> SignedIn | PersonReason:
        """A new session of a member.  ``address`` is the network address of the browser.

        An unknown name and a wrong password get the same answer after the same time.
        """
        # Normalising may shorten a text, not to a quarter; what is longer is nobody's anyway.
        key = rules.name_key(name[: 4 * rules.NAME_MAX])
        password = rules.tidy_password(password[: 4 * rules.PASSWORD_MAX])
        if not self._throttle.allow((key, address), self._outside.steady_ns()):
            return PersonReason.TOO_MANY_TRIES
        user = self._store.user_by_key(key)
        try:
            verdict = await self._passwords.check(user.password_hash if user else None, password)
        except Busy:
            return PersonReason.BUSY
        if user is None or not verdict.right:
            return PersonReason.LOGIN_FAILED
        if verdict.new_hash is not None:
            self._store.change_user(user.user_id, {"password_hash": verdict.new_hash})
        self._throttle.forget((key, address))
        return self._sign_in(user)

    def session_alive(self, token: str) -> bool:
        """Whether a session goes on; asking is no use of it, so a forgotten screen still ends."""
        digest = token_digest(token)
        found = self._store.session(digest) if digest else None
        if found is None:
            return False
        lifetime = self._lifetimes[Role(found.user.role)]
        return lifetime.alive(found.created_at_ns, found.used_at_ns, self._outside.wall_ns())

    def session(self, token: str) -> User | None:
        """Whose session this is; None when it never was one or has ended."""
        digest = token_digest(token)
        found = self._store.session(digest) if digest else None
        if digest is None or found is None:
            return None
        now = self._outside.wall_ns()
        lifetime = self._lifetimes[Role(found.user.role)]
        if not lifetime.alive(found.created_at_ns, found.used_at_ns, now):
            self._store.end_session(digest)
            return None
        if lifetime.due_for_touch(found.used_at_ns, now):
            self._store.touch_session(digest, now)
        return _user(found.user)

    def log_out(self, token: str) -> None:
        digest = token_digest(token)
        if digest is not None:
            self._store.end_session(digest)

    def end_sessions(self, user_id: UserId) -> int:
        """Sign a person out everywhere; how many sessions there were."""
        return self._store.end_sessions_of(user_id)

    def forget_ended_sessions(self) -> int:
        """Remove what nobody can use any more; how many.  Sign-ins do it once an hour."""
        return sum(self._forget(role, lifetime) for role, lifetime in self._lifetimes.items())

    def set_preferences(
        self,
        user_id: UserId,
        *,
        language: str | None = None,
        theme: str | None = None,
        updown: str | None = None,
    ) -> None:
        """Keep what was chosen; None leaves a preference as it is."""
        chosen = {"language": language, "theme": theme, "updown": updown}
        given = {name: value for name, value in chosen.items() if value is not None}
        if given:
            self._store.change_user(user_id, given)

    def add(self, name: str, role: Role, password: str | None = None) -> User | PersonReason:
        """A new member, from the command line.  Without a password he cannot sign in yet."""
        name = rules.tidy_name(name)
        reason = rules.judge_name(name, reserved_too=True)
        hashed: str | None = None
        if reason is None and password is not None:
            password = rules.tidy_password(password)
            reason = rules.judge_password(password, name)
            hashed = self._passwords.hash_now(password) if reason is None else None
        if reason is not None:
            return reason
        user = self._store.add_user(
            name=name,
            name_key=rules.name_key(name),
            role=role.value,
            password_hash=hashed,
            at_ns=self._outside.wall_ns(),
        )
        return _user(user) if user else PersonReason.NAME_TAKEN

    def reset_password(self, name: str, password: str) -> User | PersonReason | None:
        """Give a member another password and sign him out everywhere; None: nobody's name."""
        user = self._store.user_by_key(rules.name_key(name))
        if user is None:
            return None
        password = rules.tidy_password(password)
        reason = rules.judge_password(password, user.name)
        if reason is not None:
            return reason
        hashed = self._passwords.hash_now(password)
        self._store.change_user(user.user_id, {"password_hash": hashed})
        self._store.end_sessions_of(user.user_id)
        return _user(user)

    def user(self, user_id: UserId) -> User | None:
        stored = self._store.user(user_id)
        return _user(stored) if stored else None

    def named(self, name: str) -> User | None:
        """The member with this name, however it is written."""
        stored = self._store.user_by_key(rules.name_key(name[: 4 * rules.NAME_MAX]))
        return _user(stored) if stored else None

    def members(self) -> tuple[User, ...]:
        """Everybody but the guests, oldest first."""
        return tuple(map(_user, self._store.members()))

    def _sign_in(self, user: StoredUser) -> SignedIn:
        if self._outside.steady_ns() >= self._forget_from_ns:
            self._forget_from_ns = self._outside.steady_ns() + _FORGET_EVERY_NS
            self.forget_ended_sessions()
        token = new_token(self._outside.secret_bytes)
        digest = token_digest(token)
        assert digest is not None
        self._store.add_session(digest, user.user_id, self._outside.wall_ns())
        return SignedIn(_user(user), token)

    def _forget(self, role: Role, lifetime: Lifetime) -> int:
        now = self._outside.wall_ns()
        return self._store.drop_sessions(
            role.value,
            used_before_ns=now - lifetime.idle_ns,
            made_before_ns=now - lifetime.absolute_ns,
        )


def _user(stored: StoredUser) -> User:
    return User(
        user_id=UserId(stored.user_id),
        name=stored.name,
        role=Role(stored.role),
        language=stored.language,
        theme=stored.theme,
        updown=stored.updown,
        created_at_ns=AtNs(stored.created_at_ns),
    )
