import pytest

from app.backend import answers


def test_nobody_there_means_no(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKEND_URL", "tcp://127.0.0.1:1")
    assert not answers()
