"""Verdicts on experiments: published figures, people whose money is known one by one, decisions."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import ttest_ind

from ecom.analysis.experiments import Experiment, report
from ecom.export.jsonable import to_jsonable
from ecom.i18n import LANGUAGES, Language
from ecom.model import Amount, Scope, Unit
from ecom.models.experiments.decide import Decision
from ecom.store import Batch, Shop, Store

Load = Callable[..., Batch]
SHOP = Shop("shop", "own", "The shop", "CNY", "UTC")
START = datetime(2026, 3, 2, 12)
ENGLISH = Language("en")


def result(variant: str, visitors: int, conversions: int, **more: Any) -> dict[str, Any]:
    return {
        "experiment": "page", "variant": variant, "visitors": visitors, "currency": "CNY",
        "conversions": conversions, **more,
    }  # fmt: skip


def judged(store: Store, load: Load, *rows: dict[str, Any]) -> Experiment:
    load(store, "experiment_results", list(rows), shop=SHOP)
    (found,) = report(store, Scope()).experiments
    return found


def said(experiment: Experiment) -> str:
    return ENGLISH.say(experiment.verdict)


def notes(experiment: Experiment) -> str:
    return " ".join(ENGLISH.say(notice.text) for notice in experiment.notices)


def cells(experiment: Experiment, place: int, *names: str) -> list[float]:
    return experiment.variants.frame.loc[place, list(names)].astype(float).tolist()


def test_the_published_test_stands_in_the_table(store: Store, load: Load, shared_dir: Path) -> None:
    case = json.loads((shared_dir / "cases" / "published.json").read_text())["ab"]["two_prop_z"]
    (base_buyers, base), (buyers, visitors) = case["a"], case["b"]
    found = judged(store, load, result("A", base, base_buyers), result("B", visitors, buyers))
    assert cells(found, 1, "p") == pytest.approx([case["p"]], abs=5e-8)
    assert cells(found, 1, "low", "high") == pytest.approx(case["newcombe_95"], abs=5e-7)
    assert cells(found, 1, "difference", "lift") == pytest.approx([0.005, 0.25])


def test_before_the_planned_size_only_an_early_look_decides(store: Store, load: Load) -> None:
    # 2 %, ± 10 %: z(.025) √(2 × .02 × .98) + z(.2) √(.02 × .98 + .022 × .978), squared, / .002².
    found = judged(store, load, result("A", 10_000, 200), result("B", 10_000, 250))
    assert found.planned_visitors == 78_039
    assert found.decision is Decision.RUN_ON
    assert said(found) == (
        "Run on: 10K of 78K planned visitors a variant, and nothing is proven yet."
    )
    assert "finds 10.0% more or fewer buyers in 80.0% of cases" in notes(found)


def test_at_the_planned_size_the_ordinary_test_decides(store: Store, load: Load) -> None:
    plan = {"planned_visitors": 10_000}
    found = judged(store, load, result("A", 10_000, 200, **plan), result("B", 10_000, 250, **plan))
    assert found.decision is Decision.SHIP
    assert said(found) == (
        "Ship “B”: 2.50% of its visitors buy, against 2.00% with “A” (+0.09 pp to +0.91 pp)."
    )
    assert "finds" not in notes(found)


@pytest.mark.parametrize(
    ("rows", "decision", "sentence"),
    [
        ([("A", 5000, 200), ("B", 5000, 400)], Decision.SHIP, "Ship “B” already"),
        ([("A", 5000, 400), ("B", 5000, 200)], Decision.KEEP_CONTROL, "Keep “A”: 8.00% of its"),
        ([("A", 60_000, 6000), ("B", 60_000, 6010)], Decision.KEEP_CONTROL, "no difference"),
        ([("A", 5000, 0), ("B", 5000, 3)], Decision.RUN_ON, "too few buyers yet to plan"),
        (
            [("A", 821_588, 8000), ("B", 815_482, 9000)],
            Decision.BROKEN_SPLIT,
            "Do not read it: 821.6K, 815.5K visitors are not the planned split",
        ),
        # 1 % more buyers is no ground to ship C, but B is.
        (
            [("A", 60_000, 6000), ("B", 60_000, 7000), ("C", 60_000, 6060)],
            Decision.SHIP,
            "Ship “B”: 11.7%",
        ),
    ],
)
def test_the_verdict_says_what_to_do(
    store: Store,
    load: Load,
    rows: list[tuple[str, int, int]],
    decision: Decision,
    sentence: str,
) -> None:
    found = judged(store, load, *(result(*row) for row in rows))
    assert found.decision is decision
    assert sentence in said(found)


def test_an_unequal_split_that_was_planned_is_sound(store: Store, load: Load) -> None:
    found = judged(
        store,
        load,
        result("A", 90_100, 1800, planned_share=9.0),
        result("B", 9_900, 200, planned_share=1.0),
    )
    assert not found.split.is_broken


def test_two_variants_are_held_to_more_than_one(store: Store, load: Load) -> None:
    # p = .0171 alone; of two tests the smaller counts twice.
    rows = [("A", 10_000, 200), ("B", 10_000, 250), ("C", 10_000, 205)]
    found = judged(store, load, *(result(*row) for row in rows))
    assert cells(found, 1, "p") == pytest.approx([2 * 0.0171258], abs=2e-7)
    alone = (0.000887, 0.009138)
    low, high = cells(found, 1, "low", "high")
    assert low < alone[0] < alone[1] < high


def test_a_harmed_guardrail_keeps_the_control(store: Store, load: Load) -> None:
    # 400 buyers at 100 ± 10 each, against 500 at 80 ± 10: a fifth less a buyer.
    def paid(variant: str, buyers: int, each: float) -> dict[str, Any]:
        squares = buyers * (each**2 + 100)
        return result(variant, 5000, buyers, revenue=buyers * each, revenue_squares=squares)

    found = judged(store, load, paid("A", 400, 100), paid("B", 500, 80))
    assert said(found) == "Keep “A”: “B” harms Revenue per buyer more than is put up with."
    guardrail = found.guardrails.frame.iloc[0]
    assert guardrail["base"] == Amount(pytest.approx(100), Unit.MONEY, "CNY")
    assert guardrail["value"] == Amount(pytest.approx(80), Unit.MONEY, "CNY")
    assert guardrail["low"] < -0.2 < guardrail["high"] < -0.15


@pytest.mark.parametrize(
    ("names", "control"),
    [(("B", "Control"), "Control"), (("新版", "对照组"), "对照组"), (("red", "blue"), "blue")],
)
def test_the_control_is_known_by_its_name(
    store: Store, load: Load, names: tuple[str, str], control: str
) -> None:
    found = judged(store, load, *(result(name, 1000, 50) for name in names))
    assert found.control == control == found.variants.frame["variant"].iloc[0]
    assert f"“{control}” is taken for the control." in notes(found)


# --- people one by one ---------------------------------------------------------------------------

People = dict[str, tuple[np.ndarray, np.ndarray]]


@pytest.fixture
def people() -> People:
    """What each customer paid before and in the experiment, by variant; most paid nothing."""
    draws = np.random.default_rng(11)
    made = {}
    for variant, count, chance in (("control", 400, 0.5), ("B", 420, 0.6)):
        taste = draws.gamma(4, 25, count).round()
        before = taste * (draws.random(count) < 0.6)
        made[variant] = (before, taste * (draws.random(count) < chance))
    return made


@pytest.fixture
def followed(store: Store, load: Load, people: People) -> Experiment:
    """The same people as customers: twenty of each variant come in on a day."""
    shown, orders = [], []
    for variant, (before, after) in people.items():
        for number, amounts in enumerate(zip(before, after, strict=True)):
            who, at = f"{variant}{number}", START + timedelta(days=number // 20)
            shown.append(
                {
                    "experiment": "price", "variant": variant, "unit": "customer",
                    "visitor_id": who, "customer_key": who, "assigned_at": at,
                    "assigned_date": at.date(),
                }
            )  # fmt: skip
            for days, amount in zip((-3, 2), amounts, strict=True):
                moment = at + timedelta(days=days)
                if amount:
                    orders.append(
                        {
                            "order_id": f"{who} {days}", "kind": "sale", "status": "paid",
                            "customer_key": who, "paid_at": moment, "paid_date": moment.date(),
                            "order_date": moment.date(), "paid_amount": amount, "currency": "CNY",
                        }
                    )  # fmt: skip
    load(store, "experiment_assignments", shown, shop=SHOP)
    load(store, "orders", orders, shop=SHOP)
    (found,) = report(store, Scope()).experiments
    return found


def test_revenue_is_adjusted_by_what_each_had_paid_before(
    followed: Experiment, people: People
) -> None:
    centred = [(b - b.mean(), a - a.mean()) for b, a in people.values()]
    x, y = (np.concatenate(parts) for parts in zip(*centred, strict=True))
    theta = float(np.polyfit(x, y, 1)[0])
    middle = np.concatenate([before for before, _ in people.values()]).mean()
    control, variant = (after - theta * (before - middle) for before, after in people.values())
    expected = ttest_ind(variant, control, equal_var=False)
    assert followed.adjustment is not None
    assert followed.adjustment.theta == pytest.approx(theta)
    assert cells(followed, 0, "revenue") == pytest.approx([control.mean()])
    assert cells(followed, 1, "revenue", "revenue_p") == pytest.approx(
        [variant.mean(), expected.pvalue]
    )
    assert "adjusted by earlier purchases (CUPED)" in notes(followed)


def test_each_day_is_looked_at_with_the_people_so_far(followed: Experiment, people: People) -> None:
    looks = followed.looks.frame
    last = looks.iloc[-1]
    buyers = {name: int((after > 0).sum()) for name, (_, after) in people.items()}
    # The last of B came in on day 21 (420 / 20), the last order was two days later.
    assert last["day"] == date(2026, 3, 2) + timedelta(days=22)
    assert last["visitors"] == 820
    assert last["difference"] == pytest.approx(buyers["B"] / 420 - buyers["control"] / 400)
    assert (looks["p"].diff().dropna() <= 0).all()
    assert looks["day"].iloc[0] == date(2026, 3, 4)  # nobody bought before
    assert cells(followed, 1, "early_p") == pytest.approx([last["p"]])
    assert last["low"] < cells(followed, 1, "low")[0]  # wider than a single look
    assert (followed.first_day, followed.last_day) == (date(2026, 3, 2), date(2026, 3, 22))


def test_an_experiment_that_is_counted_here_is_not_taken_from_another_tool(
    store: Store, load: Load, followed: Experiment
) -> None:
    rows = [
        *(result(name, 1, 1, experiment="price") for name in ("A", "B")),
        *(result(name, 100, 9, experiment="old", end_date=date(2026, 1, 9)) for name in ("A", "B")),
        result("A", 100, 9, experiment="one arm only"),
    ]
    load(store, "experiment_results", rows, shop=SHOP)
    found = report(store, Scope()).experiments
    assert [(one.name, one.is_counted) for one in found] == [("price", True), ("old", False)]
    assert cells(found[0], 0, "visitors") == [400]


def test_without_experiments_the_templates_are_named(store: Store) -> None:
    answer = report(store, Scope())
    assert answer.experiments == ()
    assert answer.gaps[0].layouts == ("own_experiment_assignments", "own_experiment_results")


def test_an_answer_is_plain_and_said_in_every_language(followed: Experiment) -> None:
    json.dumps(to_jsonable(followed), allow_nan=False)
    for code in LANGUAGES:
        reader = Language(code)
        assert all(reader.say(notice.text) for notice in followed.notices)
    assert Language("zh_CN").say(followed.verdict) != said(followed)
