"""The own site's page test: who saw which product page, with a difference that is known.

Buyers are not made more numerous. They are given to the better page more often than others are, by
just so much that it converts ``PAGE_TEST.lift`` better while both pages get equally many visitors:
everything else the demo writes stays as it is without the test.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ecom.demo.events import PURCHASE
from ecom.demo.timeline import Timeline
from ecom.demo.truth import PageTest

WINDOW_DAYS = 7  # an order so long after the first visit is the page's


def page_test(
    visits: pd.DataFrame, events: pd.DataFrame, timeline: Timeline, test: PageTest
) -> pd.DataFrame:
    """Assign the visitors of the test's days at the first page they see.

    Parameters
    ----------
    visits : frame of ``site_visits``.
    events : frame of ``site_events``.

    Returns
    -------
    DataFrame, one row per visitor, by time
        visitor, at (local time), variant.
    """
    rng = timeline.rng("page test")
    first, last = timeline.index(test.start), timeline.index(test.end)
    seen = visits[visits["day"].between(first, last)].drop_duplicates("visitor")
    at = events.groupby("visit")["at"].min()
    bought = visits.loc[visits["depth"] == PURCHASE, ["visitor", "day"]]
    later = bought.merge(seen[["visitor", "day"]], on="visitor", suffixes=("", "_seen"))
    in_time = later["day"].between(later["day_seen"], later["day_seen"] + WINDOW_DAYS - 1)
    buys = seen["visitor"].isin(later.loc[in_time, "visitor"]).to_numpy()
    share = buys.mean() if len(buys) else 0.0
    of_buyers = (1 + test.lift) / (2 + test.lift)
    of_others = (0.5 - of_buyers * share) / (1 - share) if share < 1 else 0.5
    is_new = rng.random(len(seen)) < np.where(buys, of_buyers, of_others)
    assigned = pd.DataFrame(
        {
            "visitor": seen["visitor"].to_numpy(),
            "at": at.reindex(seen.index).to_numpy(),
            "variant": np.where(is_new, test.variant, test.control),
        }
    )
    return assigned.sort_values("at", kind="stable", ignore_index=True)
