"""The page: one document that needs nothing, says what was found, and trusts no text."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from repetita.memory_model import model
from repetita.report import Report, make_report, parameter_text
from repetita.report.html import document, paragraph, table
from repetita.reviews import ReviewLog

pytest.importorskip("matplotlib")
VOID = {"meta", "link", "br", "hr", "img", "input"}


class Checker(HTMLParser):
    """Collects tags and refuses ends that do not match."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def page(log, fitted, evaluation) -> str:
    return Report(log, fitted.model, fitted, evaluation).html()


def parsed(page: str) -> Checker:
    checker = Checker()
    checker.feed(page)
    checker.close()
    assert checker.open == []
    return checker


def test_well_formed_and_self_contained(page):
    checker = parsed(page)
    tags = {tag for tag, _ in checker.seen}
    assert not tags & {"script", "iframe", "object", "embed", "form", "base"}
    for _, attributes in checker.seen:
        for name, value in attributes.items():
            assert not name.startswith("on")
            if name in {"src", "href", "xlink:href", "action", "srcset"}:
                assert value is not None
                assert value.startswith(("#", "data:"))
    assert not re.search(r"https?:|@import|url\((?!#)", page)
    policy = [a["content"] for tag, a in checker.seen if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy
    assert policy[0].startswith("default-src 'none'")


def test_identifiers_are_unique(page):
    identifiers = [a["id"] for _, a in parsed(page).seen if "id" in a]
    assert len(identifiers) == len(set(identifiers))


def test_five_pictures_each_with_a_name_and_a_sentence(page):
    pictures = [a for tag, a in parsed(page).seen if tag == "svg"]
    assert len(pictures) == 5
    for picture in pictures:
        assert picture["role"] == "img"
        assert len(picture["aria-label"] or "") > 40
    assert page.count('<p class="means">') == 5
    assert page.count("<details>") == 5


def test_what_was_found_is_there(page, log, fitted, evaluation):
    assert parameter_text(fitted.parameters) in page
    assert f"{evaluation.log_loss:.4f}" in page
    said = Report(log, fitted.model, fitted, evaluation).fit_summary()
    for line in (*said.splitlines(), *evaluation.summary().splitlines()):
        assert paragraph(line).removeprefix("<p>").strip() in page


def test_a_page_with_a_judgment_does_not_advise_to_judge(page, log, fitted):
    assert "Next: " not in page
    assert "Next: " in Report(log, fitted.model, fitted, None, "too few").html()


def test_light_dark_and_paper_are_provided_for(page):
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page
    assert 'name="viewport"' in page


def test_texts_of_a_source_cannot_become_html(log, fitted, evaluation):
    hostile = replace(log, source="<script>alert(1)<b>&.csv")
    page = Report(hostile, fitted.model, fitted, evaluation).html()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert table(["<b>"], [["<i>"]]).count("&lt;") == 2
    assert "<title>&lt;x&gt;</title>" in document("<x>", "")


def test_a_log_that_cannot_be_judged_gets_a_page_that_says_so():
    page = make_report(ReviewLog.from_histories([[(0, 3)]])).html()
    parsed(page)
    assert "cannot be judged yet" in page


def test_given_parameters_are_shown_without_a_fit(log):
    report = make_report(log, model("fsrs6"))
    assert report.fit is None
    page = report.html()
    parsed(page)
    assert "were given, not fitted" in page
    assert "not known" in page
