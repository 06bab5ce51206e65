"""The two tables that sort sources: channels of visits, kinds of the names in exports."""

from __future__ import annotations

from ecom.analysis.channel_rules import try_kinds, try_rules
from ecom.channels import DEFAULT_RULES, EXPORTED_RULES
from ecom.text import message
from ecom.ui import rule_table
from ecom.ui.frame import View
from ecom.ui.rule_table import RuleTable

VISITS = RuleTable(
    setting="channel_rules",
    usual=DEFAULT_RULES,
    title=message("Channels of visits"),
    how=message(
        "The first line that matches names a visit's channel; all of its cells must match. "
        "An empty cell lets everything pass, a comma stands between alternatives, * for "
        "anything, (none) for nothing, @search for a list. Lines are tried by number; 2.5 "
        "moves one between 2 and 3. Visits whose export names a channel keep it."
    ),
    columns={
        "channel": (message("Channel"), None),
        "source": (
            message("Source"),
            message("Tag utm_source, else the host of the page before, else (direct)."),
        ),
        "medium": (
            message("Medium"),
            message("Tag utm_medium; (referrer) where only a host is told."),
        ),
        "campaign": (message("Campaign tag"), message("Tag utm_campaign.")),
        "click": (
            message("Click id"),
            message("Name of a click id in the link, such as gclid."),
        ),
    },
    shows_lists=True,
    save=message("Save channels"),
    saving=message("Visits are counted anew"),
    saved=message("Saved. Past visits have the channels of these rules."),
    tried=try_rules,
    tried_title=message("Origins of visits"),
)
KINDS = RuleTable(
    setting="kind_rules",
    usual=EXPORTED_RULES,
    title=message("Kinds of sources in exports"),
    how=message(
        "Back offices name channels in their own words. The first line that matches such a name "
        "says what kind of source it is; a name that no line matches is a kind of its own. A comma "
        "stands between alternatives, * for anything. Lines are tried by number; 2.5 moves one "
        "between 2 and 3. The kinds {ads} and {affiliates} cost money, as do the paid channels of "
        "visits. The names themselves stay as exported.",
        ads=message("Platform ads"),
        affiliates=message("Affiliates"),
    ),
    columns={
        "channel": (message("Kind of source"), None),
        "source": (
            message("Name in exports"),
            message("As the export writes it, such as *搜索*, *search*; capitals don't matter."),
        ),
    },
    shows_lists=False,
    save=message("Save kinds"),
    saving=message("Saving"),
    saved=message("Saved. All pages sort past and new days by these kinds."),
    tried=try_kinds,
    tried_title=message("Names of channels"),
)


def channel_rules(view: View) -> None:
    """The rules that name the channels of visits."""
    rule_table.show(view, VISITS)


def kind_rules(view: View) -> None:
    """The rules that name the kinds of channels that exports name."""
    rule_table.show(view, KINDS)
