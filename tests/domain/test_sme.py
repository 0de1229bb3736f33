"""2003/361/EC: heads, and turnover or balance sheet."""

import pytest

from cyberwehr.domain.sme import is_sme


@pytest.mark.parametrize(
    ("heads", "turnover", "balance_sheet", "expected"),
    [
        (249, None, None, True),
        (250, None, None, False),
        (250, 1, 1, False),
        (249, 50, 44, True),
        (249, 50.1, 43, True),
        (249, 50.1, 43.1, False),
        (120, 61, 37, True),
        (180, 90, 60, False),
        (120, 61, None, None),
        (120, None, 60, None),
        (None, 2, 1, None),
        (None, 90, 60, False),
        (0, 0, 0, True),
    ],
)
def test_table(heads: float | None, turnover: float | None, balance_sheet: float | None, expected: bool | None) -> None:
    assert is_sme(heads, turnover, balance_sheet) is expected
