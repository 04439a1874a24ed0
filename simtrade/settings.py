"""What an operator can set: SIMTRADE_* environment variables over one TOML file over defaults.

The TOML file is the one SIMTRADE_CONFIG names, else ``simtrade.toml`` in the data folder if it is
there.  A key of the file is the name of a field below; a variable is SIMTRADE_ and that name in
capitals.  docs/settings.md is written by ``settings_page`` and a test keeps it so.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import Field, dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, cast

from matching.scope import Scope
from simtrade.mistakes import Mistake

PREFIX = "SIMTRADE_"
CONFIG_VARIABLE = "SIMTRADE_CONFIG"
CONFIG_NAME = "simtrade.toml"
# Read by docs/tools/browser.sh and the browser tests, hence never a field.
OTHER_VARIABLES = (CONFIG_VARIABLE, "SIMTRADE_CHROMIUM")

AWAKE_PER_PERSON = 8  # practice markets

LOG_LEVELS = ("debug", "info", "warning", "error")

_YES = ("1", "true", "yes", "on")
_NO = ("0", "false", "no", "off")


class SettingsError(Mistake):
    """The operator's mistake; the message is one sentence or one line per mistake."""


def _about(sentence: str, **limits: object) -> Mapping[str, object]:
    """``low`` and ``high`` bound a whole number, both included; ``choices`` lists the words."""
    return {"sentence": sentence, **limits}


def _secret(sentence: str) -> Mapping[str, object]:
    """Of a value that is never shown, not even when it is wrong."""
    return _about(sentence, secret=True)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings of one process.  Durations and limits have their unit in the name."""

    data: Path = field(
        default=Path("var"),
        metadata=_about("Folder of the databases, tapes and backups; made when it is missing."),
    )
    host: str = field(default="127.0.0.1", metadata=_about("Address that the server listens on."))
    port: int = field(
        default=8000,
        metadata=_about("Port that the server listens on; 0 takes a free one.", low=0, high=65535),
    )
    allowed_hosts: tuple[str, ...] = field(
        default=("127.0.0.1", "localhost", "[::1]"),
        metadata=_about("Names that the site is reached under; any other Host is refused."),
    )
    allowed_origins: tuple[str, ...] = field(
        default=(),
        metadata=_about("Further origins (https://name) that may send forms and open websockets."),
    )
    cookie_secure: bool = field(
        default=False,
        metadata=_about(
            "Send the session cookie over HTTPS only; set it whenever HTTPS is in front."
        ),
    )
    log_level: str = field(
        default="info",
        metadata=_about("Least serious log line that is written.", choices=LOG_LEVELS),
    )
    floor_seed: int = field(
        default=0,
        metadata=_about(
            "Seed of the shared floor's generated market when it first begins; 0 draws one, "
            "so that nobody can work out its prices beforehand.",
            low=0,
            high=2**31 - 1,
        ),
    )
    floor_scope: str = field(
        default=Scope.ACCOUNT.value,
        metadata=_about(
            "Who shares the shared floor's displayed size when it first begins: account (nobody), "
            "pool (all its members), exchange (they also trade with each other: for learning "
            "together, never where something can be won).",
            choices=tuple(one.value for one in Scope),
        ),
    )
    api_requests_per_minute: int = field(
        default=200,
        metadata=_about(
            "Requests that one API key may make in a minute; more are answered with 429.",
            low=1,
            high=1_000_000,
        ),
    )
    mcp_order_permille: int = field(
        default=200,
        metadata=_about(
            "The most that one order placed by an agent (MCP) may be worth, in thousandths of the "
            "account's equity; 0: agents place no orders.",
            low=0,
            high=1_000,
        ),
    )
    api_live_data: bool = field(
        default=False,
        metadata=_about(
            "Let programs read the market data of live markets. Vendors' licences seldom allow "
            "to pass it on: ask yours before.",
        ),
    )
    awake_per_person: int = field(
        default=AWAKE_PER_PERSON,
        metadata=_about(
            "Practice markets of one person whose time may run at once; of more the one that was "
            "longest not used is paused.",
            low=1,
            high=1_000,
        ),
    )
    latency: bool = field(
        default=True,
        metadata=_about(
            "Let orders, cancels and changes of standard and strict accounts take the time that "
            "they take to a real exchange: 80 milliseconds in the middle, a second at most."
        ),
    )
    live: tuple[str, ...] = field(
        default=(),
        metadata=_about(
            "Live market feeds, each NAME=CONNECTOR SYMBOL SYMBOL, as coins=binance BTCUSDT; see "
            "docs/live.md. Practice markets can be opened on them, and they are recorded."
        ),
    )
    floor_feed: str = field(
        default="",
        metadata=_about(
            "Live feed that the shared floor runs on when it first begins, as live:coins; "
            "none: the invented market."
        ),
    )
    alpaca_key: str = field(default="", repr=False, metadata=_secret("Key id of Alpaca's data."))
    alpaca_secret: str = field(
        default="", repr=False, metadata=_secret("Secret that belongs to alpaca_key.")
    )
    finnhub_key: str = field(default="", repr=False, metadata=_secret("Key of Finnhub's data."))
    polygon_key: str = field(default="", repr=False, metadata=_secret("Key of Polygon's data."))
    guest_idle_days: int = field(
        default=90,
        metadata=_about(
            "A guest has no password: when the session ends his practice is lost, so it is long.",
            low=1,
            high=400,
        ),
    )
    guest_absolute_days: int = field(
        default=400,
        metadata=_about(
            "A guest's session ends after this even in daily use; browsers keep no cookie longer.",
            low=1,
            high=400,
        ),
    )
    learner_idle_days: int = field(
        default=14,
        metadata=_about(
            "A learner comes back every few days and risks no real money, hence two weeks; "
            "lower it on shared computers.",
            low=1,
            high=400,
        ),
    )
    learner_absolute_days: int = field(
        default=90,
        metadata=_about(
            "A learner signs in again after this, however often he came.", low=1, high=400
        ),
    )
    staff_idle_minutes: int = field(
        default=60,
        metadata=_about(
            "Educators, branch operators, compliance and admins see other people's data, "
            "so a forgotten screen closes soon.",
            low=1,
            high=1440,
        ),
    )
    staff_absolute_hours: int = field(
        default=12,
        metadata=_about("Staff sign in again after this: once a working day.", low=1, high=720),
    )
    login_tries_per_minute: int = field(
        default=10,
        metadata=_about("Sign-in attempts per name and address in any minute.", low=1, high=1000),
    )

    import_most_refused: int = field(
        default=10_000,
        metadata=_about(
            "An import of market data stops when more lines than this are refused: it is "
            "probably told the wrong format.",
            low=0,
            high=10**9,
        ),
    )
    import_most_ratio: int = field(
        default=200,
        metadata=_about(
            "A packed file that grows beyond 64 MiB may become this many times as large, "
            "before an import takes it for a decompression bomb.",
            low=2,
            high=100_000,
        ),
    )
    import_most_gigabytes: int = field(
        default=100,
        metadata=_about(
            "The most that an import reads of one file after unpacking, in GiB.",
            low=1,
            high=100_000,
        ),
    )

    @classmethod
    def load(cls, environ: Mapping[str, str], config: Path | None = None) -> Settings:
        """Settings of these variables and this file (default: where the module says).

        Raises SettingsError naming every unknown name, wrong type and number out of range.
        """
        known = {one.name: one for one in fields(cls)}
        problems: list[str] = []
        values: dict[str, object] = {}
        given = {key: text for key, text in environ.items() if key.startswith(PREFIX)}
        for key, text in given.items():
            name = key.removeprefix(PREFIX).lower()
            if key in OTHER_VARIABLES:
                continue
            if name not in known or key != variable(name):
                names = [*map(variable, known), *OTHER_VARIABLES]
                problems.append(_unknown("environment variable", key, names))
            else:
                _keep(values, problems, known[name], key, _from_text(known[name], text))
        data = cast(Path, values.get("data", cls.data))
        path = config or _config_path(given, data)
        for name, value in (_read_toml(path) if path else {}).items():
            if name not in known:
                problems.append(_unknown(f"setting in {path}", name, known))
            elif name == "data" and path == data / CONFIG_NAME:
                problems.append(f"data in {path}: the file in the data folder cannot move it.")
            elif name not in values:
                _keep(values, problems, known[name], f"{name} in {path}", _from_toml(value))
        if problems:
            raise SettingsError("\n".join(problems))
        return cls(**cast(dict[str, Any], values))


def variable(name: str) -> str:
    """The environment variable of a field."""
    return PREFIX + name.upper()


def settings_page() -> str:
    """docs/settings.md, whole."""
    rows = [
        f"| `{one.name}` | `{variable(one.name)}` | {_kind_text(one)} | {_default_text(one)} "
        f"| {one.metadata['sentence']} |"
        for one in fields(Settings)
    ]
    return "\n".join(
        [
            "# Settings",
            "",
            "A setting is an environment variable or a key of one TOML file; the variable wins.",
            f"The file is the one `{CONFIG_VARIABLE}` names, else `{CONFIG_NAME}` in the data",
            "folder. An unknown name or a value out of range stops the start with a sentence.",
            "Lists are comma-separated in a variable and arrays in the file.",
            "",
            "| key | variable | type | default | meaning |",
            "|---|---|---|---|---|",
            *rows,
            "",
            "`SIMTRADE_CHROMIUM` names the Chromium that the browser tests use.",
            "",
        ]
    )


def _config_path(environ: Mapping[str, str], data: Path) -> Path | None:
    named = environ.get(CONFIG_VARIABLE)
    if named:
        return Path(named).expanduser()
    usual = data / CONFIG_NAME
    return usual if usual.is_file() else None


def _read_toml(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"Cannot read the settings file {path}: {error.strerror}.") from error
    except ValueError as error:
        raise SettingsError(f"The settings file {path} is not TOML: {error}.") from error


def _keep(
    values: dict[str, object], problems: list[str], one: Field[Any], where: str, value: object
) -> None:
    fault = _fault(one, value)
    if fault:
        given = "" if one.metadata.get("secret") else f", not {value!r}"
        problems.append(f"{where}: {fault}{given}.")
    else:
        values[one.name] = Path(value).expanduser() if isinstance(one.default, Path) else value  # type: ignore[arg-type]


def _from_text(one: Field[Any], text: str) -> object:
    """The text as the field's type, or the text itself when it is none (a fault later)."""
    kind: object = type(one.default)
    if kind is bool:
        word = text.strip().lower()
        return True if word in _YES else False if word in _NO else text
    if kind is int:
        digits = text.strip().removeprefix("-")
        return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 19 else text
    if kind is tuple:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return text


def _from_toml(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _fault(one: Field[Any], value: object) -> str:
    """What the value should have been; empty when it is right."""
    kind: object = type(one.default)
    if isinstance(one.default, Path):
        return "" if isinstance(value, str) and value else "must be the path of a folder"
    if type(value) is not kind:
        return f"must be {_kind_text(one)}"
    if isinstance(value, tuple) and not all(isinstance(part, str) for part in value):
        return f"must be {_kind_text(one)}"
    limits = one.metadata
    if "low" in limits and not limits["low"] <= value <= limits["high"]:
        return f"must be {_kind_text(one)}"
    if "choices" in limits and value not in limits["choices"]:
        return f"must be {_kind_text(one)}"
    return "" if value != "" else "must be a text of one letter at least"


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), n=3, cutoff=0.7)
    hint = f" Did you mean {' or '.join(near)}?" if near else " docs/settings.md lists all."
    return f"Unknown {what}: {name}.{hint}"


def _kind_text(one: Field[Any]) -> str:
    limits = one.metadata
    if "choices" in limits:
        return "one of " + ", ".join(limits["choices"])
    if "low" in limits:
        return f"a whole number from {limits['low']} to {limits['high']}"
    names = {bool: "true or false", int: "a whole number", tuple: "a list of texts", str: "a text"}
    return names.get(type(one.default), "a folder")


def _default_text(one: Field[Any]) -> str:
    default: object = one.default
    if isinstance(default, tuple):
        return f"`{','.join(default)}`" if default else "none"
    if default == "":
        return "none"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default}`"
