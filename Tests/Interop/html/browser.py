"""A browser without a window, driven over its DevTools protocol through a pipe: needs nothing but Python."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time


class Browser:
    """One Chromium with a profile of its own, gone when it is closed."""

    def __init__(self, program="chromium", options=()):
        self.profile = tempfile.mkdtemp(prefix="meshspec-html-")
        read_theirs, write_ours = os.pipe()
        read_ours, write_theirs = os.pipe()

        def pipes():
            # The protocol wants these two numbers. What is in their way is moved first.
            theirs = [os.dup(read_theirs), os.dup(write_theirs)]
            theirs = [fd if fd > 4 else os.dup(os.dup(os.dup(fd))) for fd in theirs]
            os.dup2(theirs[0], 3)
            os.dup2(theirs[1], 4)

        self.process = subprocess.Popen(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
             "--disable-background-networking", "--disable-component-update", "--no-first-run", "--mute-audio",
             "--remote-debugging-pipe", f"--user-data-dir={self.profile}", *options, "about:blank"],
            preexec_fn=pipes, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(read_theirs)
        os.close(write_theirs)
        self.write, self.read = write_ours, read_ours
        os.set_blocking(self.read, False)
        self.buffer, self.number, self.events = b"", 0, []

    def close(self):
        try:
            self.call("Browser.close")
            self.process.wait(10)
        except (OSError, RuntimeError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        os.close(self.write)
        os.close(self.read)
        shutil.rmtree(self.profile, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def call(self, method, session=None, wait=60, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self.write, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + wait
        while time.monotonic() < end:
            for answer in self.receive(0.05):
                if answer.get("id") != self.number:
                    self.events.append(answer)
                elif "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                else:
                    result = answer["result"]
                    self.events += self.rest
                    return result
        raise RuntimeError(f"{method}: no answer within {wait} s")

    def receive(self, wait):
        """Messages that are there; what a caller leaves of them is in `rest`."""
        end = time.monotonic() + wait
        while True:
            try:
                piece = os.read(self.read, 1 << 20)
                if not piece:
                    raise RuntimeError("the browser is gone")
                self.buffer += piece
            except BlockingIOError:
                pass
            *whole, self.buffer = self.buffer.split(b"\0")
            if whole or time.monotonic() > end:
                break
            time.sleep(0.002)
        self.rest = [json.loads(m) for m in whole]
        while self.rest:
            yield self.rest.pop(0)

    def page(self, width, height=900, dark=False):
        return Page(self, width, height, dark)


class Page:
    """One tab. What it complains about, and what it asks the network for, is kept."""

    def __init__(self, browser, width, height, dark):
        self.browser = browser
        self.target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=self.target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Audits"):
            self.call(domain + ".enable")
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def call(self, method, **params):
        return self.browser.call(method, session=self.session, **params)

    def close(self):
        self.browser.call("Target.closeTarget", targetId=self.target)

    def open(self, url):
        """Loads a page anew; waits until its script is done."""
        self.call("Page.navigate", url="about:blank")
        self.call("Page.navigate", url=url)
        self.wait("document.documentElement?.dataset.ready === 'yes'", 60)

    def js(self, text):
        r = self.call("Runtime.evaluate", expression=text, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in r:
            raise RuntimeError(f"{text}: {r['exceptionDetails']}")
        return r["result"].get("value")

    def wait(self, condition, seconds=10):
        end = time.monotonic() + seconds
        while not self.js(condition):
            if time.monotonic() > end:
                raise AssertionError(f"never came true: {condition}")
            time.sleep(0.02)

    def key(self, key, code=0):
        text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
        down = {"type": "keyDown", "key": key, "text": text, "windowsVirtualKeyCode": code or (ord(key.upper()) if len(key) == 1 else 0)}
        self.call("Input.dispatchKeyEvent", **down)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key)

    def write(self, text):
        self.call("Input.insertText", text=text)

    def click(self, selector):
        """With the mouse, where the element is, once it is there."""
        self.wait(f"!!document.querySelector({json.dumps(selector)})")
        box = self.js(f"""(() => {{ const e = document.querySelector({json.dumps(selector)});
            if (!e) return null; e.scrollIntoView({{block: 'center'}}); const b = e.getBoundingClientRect();
            return [b.x + b.width / 2, b.y + b.height / 2]; }})()""")
        assert box, f"there is no {selector}"
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)

    def picture(self, path):
        data = self.call("Page.captureScreenshot", format="png")["data"]
        with open(path, "wb") as f:
            f.write(base64.b64decode(data))

    def troubles(self):
        """What it complained about, and what it asked for beyond the page itself and what the page carries."""
        out = []
        self.js("1")
        for e in self.browser.events:
            if e.get("sessionId") != self.session:
                continue
            method, p = e.get("method"), e.get("params", {})
            if method == "Runtime.exceptionThrown":
                out.append(f"exception: {p['exceptionDetails']}")
            elif method == "Runtime.consoleAPICalled":
                out.append(f"console.{p['type']}: {[a.get('value') for a in p['args']]}")
            elif method == "Log.entryAdded":
                out.append(f"{p['entry']['level']}: {p['entry']['text']}")
            elif method == "Audits.issueAdded" and "NavigationEntryMarkedSkippable" not in json.dumps(p):
                # That one is about checks which go somewhere without a click.
                out.append(f"issue: {p['issue']['code']} {json.dumps(p['issue']['details'])[:300]}")
            elif method == "Network.requestWillBeSent":
                if p.get("type") != "Document" or not p["request"]["url"].startswith(("file:", "about:")):
                    out.append(f"request: {p['request']['url'][:100]}")
        return out
