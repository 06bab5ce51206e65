"""What buyers say: a score from 0 to 10 some days after the parcel, sometimes with words."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ecom.demo.truth import Cause
from ecom.demo.world import ShopYears, World

ANSWERS = 0.10  # share of delivered orders
COMMENTS = 0.5  # share of answers with words
_HAPPY = (
    "光线很柔和，孩子写作业不刺眼", "包装仔细，物流很快", "声音很小，晚上开着也不吵",
    "已经回购第二个了", "客服耐心，问题当天解决", "Warm light, easy to set up.",
)  # fmt: skip
_FAIR = (
    "东西不错，就是价格略高",
    "说明书字太小",
    "发货慢了一天，其他都好",
    "Good lamp, short cable.",
)
_UNHAPPY = (
    "收到时外壳有划痕", "等了一周才发货", "和图片颜色有差别", "噪音比想象的大",
    "Stopped working after a week.",
)  # fmt: skip
_FAULT = ("按键用两天就失灵", "开关接触不良，只能退货", "充电口松动，退款了")


def feedback(shop: ShopYears, world: World) -> pd.DataFrame:
    """Draw the answers of one shop.

    Returns
    -------
    DataFrame, one row per answer, by date
        date, channel (code), order_id, family (code of the product), score, comment (or None).
    """
    timeline, catalogue = world.timeline, world.catalogue
    rng = timeline.rng("feedback", shop.storefront.shop.shop_id)
    orders = shop.sales.orders
    lines = shop.sales.lines.drop_duplicates("order").set_index("order")
    done = orders["completed_at"].notna().to_numpy()
    asked = np.flatnonzero(done & (rng.random(len(orders)) < ANSWERS))
    date = orders["completed_at"].to_numpy()[asked].astype("datetime64[D]")
    date = date + rng.integers(0, 5, len(asked)).astype("timedelta64[D]")
    in_time = date <= timeline.dates[-1]
    asked, date = asked[in_time], date[in_time]

    sent_back = orders["refunded"].to_numpy()[asked] > 0
    pleased = rng.choice([10, 9, 8, 7, 6, 5, 3, 1, 0], len(asked),
                         p=[0.36, 0.22, 0.15, 0.11, 0.06, 0.04, 0.03, 0.02, 0.01])  # fmt: skip
    cross = rng.choice([8, 6, 4, 2, 1, 0], len(asked), p=[0.1, 0.2, 0.2, 0.2, 0.15, 0.15])
    score = np.where(sent_back, cross, pleased)
    sku = lines.loc[asked, "sku"].to_numpy()
    faulty = [a.subject for a in world.truth.anomalies if a.cause is Cause.REFUND_WAVE]
    broke = sent_back & np.isin(np.array(catalogue.skus)[sku], faulty)

    comments = np.full(len(asked), None, dtype=object)
    said = rng.random(len(asked)) < COMMENTS
    happy, fair, unhappy = score >= 9, (score >= 7) & (score < 9), score < 7
    groups = ((happy, _HAPPY), (fair, _FAIR), (unhappy & ~broke, _UNHAPPY), (broke, _FAULT))
    for chosen, words in groups:
        spoken = chosen & said
        comments[spoken] = rng.choice(np.array(words, dtype=object), int(spoken.sum()))
    voices = pd.DataFrame(
        {
            "date": date,
            "channel": orders["channel"].to_numpy()[asked],
            "order_id": orders["order_id"].to_numpy()[asked],
            "family": catalogue.family_codes[sku],
            "score": score,
            "comment": comments,
        }
    )
    return voices.sort_values(["date", "order_id"], ignore_index=True)
