"""The proof of PostgreSQL's login is the standard's, and a false server is found out."""

import base64

import pytest

from generator.backing.postgres.authentication import AuthenticationError, Scram

# The example of RFC 7677, section 3; PostgreSQL leaves the user's name out of the conversation.
NONCE = "rOprNGfwEbeRWgbNEkqO"
CHALLENGE = (
    b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
)
PROOF = (
    b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
    b"p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
)
FINAL = b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="


@pytest.fixture
def conversation() -> Scram:
    scram = Scram("pencil")
    scram._nonce, scram._bare = NONCE, f"n=user,r={NONCE}"
    return scram


def test_the_example_of_the_standard(conversation: Scram) -> None:
    assert conversation.proof(CHALLENGE) == PROOF
    conversation.check(FINAL)


def test_a_server_that_does_not_know_the_password_is_found_out(conversation: Scram) -> None:
    conversation.proof(CHALLENGE)
    with pytest.raises(AuthenticationError, match="does not know the password"):
        conversation.check(b"v=" + base64.b64encode(b"x" * 32))


def test_an_answer_to_somebody_else_is_refused(conversation: Scram) -> None:
    with pytest.raises(AuthenticationError, match="another conversation"):
        conversation.proof(CHALLENGE.replace(b"r=rOpr", b"r=rXpr"))


def test_nothing_but_scram_sha_256_is_spoken() -> None:
    scram = Scram("pencil")
    assert scram.first(b"SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0").startswith(b"SCRAM-SHA-256\0")
    with pytest.raises(AuthenticationError, match="no SCRAM-SHA-256"):
        scram.first(b"SCRAM-SHA-1\0\0")


def test_two_conversations_have_two_nonces() -> None:
    mechanisms = b"SCRAM-SHA-256\0\0"
    assert Scram("pencil").first(mechanisms) != Scram("pencil").first(mechanisms)
