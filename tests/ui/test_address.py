"""The URL is the view: read, written, kept across pages, and never trusted."""

from __future__ import annotations

from tests.ui.conftest import open_app, words


def gmv(app) -> str:
    return next(metric.value for metric in app.metric if metric.label == "GMV")


def test_a_link_shows_the_view_it_names(filled: str) -> None:
    # 7 days of 100 CNY up to the last day of data, 31 March.
    app = open_app("overview", period="7d", vs="none")
    assert gmv(app).endswith("700.00")
    assert "25 Mar – 31 Mar 2026" in words(app)


def test_a_link_means_the_same_in_the_other_language(filled: str) -> None:
    app = open_app("overview", period="7d", lang="zh_CN")
    assert "2026年3月25日 – 3月31日" in words(app)


def test_own_dates_are_taken_from_the_link(filled: str) -> None:
    app = open_app("overview", period="custom", **{"from": "2026-03-02", "to": "2026-03-03"})
    assert gmv(app).endswith("200.00")


def test_what_a_link_says_wrongly_falls_back_and_is_forgotten(filled: str) -> None:
    app = open_app(
        "overview", period="ever", vs="him", shop="nobody", channel=["Direct", "?"], lang="xx"
    )
    assert not app.exception
    assert gmv(app).endswith("1,500")  # 15 of the last 30 days were sold through Direct
    assert app.query_params == {"channel": "Direct"}


def test_dates_that_are_none_fall_back(filled: str) -> None:
    app = open_app("overview", period="custom", **{"from": "x", "to": "2026-99-99"})
    assert not app.exception
    assert gmv(app).endswith("3,000")


def test_a_choice_is_written_to_the_url_and_kept_on_the_next_page(filled: str) -> None:
    app = open_app("overview")
    app.selectbox(key="period.en").select("7d").run()
    assert gmv(app).endswith("700.00")
    assert app.query_params == {"period": "7d"}
    app.switch_page("pages/budget.py").run()
    assert app.selectbox(key="period.en").value == "7d"
    assert app.query_params == {"period": "7d"}


def test_going_back_to_the_default_leaves_the_url_clean(filled: str) -> None:
    app = open_app("overview", period="7d")
    app.selectbox(key="period.en").select("30d").run()
    assert app.query_params == {}


def test_a_filter_narrows_every_number(filled: str) -> None:
    app = open_app("overview", channel="Email", vs="none")
    # Days 2, 4 ... 30 of the last 30 (orders o2 to o30 with even numbers): 15 orders.
    assert gmv(app).endswith("1,500")


def test_a_private_workspace_shows_nothing_of_the_team(filled: str) -> None:
    app = open_app("overview", store="private")
    assert "There is no data yet." in words(app)
    assert "Private workspace" in words(app)


def test_filters_show_terms_in_the_readers_language_and_keep_the_names_of_the_data(
    filled: str,
) -> None:
    app = open_app("overview", lang="zh_CN")
    channels = app.multiselect(key="channel.zh_CN")
    assert "直接访问" in channels.options
    channels.select("Direct").run()
    assert app.query_params["channel"] == "Direct"
    assert gmv(app).endswith("1,500")  # 15 of the last 30 days


def test_filters_that_leave_nothing_can_be_cleared(filled: str) -> None:
    dates = {"from": "2025-01-01", "to": "2025-01-02"}
    app = open_app("retention", period="custom", channel="Email", **dates)
    assert not app.exception
    assert "Nothing is left by these filters." in words(app)
    assert "Email" in words(app)
    assert "add" not in words(app)  # no list of exports: the filter is the reason
    app.button(key="retention_clear").click().run()
    assert "channel" not in app.query_params
    assert app.query_params["from"] == "2025-01-01"
    assert "There is nothing to show for this choice." in words(app)
