"""Refunds and payments of unknown exports count once somebody has said what their words mean."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import select

from ecom.ingest import import_files
from ecom.ingest.mappings import teach
from ecom.ingest.recognition.guess import guess
from ecom.ingest.recognition.layout import layouts
from ecom.ingest.recognition.our_words import MEANINGS
from ecom.ingest.recognition.taught import layout_of
from ecom.ingest.recognition.vocabulary import vocabulary
from ecom.schema import documents
from ecom.store import Store
from tests.ingest.recognition.conftest import from_text

ORDERS = (
    "order_id,created_at,paid_at,status,total_amount,paid_amount,currency\n"
    "A1,2026-03-01 09:00,2026-03-01 09:01,paid,100.00,,CNY\n"
    "A2,2026-03-01 10:00,2026-03-01 10:01,paid,60.00,,CNY\n"
    "A3,2026-03-02 10:00,2026-03-02 10:01,paid,40.00,,CNY\n"
)
REFUNDS = (
    "退款编号,订单编号,退款类型,退款状态,申请时间,退款金额\n"
    "R1,A1,仅退款,退款成功,2026-03-04 10:00,30.00\n"
    "R2,A2,退货退款,待处理,2026-03-05 10:00,60.00\n"
    "R3,A3,仅退款,已关闭,2026-03-05 10:00,40.00\n"
    "R4,A3,仅退款,原路返还,2026-03-06 10:00,15.00\n"
)
PAYMENTS = (
    "Transaction ID,Order Number,Date,Payment Status,Gross Amount,Refund Amount,Currency\n"
    "P1,A1,2026-03-01 09:01,succeeded,100.00,25.00,CNY\n"
    "P2,A2,2026-03-01 10:01,failed,60.00,0.00,CNY\n"
    "P3,A2,2026-03-01 10:02,支付成功,60.00,0.00,CNY\n"
    "P4,A3,2026-03-02 10:01,eingezogen,40.00,0.00,CNY\n"
)


def load(store: Store, folder: Path, name: str, text: str) -> tuple[str, ...]:
    """The codes of what is remarked on."""
    path = folder / f"{name}.csv"
    path.write_text(text, "utf-8")
    (outcome,) = import_files(store, [path])
    assert outcome.problem is None, str(outcome.problem)
    return tuple(one.code for one in outcome.findings)


def learn(store: Store, text: str, **answers: str) -> set[str]:
    """Teach the file and give back what was asked beside the currency."""
    raw = from_text(text)
    found = guess(raw)
    said = {f"word:{key.replace('__', '.')}": value for key, value in answers.items()}
    teach(store, layout_of(found, title="x", answers=said), raw.headers)
    return {one.key for one in found.questions} - {"currency"}


def money(store: Store, column: str) -> dict[str, float]:
    rows: pd.DataFrame = store.read(select(documents.c.order_id, documents.c[column]))
    return {str(order): float(amount) for order, amount in rows.itertuples(index=False)}


def test_a_refund_list_nobody_knows_counts_on_its_orders(store: Store, tmp_path: Path) -> None:
    load(store, tmp_path, "orders", ORDERS)
    asked = learn(store, REFUNDS, **{"refunds__status:原路返还": "refunded"})
    assert asked == {"word:refunds.status:原路返还"}
    load(store, tmp_path, "refunds", REFUNDS)
    # 退款成功 30 on A1; 待处理 and 已关闭 moved nothing; 原路返还, as answered, 15 on A3.
    assert money(store, "refunded_amount") == {"A1": 30.0, "A2": 0.0, "A3": 15.0}


def test_an_unexplained_word_is_remarked_on_and_counts_nothing(
    store: Store, tmp_path: Path
) -> None:
    load(store, tmp_path, "orders", ORDERS)
    learn(store, REFUNDS, **{"refunds__status:原路返还": "unknown"})
    assert "UNKNOWN_WORD" in load(store, tmp_path, "refunds", REFUNDS)
    assert money(store, "refunded_amount") == {"A1": 30.0, "A2": 0.0, "A3": 0.0}


def test_a_payment_list_nobody_knows_says_what_was_paid(store: Store, tmp_path: Path) -> None:
    # The order list has no paid amounts, so that the payments tell.
    load(store, tmp_path, "orders", ORDERS)
    asked = learn(store, PAYMENTS, **{"payments__status:eingezogen": "paid"})
    assert asked == {"word:payments.status:eingezogen"}
    load(store, tmp_path, "payments", PAYMENTS)
    # The failed attempt on A2 counts nothing; 25 of A1 went back.
    assert money(store, "paid_amount") == {"A1": 100.0, "A2": 60.0, "A3": 40.0}
    assert money(store, "refunded_amount") == {"A1": 25.0, "A2": 0.0, "A3": 0.0}


def test_a_payment_that_is_not_explained_counts_nothing(store: Store, tmp_path: Path) -> None:
    load(store, tmp_path, "orders", ORDERS)
    learn(store, PAYMENTS, **{"payments__status:eingezogen": "failed"})
    load(store, tmp_path, "payments", PAYMENTS)
    assert money(store, "paid_amount") == {"A1": 100.0, "A2": 60.0, "A3": 0.0}


def test_payments_of_several_kinds_without_a_status(store: Store, tmp_path: Path) -> None:
    text = (
        "Transaction ID,Order Number,Date,Type,Gross Amount,Fee,Currency\n"
        "P1,A1,2026-03-01 09:01,charge,100.00,2.90,CNY\n"
        "P2,A1,2026-03-04 09:01,refund,-20.00,0.00,CNY\n"
        "P3,,2026-03-05 09:01,payout,-77.10,0.00,CNY\n"
    )
    load(store, tmp_path, "orders", ORDERS)
    assert learn(store, text) == {"status"}  # likeliest: all of them were paid
    load(store, tmp_path, "payments", text)
    assert money(store, "refunded_amount")["A1"] == 20.0
    assert money(store, "paid_amount")["A1"] == 100.0


def test_a_list_without_a_status_says_it_for_all(store: Store, tmp_path: Path) -> None:
    text = "Refund No,Order Number,Requested On,Refund Amount\nR1,A1,2026-03-04,30.00\n"
    load(store, tmp_path, "orders", ORDERS)
    raw = from_text(text)
    found = guess(raw)
    assert {one.key for one in found.questions} == {"currency", "status"}
    teach(store, layout_of(found, title="x", answers={"status": "requested"}), raw.headers)
    load(store, tmp_path, "refunds", text)
    assert money(store, "refunded_amount")["A1"] == 0.0


def test_closed_may_mean_paid_back_where_the_time_of_it_stands(store: Store) -> None:
    text = (
        "RMA Number,Order Ref,Requested On,Refunded On,Refund Total,Return Status\n"
        "R1,A1,2026-03-04,2026-03-05,30.00,Closed\n"
        "R2,A2,2026-03-04,,60.00,Cancelled\n"
    )
    (question,) = (one for one in guess(from_text(text)).questions if one.key != "currency")
    assert (question.key, question.answer) == ("word:refunds.status:Closed", "refunded")


def test_what_the_nearest_layout_says_of_its_words_stands() -> None:
    known = next(one for one in layouts() if one.layout_id == "doudian_after_sale")
    headers = ",".join(known.reference)
    state = known.reference.index("售后状态")
    cells = ["1" if n != state else "待买家退货" for n in range(len(known.reference))]
    found = guess(from_text(f"{headers}\n{','.join(cells)}\n"), nearest=known)
    assert found.nearest is known
    # That layout takes every other word for a request that is not decided.
    assert not [one for one in found.questions if one.key.startswith("word:refunds.status")]
    made = layout_of(found, title="x")
    assert made["words"]["refunds.status"]["*"] == "requested"


@pytest.mark.parametrize("target", MEANINGS)
def test_the_vocabulary_has_words_for_each_meaning_and_no_others(target: str) -> None:
    known = set(vocabulary().meanings[target].values())
    assert known == {name for name, _ in MEANINGS[target]}
    for name, _ in MEANINGS[target]:
        assert vocabulary().meaning_of(target, name) == name
    assert vocabulary().meaning_of(target, "xyzzy") is None


@pytest.mark.parametrize(
    ("target", "word", "ours"),
    [
        ("refunds.status", "退款成功", "refunded"), ("refunds.status", "已退款", "refunded"),
        ("refunds.status", "Refunded", "refunded"), ("refunds.status", "COMPLETED", "refunded"),
        ("refunds.status", "待处理", "requested"), ("refunds.status", "requested", "requested"),
        ("refunds.status", "已关闭", "closed"), ("refunds.status", "cancelled", "closed"),
        ("payments.status", "succeeded", "paid"), ("payments.status", "支付成功", "paid"),
        ("payments.status", "failed", "failed"), ("payments.status", "待支付", "pending"),
        ("payments.type", "退款", "refund"), ("payments.type", "手续费", "fee"),
        ("refunds.refund_type", "退货退款", "return_refund"),
        ("refunds.refund_type", "仅退款", "refund_only"),
        ("refunds.refund_type", "换货", "exchange"),
    ],
)  # fmt: skip
def test_usual_words(target: str, word: str, ours: str) -> None:
    assert vocabulary().meaning_of(target, word) == ours
