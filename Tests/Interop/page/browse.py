"""Uses the page of a capture in Chromium, from disk, wide and narrow, light and dark."""

import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "html"))
from browser import Browser  # noqa: E402

WIDE, NARROW = 1440, 390
MOST_NODES = 3000

CHOSEN = "document.querySelector('#list .chosen .number')?.textContent"
COUNT = "document.getElementById('count').textContent"
FIELD = "document.querySelector('#fields .chosen .label')?.textContent"
BYTES = "[...document.querySelectorAll('#bytes .digits .in[data-b]')].map((e) => e.textContent).join('')"


def expect(is_true, what):
    if not is_true:
        raise AssertionError(what)


def settle(page, what):
    """What has to hold of every page at any time."""
    over = page.js("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    expect(over <= 0, f"{what}: the page is {over} pixels wider than the window")
    expect(page.js("typeof window.hacked") == "undefined", f"{what}: hostile text was run")
    nodes = page.js("document.querySelectorAll('*').length")
    expect(nodes < MOST_NODES, f"{what}: {nodes} elements: not only what is in view")
    troubles = page.troubles()
    expect(not troubles, f"{what}: {troubles}")


def filter_by(page, text):
    page.js("document.getElementById('filter').focus(), document.getElementById('filter').select()")
    page.write(text)


def every_view(browser, urls, pictures):
    for width in (WIDE, NARROW):
        for dark in (False, True):
            page = browser.page(width, 900, dark)
            for name, url in urls.items():
                for view in ("findings", "conversations", "types", "ladder"):
                    page.open(url + "#view=" + view)
                    what = f"{name} {view} {width} {'dark' if dark else 'light'}"
                    settle(page, what)
                    if pictures:
                        pictures.mkdir(parents=True, exist_ok=True)
                        page.picture(pictures / (what.replace(" ", "-") + ".png"))
            paper = page.js("getComputedStyle(document.documentElement).backgroundColor")
            expect((paper == "rgb(255, 255, 255)") != dark, f"{paper} although dark is {dark}")
            page.close()


def no_findings(browser, good, bad):
    """Findings that are not there take no room; everything else does."""
    page = browser.page(WIDE)
    shown = "document.getElementById('panel').offsetHeight > 0"
    for url, view, wanted in [(good, "findings", False), (good, "types", True), (good, "ladder", True), (bad, "findings", True)]:
        page.open(f"{url}#view={view}")
        expect(page.js(shown) == wanted, f"the panel of {view} is{' not' if wanted else ''} there")
    # From one to the other and back.
    page.open(good)
    for view, wanted in [("types", True), ("findings", False)]:
        page.click(f"#tabs [data-view={view}]")
        page.wait(f"({shown}) === {'true' if wanted else 'false'}")
    settle(page, "no findings")
    page.close()


def panes(browser, url):
    """List, fields and bytes select each other; the address says what is selected."""
    page = browser.page(WIDE)
    page.open(url + "#n=4")
    expect(page.js(CHOSEN) == "4", "the message of the address is not selected")
    page.click("#list .row:nth-child(2)")
    page.wait(CHOSEN + " === '2'")
    expect(page.js("location.hash") == "#n=2", page.js("location.hash"))
    # A field marks its bytes.
    page.js("[...document.querySelectorAll('#fields .label')].find((e) => e.textContent === 'query:').click()")
    expect(page.js(FIELD) == "query:", "a field that is clicked is not selected")
    marked = page.js(BYTES)
    value = page.js("document.querySelector('#fields .chosen .value').textContent")
    expect(marked == value and len(value) == 64, f"bytes {marked} of the value {value}")
    expect(page.js("location.hash") == "#n=2&field=query", page.js("location.hash"))
    # A byte selects its field: the second byte is of the network.
    page.js("document.querySelector('#bytes [data-b=\"1\"]').click()")
    expect(page.js(FIELD) == "network:" and page.js(BYTES) == "5243", f"{page.js(FIELD)} {page.js(BYTES)}")
    # The address alone brings it back.
    page.open(url + "#n=2&field=query&y=nano.node_id_handshake")
    page.wait(COUNT + ".includes(' of ')")
    expect(page.js(FIELD) == "query:" and page.js(BYTES) == marked, "the address does not bring a field back")
    settle(page, "panes")
    page.close()


def keys(browser, url):
    """As in Wireshark."""
    page = browser.page(WIDE)
    page.open(url + "#n=1")
    page.key("ArrowDown", 40)
    page.wait(CHOSEN + " === '2'")
    page.key("j")
    page.wait(CHOSEN + " === '3'")
    page.key("k")
    page.key("ArrowUp", 38)
    page.wait(CHOSEN + " === '1'")
    page.key("End", 35)
    page.wait(CHOSEN + " === '14'")
    page.key("Home", 36)
    page.wait(CHOSEN + " === '1'")
    # The next finding, and back.
    page.key("n")
    first = page.js(CHOSEN)
    page.key("n")
    second = page.js(CHOSEN)
    expect(1 < int(first) < int(second), f"findings {first} and {second}")
    page.key("p")
    page.wait(f"{CHOSEN} === '{first}'")
    # From pane to pane, and through the fields.
    page.key("Tab", 9)
    expect(page.js("document.activeElement.id") == "fields", page.js("document.activeElement.id"))
    page.key("ArrowDown", 40)
    page.key("ArrowDown", 40)
    expect(page.js(FIELD) == "version_max:", page.js(FIELD))
    page.key("f")
    page.wait("document.getElementById('filter').value === 'nano.node_id_handshake.version_max == 21'")
    page.key("Tab", 9)
    expect(page.js("document.activeElement.id") == "bytes", page.js("document.activeElement.id"))
    page.key("ArrowRight", 39)
    expect(page.js(FIELD) == "version_using:", page.js(FIELD))
    page.key("/")
    expect(page.js("document.activeElement.id") == "filter", "/ does not lead to the filter")
    settle(page, "keys")
    page.close()


def filters(browser, url):
    page = browser.page(WIDE)
    page.open(url)
    everything = page.js(COUNT)
    filter_by(page, "n in {1, 2}")
    page.wait(COUNT + ".startsWith('2 of ')")
    # What is wrong is told with its place; what was shown stays.
    filter_by(page, "nano.keepaliv")
    page.wait("!document.getElementById('trouble').hidden")
    told = page.js("document.getElementById('trouble').textContent")
    expect("did you mean `nano.keepalive`?" in told, told)
    expect(page.js("document.querySelector('#trouble mark').textContent") == "nano.keepaliv", "the place of the error")
    expect(page.js(COUNT).startswith("2 of "), page.js(COUNT))
    filter_by(page, " ")
    page.wait(f"{COUNT} === {everything!r}")
    # Findings, conversations and types lead to messages.
    page.open(url + "#view=conversations")
    page.click("#panel .row[data-i='1']")
    page.wait("/^flow == \\d+$/.test(document.getElementById('filter').value)")
    page.wait(COUNT + ".includes(' of ')")
    page.open(url + "#view=types")
    page.click("#panel .row[data-i='0']")
    page.wait(COUNT + ".includes(' of ')")
    page.open(url + "#n=1")
    page.click("#panel .row[data-i='0']")
    page.wait(f"{CHOSEN} !== '1'")
    settle(page, "filters")
    page.close()


def many(browser, url):
    """100,000 messages: everything is answered."""
    page = browser.page(WIDE)
    page.open(url)
    usable = page.js("performance.getEntriesByName('ready')[0].startTime")
    # How long it takes is printed, and measured by the benchmark: machines of CI are shared.
    print(f"{page.js(COUNT)}: usable after {usable:.0f} ms")
    for what, act, condition in [
        ("scroll", lambda: page.js("document.getElementById('list').scrollTop = 1e6"), "document.querySelector('#list .row').dataset.i > 40000"),
        ("selection", lambda: page.key("j"), CHOSEN + " !== undefined"),
        ("filter by name", lambda: filter_by(page, "nano.publish"), COUNT + ".includes(' of ')"),
        ("filter by field", lambda: filter_by(page, "pairs.hash[0] == 99"), "document.documentElement.dataset.filtered === 'pairs.hash[0] == 99'"),
    ]:
        # Until all fields were read in idle time, a filter by fields reads them itself.
        start = time.monotonic()
        act()
        page.wait(condition, 60)
        print(f"  {what}: {(time.monotonic() - start) * 1000:.0f} ms")
    settle(page, "many")
    page.close()


def related(browser, url, works):
    """Work has its difficulty beside it, the same as in `-o tree`. `works`: its text by the number of a message."""
    page = browser.page(WIDE)
    for n, text in works.items():
        page.open(f"{url}#n={n}")
        told = page.js("[...document.querySelectorAll('#fields .value')].map((e) => e.textContent).filter((t) => t.includes('difficulty')).join()")
        expect(told == text, f"message {n} has {told!r} for {text!r}")
    page.close()


def check(pages, works, pictures):
    """`pages`: nano (good, with `works`), bug (with findings), many, and others to look at."""
    with Browser() as browser:
        urls = {name: path.as_uri() for name, path in pages.items()}
        every_view(browser, {name: url for name, url in urls.items() if name != "many"}, pictures)
        no_findings(browser, urls["nano"], urls["bug"])
        panes(browser, urls["nano"])
        related(browser, urls["nano"], works)
        keys(browser, urls["bug"])
        filters(browser, urls["bug"])
        many(browser, urls["many"])
