"""The counts of `make steady`."""

from tests.support.steady import Counts, table


def test_the_table_has_a_row_for_each_suite_and_load() -> None:
    counted = [
        Counts(suite="shared", load="alone", green=9, red=1, seconds=[10.0, 12.4]),
        Counts(suite="users-data", load="busy"),
    ]
    assert table(counted).splitlines() == [
        "suite         load     green   red  time",
        "shared        alone        9     1  10-12 s",
        "users-data    busy         0     0  -",
    ]
