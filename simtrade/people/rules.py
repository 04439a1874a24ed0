"""Which names and passwords are allowed.  Pure text in, a reason or the usable text out."""

from __future__ import annotations

import unicodedata

from simtrade.people.model import PersonReason

NAME_MIN = 2
NAME_MAX = 32
PASSWORD_MIN = 8
PASSWORD_MAX = 1024

_PUNCTUATION = "_-."
_LETTERS = ("Lu", "Ll", "Lt", "Lo")
# Iteration and length marks without which Chinese and Japanese names cannot be written.
_MARKS = "々ー"
# Letters by category that are drawn as nothing.
_INVISIBLE = "\u115f\u1160\u3164\uffa0"
# Alphabets with letters that look the same; one name may use one of them.
_ALIKE = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")
# Names that would pass for the operator's voice; the command line may still give them.
_RESERVED = frozenset(
    """
    admin administrator guest moderator official root simtrade staff support system
    管理员 官方 客服 系统
    """.split()  # noqa: SIM905 - a list of words is read as words
)
# The most used passwords that pass the length rule; case makes no difference.
_COMMON = frozenset(
    """
    00000000 0123456789 0987654321 11111111 1111111111 11223344 12121212 123123123 12341234
    12344321 12345678 123456789 1234567890 123456789a 12345678910 123456abc 123456qwerty
    1234abcd 123qweasd 147258369 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 22222222 3rjs1la7qe 55555555
    5201314520 66666666 741852963 77777777 789456123 87654321 88888888 987654321 99999999
    a1234567 a12345678 a123456789 aa123456 aa12345678 abc12345 abc123456 abcd1234 abcdefgh
    access14 administrator asd123456 asdasdasd asdfasdf asdfghjk asdfghjkl baseball changeme
    computer corvette dearbook dragon123 facebook football iloveyou internet jennifer letmein1
    liverpool michelle monkey123 mustang1 p@ssw0rd p@ssword passw0rd password password1
    password12 password123 password1234 pokemon1 princess q1w2e3r4 q1w2e3r4t5 qazwsxedc qq123456
    qwe123456 qwer1234 qwerty12 qwerty123 qwerty1234 qwertyui qwertyuiop simtrade starwars
    sunshine superman trustno1 victoria welcome1 whatever woaini1314 woaini520 xiaoming
    zaq12wsx zhang123 zxcvbnm1 zxcvbnm123
    """.split()  # noqa: SIM905 - likewise
)


def tidy_name(text: str) -> str:
    """The name as it is kept: NFKC, so that full-width letters are ordinary ones, no blanks
    around it."""
    return unicodedata.normalize("NFKC", text).strip()


def name_key(name: str) -> str:
    """Two names are the same person's when their keys are equal: case makes no difference."""
    return unicodedata.normalize("NFKC", tidy_name(name).casefold())


def tidy_password(text: str) -> str:
    """NFKC, so that another keyboard or input method types the same password."""
    return unicodedata.normalize("NFKC", text)


def judge_name(name: str, *, reserved_too: bool = False) -> PersonReason | None:
    """Why a tidy name is refused; None when it is allowed.

    ``reserved_too`` allows the operator's own names (for the command line).
    """
    if not name:
        return PersonReason.NAME_EMPTY
    if len(name) > NAME_MAX:
        return PersonReason.NAME_TOO_LONG
    if not all(map(_allowed, name)) or name[0] in _PUNCTUATION or _mixes_alphabets(name):
        return PersonReason.NAME_NOT_ALLOWED
    if len(name) < NAME_MIN:
        return PersonReason.NAME_TOO_SHORT
    if name_key(name) in _RESERVED and not reserved_too:
        return PersonReason.NAME_NOT_ALLOWED
    return None


def judge_password(password: str, name: str) -> PersonReason | None:
    """Why a tidy password is refused for this name; None when it is allowed."""
    if len(password) < PASSWORD_MIN:
        return PersonReason.PASSWORD_TOO_SHORT
    if len(password) > PASSWORD_MAX:
        return PersonReason.PASSWORD_TOO_LONG
    key = name_key(password)
    if key in _COMMON or key == name_key(name) or len(frozenset(key)) == 1:
        return PersonReason.PASSWORD_TOO_COMMON
    return None


def _allowed(letter: str) -> bool:
    if letter in _PUNCTUATION or letter in _MARKS:
        return True
    if letter.isascii() and letter.isdigit():
        return True
    return unicodedata.category(letter) in _LETTERS and letter not in _INVISIBLE


def _mixes_alphabets(name: str) -> bool:
    words = (unicodedata.name(letter, "").split(" ")[0] for letter in name)
    return len({word for word in words if word in _ALIKE}) > 1
