from generator.cli.log_format import LineFormat

MOMENT = "2026-11-30T18:20:01.123456Z"
LINE = (
    '{"http.response.status_code": 500, "level": "error", "logger": "access", "message": "GET /x",'
    ' "service.name": "api", "exception.stacktrace": "a\\nb", "timestamp": "now"}'
)


def test_into_a_pipe_lines_go_as_they_are_behind_their_service() -> None:
    shown = LineFormat(coloured=False)
    assert shown("users-api", MOMENT, [LINE, "plain"]) == f"users-api | {LINE}\nusers-api | plain\n"
    assert shown("data", MOMENT, ["x"]) == "data      | x\n"


def test_on_a_terminal_json_is_put_into_words_and_all_else_stays() -> None:
    shown = LineFormat(coloured=True)
    text = shown("api", MOMENT, [LINE])
    assert "18:20:01" in text
    assert "\x1b[31merror\x1b[0m GET /x \x1b[2mhttp.response.status_code=500\x1b[0m" in text
    assert text.endswith("\n    a\n    b\n")
    for other in ("{half", "[1]", '{"no": "message"}', "{}", "12"):
        assert shown("api", MOMENT, [other]).endswith(f"{other}\n")


def test_what_json_spells_is_obeyed_by_no_terminal() -> None:
    shown = LineFormat(coloured=True)
    text = shown(
        "api", MOMENT, ['{"message": "a\\u001b[2J", "x": "\\u009b1m\\u202e\\r", "y": "é"}']
    )
    assert text.endswith("a\ufffd[2J \x1b[2mx=\ufffd1m\ufffd\ufffd y=é\x1b[0m\n")
