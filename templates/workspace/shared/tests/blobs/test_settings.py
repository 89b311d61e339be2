"""What names no store, and a label that makes no sense, are refused."""

from __future__ import annotations

import pytest
from pydantic import SecretStr, ValidationError

from shared.blobs import Label
from tests.blobs.examples import settings_for


def test_without_a_url_it_is_the_redis_of_the_tasks() -> None:
    assert settings_for("redis://r/1", blob_store_url=None).blob_location == "redis://r/1"


@pytest.mark.parametrize("url", ["ftp://x", "file://host/x", "file:relative", "redis://"])
def test_a_url_that_names_no_store_is_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        settings_for("redis://r/1", blob_store_url=SecretStr(url))


def test_a_label_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="content type"):
        Label(content_type="jpeg\n")
    with pytest.raises(ValueError, match="second"):
        Label(content_type="image/jpeg", seconds=0)
