"""A template's address is one that Copier, uv and git can use, and holds no credential."""

from pathlib import Path

import pytest
from copier._vcs import get_repo

from generator.template_url import TemplateUrl

PLATFORM = "https://git.example.com/platform/generator.git"


@pytest.mark.parametrize(
    ("given", "recorded"),
    [
        (PLATFORM, PLATFORM),
        ("https://oauth2:TOKEN123@git.example.com/platform/generator.git", PLATFORM),
        ("https://TOKEN123@git.example.com/platform/generator.git", PLATFORM),
        ("git+https://x:y@git.example.com/platform/generator.git", PLATFORM),
        ("https://git.example.com:8443/a/b.git", "https://git.example.com:8443/a/b.git"),
        ("https://git.example.com/platform/generator", "git+https://git.example.com/platform/generator"),
        ("https://dev.example.com/o/p/_git/r", "git+https://dev.example.com/o/p/_git/r"),
        ("git@git.example.com:platform/generator.git", "ssh://git@git.example.com/platform/generator.git"),
        ("gitea@host:org/x", "git+ssh://gitea@host/org/x"),
        ("work:org/x.git", "ssh://work/org/x.git"),
        ("ssh://git:secret@host:2222/org/x.git", "ssh://git@host:2222/org/x.git"),
        ("ssh://host/x", "git+ssh://host/x"),
        ("git://host/x.git", "git://host/x.git"),
        ("file:///srv/templates", "/srv/templates"),
        ("/srv/templates", "/srv/templates"),
    ],
)  # fmt: skip
def test_an_address_is_recorded_in_one_spelling(given: str, recorded: str) -> None:
    url = TemplateUrl.parse(given)
    assert str(url) == recorded
    assert TemplateUrl.parse(str(url)) == url
    if url.is_remote:
        # Copier takes it for a repository, and what it hands to git has no prefix of ours.
        assert get_repo(str(url)) == recorded.removeprefix("git+")


def test_a_relative_path_is_meant_from_its_repository(tmp_path: Path) -> None:
    assert TemplateUrl.parse("../x", base=tmp_path / "a") == TemplateUrl(str(tmp_path / "x"))


def test_only_an_address_is_of_use_to_others() -> None:
    assert TemplateUrl.parse(PLATFORM).is_remote
    assert not TemplateUrl.parse("/srv/templates").is_remote
