"""Who is a small or medium-sized enterprise: Commission Recommendation 2003/361/EC, Annex, Articles 2 and 6."""

HEADS_BELOW = 250
TURNOVER_UP_TO = 50.0
BALANCE_UP_TO = 43.0
"""Million EUR a year."""


def is_sme(heads: float | None, turnover: float | None, balance_sheet: float | None) -> bool | None:
    """Fewer than 250 heads, and turnover or balance sheet within its limit (one is enough); None: cannot be said yet.

    All figures are the whole enterprise's, partner and linked companies counted (Art. 6). Figures nobody asked for
    are taken to be within their limits, as they are for almost everybody who calls.
    """
    if heads is not None and heads >= HEADS_BELOW:
        return False
    over_turnover = turnover is not None and turnover > TURNOVER_UP_TO
    over_balance = balance_sheet is not None and balance_sheet > BALANCE_UP_TO
    if over_turnover and over_balance:
        return False
    if heads is None or (over_turnover and balance_sheet is None) or (over_balance and turnover is None):
        return None
    return True
