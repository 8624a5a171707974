"""The language of an address: whoever is sent the address of another page reads it in the same language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.pages import settle

if TYPE_CHECKING:
    from tests.browser.pages import NewPage


def test_an_address_that_says_a_language_says_it_on_the_next_pages_and_follows_the_choice(new_page: NewPage) -> None:
    page = new_page("learn?lang=zh")
    page.get_by_role("link", name="探索").first.click()
    expect(page).to_have_url(re.compile(r"/explore\?lang=zh"))
    settle(page)
    page.get_by_role("radio", name="English").click()
    expect(page.get_by_role("heading", name="Explore")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/explore\?lang=en"))
    page.go_back()
    expect(page).to_have_url(re.compile(r"/learn\?lang=en"))


def test_an_address_without_a_language_leaves_it_to_the_next_reader(new_page: NewPage) -> None:
    page = new_page("learn", locale="zh-CN")
    page.get_by_role("link", name="探索").first.click()
    expect(page.get_by_role("heading", name="探索")).to_be_visible()
    settle(page)
    expect(page).to_have_url(re.compile(r"/explore(#.*)?$"))
