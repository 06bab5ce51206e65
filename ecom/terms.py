"""Names that stand in the data in English and are shown in the reader's language.

Everything else in a cell (product names, campaign names, regions as exported) is shown as it is.
"""

from __future__ import annotations

from ecom.text import Text, message

TERMS: tuple[Text, ...] = (
    # channels (ecom.channels)
    message("Direct"),
    message("Cross-network"),
    message("AI Assistants"),
    message("Paid Shopping"),
    message("Paid Search"),
    message("Paid Social"),
    message("Paid Video"),
    message("Display"),
    message("Paid Other"),
    message("Organic Shopping"),
    message("Organic Social"),
    message("Organic Video"),
    message("Organic Search"),
    message("Email"),
    message("Affiliates"),
    message("Referral"),
    message("Audio"),
    message("SMS"),
    message("Mobile Push"),
    message("Unassigned"),
    message("Other"),
    message("(none)"),
    # devices
    message("mobile"),
    message("desktop"),
    message("tablet"),
    message("app"),
    # order kinds and statuses
    message("sale"),
    message("return"),
    message("adjustment"),
    message("unpaid"),
    message("paid"),
    message("shipped"),
    message("completed"),
    message("cancelled"),
    message("refunded"),
    message("partially_refunded"),
    message("unknown"),
    # target levels
    message("results"),
    message("customers"),
    message("operations"),
)
