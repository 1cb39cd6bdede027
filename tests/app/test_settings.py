import dataclasses
from pathlib import Path

import pytest

from app.errors import BadSetting
from app.settings import PREFIX, SETTINGS, Settings

README = (Path(__file__).parents[2] / "README.md").read_text()


def test_defaults_need_neither_database_nor_secret() -> None:
    settings = Settings.from_env({})
    assert settings.doors == ("public",)
    assert settings.database_url == "sqlite:///var/ledger.sqlite"
    assert settings.tiles_url is None
    assert not any("secret" in field.name for field in dataclasses.fields(settings))


def test_the_ledger_lies_in_the_data_folder() -> None:
    assert Settings.from_env({"BEARING_DATA_DIR": "/srv/x"}).database_url == "sqlite:////srv/x/ledger.sqlite"


def test_an_empty_variable_is_not_set() -> None:
    assert Settings.from_env({"BEARING_WORKERS": " "}) == Settings.from_env({})


def test_settings_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings.from_env({}).workers = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("BEARING_WORKERS", "many"),
        ("BEARING_WORKERS", "0"),
        ("BEARING_WORKERS", "-1"),
        ("BEARING_WORKERS", "٣"),
        ("BEARING_THREADS", "100000"),
        ("BEARING_PROXIES", "all"),
        ("BEARING_CACHE_SECONDS", "1.5"),
        ("BEARING_KEEP_EDITIONS", "0"),
        ("BEARING_DOORS", "desk"),
        ("BEARING_DOORS", ","),
        ("BEARING_LOG_READERS", "true"),
        ("BEARING_PUBLIC_URL", "map.example.org"),
        ("BEARING_PUBLIC_URL", "ftp://map.example.org"),
        ("BEARING_PUBLIC_URL", "https://map.example.org/sub"),
        ("BEARING_PUBLIC_URL", "https://user:pass@map.example.org"),
        ("BEARING_PUBLIC_URL", "https://map.example.org?x"),
        ("BEARING_PUBLIC_URL", "https://map.example.org:port"),
        ("BEARING_PUBLIC_URL", "https://"),
        ("BEARING_TRUSTED_HOSTS", "https://map.example.org"),
        ("BEARING_TRUSTED_HOSTS", "map.example.org:8000"),
        ("BEARING_TRUSTED_HOSTS", "*"),
        ("BEARING_TILES_URL", "http://tile.example.org/{z}/{x}/{y}.png"),
        ("BEARING_TILES_URL", "https://tile.example.org/{z}/{x}.png"),
        ("BEARING_TILES_URL", "https://tile.example.org; script-src *//{z}/{x}/{y}.png"),
        ("BEARING_TILES_URL", "https://a b/{z}/{x}/{y}.png"),
        ("BEARING_DATABASE_URL", "sqlite://"),
        ("BEARING_DATABASE_URL", "sqlite:///"),
        ("BEARING_DATABASE_URL", "sqlite:///:memory:"),
        ("BEARING_DATABASE_URL", "sqlite:///file:ledger?mode=memory&uri=true"),
    ],
)
def test_a_bad_value_names_its_variable(variable: str, value: str) -> None:
    with pytest.raises(BadSetting) as caught:
        Settings.from_env({variable: value, "BEARING_TILES_ATTRIBUTION": "somebody"})
    assert caught.value.variable == variable
    assert str(caught.value).startswith(f"{variable}: must ")


def test_a_bad_value_is_not_repeated() -> None:
    with pytest.raises(BadSetting) as caught:
        Settings.from_env({"BEARING_PUBLIC_URL": "https://user:hunter2@map.example.org"})
    assert "hunter2" not in str(caught.value)


def test_tiles_need_somebody_to_name() -> None:
    with pytest.raises(BadSetting, match="BEARING_TILES_ATTRIBUTION"):
        Settings.from_env({"BEARING_TILES_URL": "https://{s}.tile.example.org/{z}/{x}/{y}.png"})


def test_the_public_address_is_trusted_and_so_is_this_machine() -> None:
    settings = Settings.from_env({"BEARING_PUBLIC_URL": "https://Map.Example.org:8443/"})
    assert settings.public_url == "https://map.example.org:8443"
    assert settings.trusted_hosts == ("map.example.org", "localhost", "127.0.0.1", "[::1]")
    assert Settings.from_env({"BEARING_PUBLIC_URL": "http://[::1]:8000"}).trusted_hosts[0] == "[::1]"


def test_trusted_hosts_that_are_given_are_all() -> None:
    assert Settings.from_env({"BEARING_TRUSTED_HOSTS": "a.org, .b.org"}).trusted_hosts == ("a.org", ".b.org")


def test_the_ledgers_password_is_neither_shown_nor_passed_to_the_public_door() -> None:
    settings = Settings.from_env({"BEARING_DATABASE_URL": "postgresql+psycopg://u:hunter2@db/x"})
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in settings.without_ledger().database_url


def test_each_setting_stands_in_the_readme_with_its_default() -> None:
    table = [line for line in README.splitlines() if line.startswith("| `" + PREFIX)]
    for row in SETTINGS:
        (line,) = [line for line in table if line.startswith(f"| `{row.variable}` |")] or [""]
        assert line, f"README.md does not list {row.variable}"
        assert row.default in line, f"README.md gives another default of {row.variable} than {row.default!r}"
        assert row.sentence.rstrip(".") in line, f"README.md explains {row.variable} otherwise: {row.sentence}"
    assert len(table) == len(SETTINGS), "README.md lists a setting that there is not"
