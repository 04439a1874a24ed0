"""Settings: where they come from, and a sentence for every mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from simtrade.settings import Settings, SettingsError, settings_page

DOCS = Path(__file__).parents[2] / "docs" / "settings.md"


def mistake(environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as raised:
        Settings.load(environ)
    return str(raised.value)


def test_the_page_is_what_the_code_says() -> None:
    assert DOCS.read_text(encoding="utf-8") == settings_page()


def test_nothing_set_is_the_defaults_and_other_variables_are_not_ours() -> None:
    assert Settings.load({"HOME": "/", "SIMTRADES": "x"}) == Settings()


def test_each_type_is_read_from_a_variable() -> None:
    found = Settings.load(
        {
            "SIMTRADE_DATA": "/srv/x",
            "SIMTRADE_HOST": "0.0.0.0",
            "SIMTRADE_PORT": "0",
            "SIMTRADE_ALLOWED_HOSTS": "a.example, b.example,",
            "SIMTRADE_COOKIE_SECURE": "Yes",
            "SIMTRADE_CHROMIUM": "/usr/bin/true",
        }
    )
    assert found == Settings(
        data=Path("/srv/x"),
        host="0.0.0.0",
        port=0,
        allowed_hosts=("a.example", "b.example"),
        cookie_secure=True,
    )


def test_a_variable_wins_over_the_file_and_the_file_over_the_default(tmp_path: Path) -> None:
    text = 'port = 81\nlog_level = "debug"\nallowed_hosts = ["a"]\n'
    (tmp_path / "simtrade.toml").write_text(text, encoding="utf-8")
    found = Settings.load({"SIMTRADE_DATA": str(tmp_path), "SIMTRADE_PORT": "82"})
    assert (found.port, found.log_level, found.allowed_hosts) == (82, "debug", ("a",))


def test_a_named_file_may_move_the_data_and_the_one_in_the_data_may_not(tmp_path: Path) -> None:
    file = tmp_path / "simtrade.toml"
    file.write_text('data = "/srv/elsewhere"\n', encoding="utf-8")
    assert Settings.load({"SIMTRADE_CONFIG": str(file)}).data == Path("/srv/elsewhere")
    assert "cannot move it" in mistake({"SIMTRADE_DATA": str(tmp_path)})


@pytest.mark.parametrize(
    ("key", "text", "part"),
    [
        ("SIMTRADE_PROT", "1", "Did you mean SIMTRADE_PORT"),
        ("SIMTRADE_QQQQQQQQ", "1", "docs/settings.md lists all"),
        ("SIMTRADE_port", "1", "Unknown environment variable: SIMTRADE_port"),
        ("SIMTRADE_PORT", "x", "SIMTRADE_PORT: must be a whole number from 0 to 65535, not 'x'"),
        ("SIMTRADE_PORT", "65536", "from 0 to 65535, not 65536"),
        ("SIMTRADE_PORT", "-1", "from 0 to 65535, not -1"),
        ("SIMTRADE_PORT", "9" * 30, "from 0 to 65535"),
        ("SIMTRADE_HOST", "", "SIMTRADE_HOST: must be a text"),
        ("SIMTRADE_DATA", "", "SIMTRADE_DATA: must be the path of a folder"),
        ("SIMTRADE_COOKIE_SECURE", "maybe", "must be true or false, not 'maybe'"),
        ("SIMTRADE_LOG_LEVEL", "loud", "must be one of debug, info, warning, error"),
        ("SIMTRADE_CONFIG", "/no/such/file", "Cannot read the settings file /no/such/file"),
    ],
)
def test_a_wrong_variable_is_named(key: str, text: str, part: str) -> None:
    assert part in mistake({key: text})


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("prot = 1", "Did you mean port"),
        ('port = "1"', "port in"),
        ("port = true", "must be a whole number"),
        ("cookie_secure = 1", "must be true or false"),
        ("allowed_hosts = [1]", "must be a list of texts"),
        ("port = ", "is not TOML"),
    ],
)
def test_a_wrong_line_of_the_file_is_named(tmp_path: Path, text: str, part: str) -> None:
    (tmp_path / "simtrade.toml").write_text(text, encoding="utf-8")
    assert part in mistake({"SIMTRADE_DATA": str(tmp_path)})


def test_all_mistakes_are_told_at_once() -> None:
    told = mistake({"SIMTRADE_PORT": "x", "SIMTRADE_PROT": "1", "SIMTRADE_HOST": ""})
    assert len(told.splitlines()) == 3
