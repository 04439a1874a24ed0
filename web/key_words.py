"""What the keys page says: why no key was made, what a key may do, how it stands."""

from __future__ import annotations

from collections.abc import Mapping

from simtrade.people.api_keys import KEYS_PER_PERSON, NAME_MAX, ApiKey, KeyReason, KeyScope
from web.i18n import N_, Language, translate

KEY_REASONS: Mapping[str, str] = {
    "key_name_too_long": N_("That name is too long: at most {letters} characters."),
    "key_name_not_allowed": N_("That name holds characters that cannot be shown."),
    "key_days_outside": N_("Choose one of these."),
    "key_made_already": N_(
        "This form has made a key before, and its secret was shown then. If you have not kept it, "
        "revoke that key and make another one."
    ),
    "too_many_keys": N_("You have {keys} keys that work, which is the most. Revoke one first."),
}
LIFETIMES: Mapping[str, tuple[int | None, str]] = {
    "30": (30, N_("30 days")),
    "90": (90, N_("90 days")),
    "366": (366, N_("a year (366 days)")),
    "never": (None, N_("until I revoke it")),
}
USUAL_LIFETIME = "90"
_SCOPES: Mapping[KeyScope, str] = {
    KeyScope.TRADE: N_("trade"),
    KeyScope.CLOCK: N_("turn the clock"),
}


def key_sentence(reason: KeyReason, language: Language) -> str:
    """Why no key was made."""
    text = translate(KEY_REASONS[reason.code], language)
    return text.format(letters=NAME_MAX, keys=KEYS_PER_PERSON)


def rights(key: ApiKey, language: Language) -> str:
    """What a key may do, as a list in words; reading is always part of it."""
    words = [N_("read"), *(name for scope, name in _SCOPES.items() if scope in key.scopes)]
    return ("、" if language == "zh" else ", ").join(translate(one, language) for one in words)


def standing(key: ApiKey, now_ns: int) -> str:
    """``living``, ``expired`` or ``revoked``: what ended a key first counts."""
    if key.alive(now_ns):
        return "living"
    ended, revoked = key.expires_at_ns, key.revoked_at_ns
    if revoked is None or (ended is not None and ended <= revoked):
        return "expired"
    return "revoked"
