"""Chromium without a screen, each window in a context of its own: it shares nothing with the others."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

T = TypeVar("T")

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DRIVER = "chromedriver"
SWITCHES = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions")
QUIET = ("--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update")
QUIET += ("--disable-sync",)
"""Without these Chromium asks its makers for this and that."""
PATIENCE = 15.0
"""Seconds that anything on a page may take."""


def missing() -> str:
    """Why there can be no browser here; empty where there can."""
    if not any(map(shutil.which, BROWSERS)):
        return "there is no Chromium here (Debian: apt-get install chromium)"
    return "" if shutil.which(DRIVER) else "there is no chromedriver here (Debian: apt-get install chromium-driver)"


@contextmanager
def browser(profile: Path) -> Iterator[webdriver.Chrome]:
    """``profile``: an empty folder. Both programs are named by their paths, so that nothing is ever downloaded."""
    options = webdriver.ChromeOptions()
    options.binary_location = next(filter(None, map(shutil.which, BROWSERS)))
    options.enable_bidi = True
    for switch in (*SWITCHES, *QUIET, f"--user-data-dir={profile}"):
        options.add_argument(switch)
    driver = webdriver.Chrome(options=options, service=Service(shutil.which(DRIVER)))
    try:
        yield driver
    finally:
        driver.quit()


class Window:
    """One window with the example's page, in a browser context of its own."""

    def __init__(self, driver: webdriver.Chrome, url: str) -> None:
        self._driver = driver
        context = driver.browser.create_user_context()
        self._handle = driver.browsing_context.create(type="window", user_context=context)
        self._look().get(url)

    def _look(self) -> webdriver.Chrome:
        self._driver.switch_to.window(self._handle)
        return self._driver

    def text(self, name: str) -> str:
        return self._look().find_element(By.ID, name).text

    def click(self, name: str) -> None:
        self._look().find_element(By.ID, name).click()

    def state(self) -> str:
        return self._look().find_element(By.ID, "socket").get_attribute("data-state")

    def loaded_at(self) -> float:
        """When this page was loaded: another time is another page."""
        return self._look().execute_script("return performance.timeOrigin")

    def until(self, condition: Callable[[Window], T], what: str) -> T:
        """Wait until a condition holds; a page that is just being replaced does not fulfil any."""
        wait = WebDriverWait(self._look(), PATIENCE, poll_frequency=0.05, ignored_exceptions=(Exception,))
        return wait.until(lambda _: condition(self), what)
