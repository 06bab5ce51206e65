"""The row account in words."""

from __future__ import annotations

from ecom.store import RowAccount
from ecom.text import Text, message


def equation(account: RowAccount) -> Text:
    """The row account as a sum that anyone can check."""
    return message(
        "{read} rows read = {new} new + {changed} changed + {unchanged} unchanged + "
        "{rejected} rejected + {totals} totals",
        read=account.read,
        new=account.new,
        changed=account.changed,
        unchanged=account.unchanged,
        rejected=account.rejected,
        totals=account.totals,
    )
