"""Many files at once: listed, told apart, locked ones opened, running ones called off."""

from __future__ import annotations

import io
import threading
from typing import Any

import pytest
import pyzipper

from ecom.ui.data import desk
from tests.ui.conftest import open_app, words
from tests.ui.test_workplace import ORDERS, drop, drop_all, ended, press_load

MORE = ORDERS.replace(b"o1,", b"p1,").replace(b"o2,", b"p2,").replace(b"fifty", b"50")


def _keys(app: Any) -> set[str]:
    return {button.key or "" for button in app.button}


def _protected(content: bytes, password: bytes) -> bytes:
    target = io.BytesIO()
    with pyzipper.AESZipFile(target, "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(password)
        archive.writestr("more.csv", content)
    return target.getvalue()


def test_several_files_are_listed_and_those_that_can_be_are_loaded(database: str) -> None:
    app = drop_all(
        open_app("data"),
        ("a.csv", ORDERS),
        ("b.csv", MORE),
        ("again.csv", ORDERS),
        ("diary.csv", b"dear,diary\n1,2\n"),
        ("photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(2000)),
    )
    assert not app.exception
    listed = app.dataframe[0].value.set_index("file")
    assert listed["state"].to_dict() == {
        "a.csv": "ready",
        "b.csv": "ready",
        "again.csv": "the same as a.csv",
        "diary.csv": "needs you",
        "photo.csv": "can't be read",
    }
    assert listed["new"].dropna().to_dict() == {"a.csv": 1, "b.csv": 2}
    assert listed["rejected"].dropna().to_dict() == {"a.csv": 1}
    assert app.button(key="uploads_load").label == "Load 2 file(s)"
    app = press_load(app)
    assert not app.exception
    listed = app.dataframe[0].value.set_index("file")["state"]
    assert listed["a.csv"] == listed["b.csv"] == "loaded"
    assert listed["diary.csv"] == "needs you"  # what could not be loaded stays
    assert "This is a picture" in words(app)
    assert "uploads_load" not in _keys(app)


def test_the_same_content_twice_is_one_file(database: str) -> None:
    app = drop_all(open_app("data"), ("a.csv", MORE), ("b.csv", MORE))
    assert not app.exception
    assert app.button(key="uploads_load").label == "Load 1 file(s)"
    app = press_load(app)
    assert "2 rows read = 2 new" in words(app)


def test_a_password_opens_a_file_and_is_kept_nowhere_else(database: str) -> None:
    app = drop(open_app("data"), "locked.zip", _protected(MORE, b"sesame"))
    assert not app.exception
    assert "uploads_load" not in _keys(app)
    for given, expected in (("open", "does not open"), ("sesame", "2 rows read = 2 new")):
        (field,) = [one for one in app.text_input if (one.key or "").startswith("password_")]
        field.set_value(given)
        (button,) = [one for one in app.button if (one.key or "").endswith("_open")]
        app = ended(button.click().run())
        assert not app.exception
        assert expected in words(app)
    kept = repr(app.session_state)
    assert "address.choices" in kept
    assert "sesame" not in kept


def test_a_choice_outlives_the_card_it_was_made_in(database: str) -> None:
    app = drop_all(open_app("data"), ("a.csv", ORDERS), ("b.csv", MORE))
    (choice,) = [box for box in app.selectbox if (box.key or "").startswith("layout_")]
    app = ended(choice.select("own_stock").run())  # a.csv, whose card stands open
    assert "needs you" in app.dataframe[0].value.set_index("file").loc["a.csv", "state"]
    app.session_state["card_" + choice.key.split("_")[1]] = False
    app = ended(app.run())
    app = ended(app.run())
    assert not app.exception
    assert "needs you" in app.dataframe[0].value.set_index("file").loc["a.csv", "state"]


def test_a_slow_file_is_called_off_and_read_after_all(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    really = desk.examine_for_store

    def slow(*args: Any, progress: Any, **options: Any) -> Any:
        while not go_on.wait(0.05):
            progress(0.1, "reading")
        return really(*args, progress=progress, **options)

    monkeypatch.setattr(desk, "examine_for_store", slow)
    monkeypatch.setattr(desk, "PATIENCE_SECONDS", 0.3)
    app = open_app("data")
    app.file_uploader[0].set_value([("a.csv", MORE, "text/csv")])
    app.run()
    (cancel,) = [one for one in app.button if (one.key or "").startswith("job_cancel_")]
    app = ended(cancel.click().run())
    assert not app.exception
    assert "You called this off" in words(app)
    go_on.set()
    (again,) = [one for one in app.button if (one.key or "").startswith("again_")]
    app = ended(again.click().run())
    assert "2 rows read = 2 new" in words(app)
