"""stub"""


def doctor() -> None: ...
