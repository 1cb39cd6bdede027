import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app.security import read_secret


def test_the_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    secret = read_secret(tmp_path / "var")
    assert len(secret) >= 32
    assert read_secret(tmp_path / "var") == secret
    assert stat.S_IMODE((tmp_path / "var" / "secret").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret"]


def test_two_installations_have_two_secrets(tmp_path: Path) -> None:
    assert read_secret(tmp_path / "a") != read_secret(tmp_path / "b")


def test_those_who_start_together_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        secrets = list(pool.map(lambda _: read_secret(tmp_path), range(64)))
    assert len(set(secrets)) == 1
