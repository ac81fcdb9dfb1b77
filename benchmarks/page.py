"""Measure what the page costs a browser: a list of 10,000 calls, and a call of 4,000 utterances.

    python -m benchmarks.page [--base REVISION]

Opens the page in Chromium (Debian: chromium), and measures how long its scripts ran, and all its tasks:
scripts, styles, layout and painting.  `--base` measures the page of an earlier revision beside it, in turns,
with the same calls.
"""

import argparse
import contextlib
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, expect, sync_playwright

from .page_material import LONG_NUMBER

PROJECT = Path(__file__).parent.parent
MATERIAL = Path(__file__).with_name("page_material.py")

CALLS = 10_000
LINES = 4000
ROUNDS = 5
SETTLED = 1500.0
"""Milliseconds after which nothing more is expected of a page that has what was asked for"""

SAMPLING_INTERVAL = 500
"""Microseconds between two samples of the profiler"""

NO_FUNCTIONS = ("(idle)", "(program)", "(root)", "(garbage collector)")
"""What the profiler calls the time in which no function runs"""

PATIENCE = 300_000.0
"""Milliseconds after which a page is given up"""

LIST_ALL = """async () => {
    const older = document.querySelector("#older");  // earlier pages list calls by a button
    const scroller = document.querySelector("#list-scroll");
    const seconds = performance.now();
    const last = () => document.querySelector("#kept .row:last-child:not(.placeholder)");
    const count = () => document.querySelectorAll("#kept li").length;
    const isLoaded = () => (older ? count() > COUNT : last()?.ariaPosInSet === String(COUNT + 1));
    let listed = 0;
    while (!isLoaded() && performance.now() - seconds < 250000) {
        if (!older) scroller.scrollTop = scroller.scrollHeight;
        else if (count() !== listed) {
            listed = count();
            older.click();
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return isLoaded();
}""".replace("COUNT", str(CALLS))


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds that a browser worked."""

    scripts: float
    layout: float
    """Styles too"""
    tasks: float
    """All: scripts, layout, painting and what else there is"""


@contextlib.contextmanager
def checkout(revision: str) -> Iterator[Path]:
    """Have a revision of this project in a folder, for the block."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        git = ["git", "-C", str(PROJECT), "worktree"]
        subprocess.run([*git, "add", "--detach", "--quiet", str(tree), revision], check=True)
        try:
            yield tree
        finally:
            subprocess.run([*git, "remove", "--force", str(tree)], check=True)


@contextlib.contextmanager
def serving(tree: Path) -> Iterator[str]:
    """Keep calls and run a server, both with the code of a tree; yield its link for viewers."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "PYTHONPATH": str(tree),
            "LOCAL_STT_MODEL": "demo-en",
            "LOCAL_STT_DATA_DIR": folder,
        }
        fill = [sys.executable, str(MATERIAL), folder, str(CALLS), str(LINES)]
        subprocess.run(fill, check=True, cwd=tree, env=environment)
        command = [sys.executable, "-m", "local_stt", "run", "--no-tunnel", "--port", "0"]
        with subprocess.Popen(
            command, cwd=tree, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        ) as process:
            assert process.stderr
            lines = iter(process.stderr)
            link = next(found for line in lines if (found := re.search(r"http\S+enter\S+", line)))
            yield link[0]
            process.terminate()
            for _ in lines:
                pass


@contextlib.contextmanager
def costing(page: Page) -> Iterator[list[Cost]]:
    """Measure what a page costs in the block; the list has the answer after it.

    Scripts are timed by the profiler.  Chromium's own `ScriptDuration` leaves out what runs after an `await`.
    """
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    session.send("Profiler.enable")
    session.send("Profiler.setSamplingInterval", {"interval": SAMPLING_INTERVAL})
    session.send("Profiler.start")
    tasks, layout = worked(session)
    found: list[Cost] = []
    yield found
    tasks_after, layout_after = worked(session)
    scripts = profiled(session.send("Profiler.stop")["profile"])
    found.append(Cost(scripts, layout_after - layout, tasks_after - tasks))


def worked(session: CDPSession) -> tuple[float, float]:
    """Return the seconds that a page has worked so far, and those of layout and styles."""
    metrics = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    return metrics["TaskDuration"], metrics["LayoutDuration"] + metrics["RecalcStyleDuration"]


def profiled(profile: dict[str, Any]) -> float:
    """Return the seconds that a profile spent in functions.

    Source: https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile
    """
    names = {node["id"]: node["callFrame"]["functionName"] for node in profile["nodes"]}
    timed = zip(profile["samples"], profile["timeDeltas"][1:], strict=False)  # a sample lasts until the next
    microseconds: int = sum(delta for node, delta in timed if names[node] not in NO_FUNCTIONS)
    return microseconds / 1e6


def list_calls(page: Page) -> None:
    """Scroll through the list, or press its button, until all calls are there."""
    expect(page.locator("#kept li").first).to_be_visible(timeout=PATIENCE)
    if not page.evaluate(LIST_ALL):
        raise TimeoutError("The page did not list all calls.")
    page.wait_for_timeout(SETTLED)


def show_long_call(page: Page) -> None:
    """Open the call of many utterances, which is the newest."""
    page.locator("#kept").get_by_text(re.compile(re.escape(LONG_NUMBER))).first.click()
    expect(page.locator("#utterances li").first).to_be_visible(timeout=PATIENCE)
    page.wait_for_timeout(2 * SETTLED)


def measured(browser: Browser, link: str) -> dict[str, Cost]:
    """Measure one list of all calls, and in another page one long call."""
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        with costing(page) as listing:
            page.goto(link)
            list_calls(page)
        page.close()
        page = context.new_page()
        page.goto(link)
        expect(page.locator("#kept li").first).to_be_visible(timeout=PATIENCE)
        page.wait_for_timeout(SETTLED)
        with costing(page) as opening:
            show_long_call(page)
    return {f"list of {CALLS:,} calls": listing[0], f"call of {LINES:,} utterances": opening[0]}


def main() -> None:
    """Print a table of medians."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--base", help="an earlier revision to measure beside this one")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    chosen = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with contextlib.ExitStack() as stack:
        links = {"this page": stack.enter_context(serving(PROJECT))}
        if chosen.base:
            links[chosen.base] = stack.enter_context(serving(stack.enter_context(checkout(chosen.base))))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        rounds = [
            {name: measured(browser, link) for name, link in links.items()} for _ in range(chosen.rounds)
        ]
        browser.close()
    print(f"{'':26}{'':12}{'scripts':>10}{'layout':>10}{'all':>10}   (seconds, medians of {chosen.rounds})")
    for what in next(iter(rounds[0].values())):
        for name in links:
            each = [one[name][what] for one in rounds]
            figures = (
                statistics.median(values)
                for values in (
                    (one.scripts for one in each),
                    (one.layout for one in each),
                    (one.tasks for one in each),
                )
            )
            print(f"{what:26}{name[:11]:12}" + "".join(f"{figure:10.2f}" for figure in figures))


if __name__ == "__main__":
    main()
