from generator.verification.guard import survivors


def test_who_was_announced_and_not_taken_back_survives() -> None:
    assert survivors(["+1\n", "+22\n", "-1\n", "+3\n"]) == {22, 3}
