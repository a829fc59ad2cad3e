#!/usr/bin/env python3
"""Shows that others can read our reports: check.py PROGRAM SCHEMAS.

SCHEMAS is the folder with the packages of schemas.txt. The program runs the suite against a reference node with a seeded fault,
and scenarios that come out in every other way, some with text and names that would do harm. Each run writes all formats; each
report is judged by a reader that we did not write, and against the results that the run itself tells:

  JUnit      the schema of Jenkins' xunit plug-in, by xmllint; failures and errors counted apart
  SARIF      the schema of the standard, by jsonschema
  TAP        tap.py, which takes version 14, and TAP::Parser of Perl, which knows how `#` is escaped; YAML by PyYAML
  GitHub     the form of a workflow command, and that file, line and columns are those of what failed
  Markdown   its size, and that its parts are closed

The golden files of the unit tests, which hold what no real run does, go through the same readers.
"""

import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import xml.etree.ElementTree as ET

import jsonschema
import tap.parser
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]
GOLDEN = ROOT / "Tests/ReportTests/Formats/Golden"
FILES = {
    "json": "results.jsonl", "junit": "junit.xml", "tap": "results.tap", "sarif": "results.sarif",
    "github": "annotations.txt", "markdown": "summary.md",
}
# In double quotes of YAML: colours, direction, NUL, ends of elements and of CDATA, escapes of workflow commands, fences.
HOSTILE = r"\e[31m\u202ex</script>]]>\0\ufffe %0A::error::y\r\n::error file=a::y\nnot ok 9 # SKIP z ```` @me #1 <b>&\u2028"
problems = []


def say(where, text):
    problems.append(f"{where}: {text}")
    print(f"  ! {where}: {text}")


def member(folder, pattern, name):
    """The bytes of a file in a source package."""
    (package,) = pathlib.Path(folder).glob(pattern)
    with tarfile.open(package) as tar:
        (found,) = [m for m in tar.getmembers() if pathlib.PurePath(m.name).name == name]
        return tar.extractfile(found).read()


class Judge:
    def __init__(self, schemas, scratch):
        self.xsd = scratch / "junit-10.xsd"
        self.xsd.write_bytes(member(schemas, "pytest-*.tar.gz", "junit-10.xsd"))
        schema = json.loads(member(schemas, "sarif_pydantic-*.tar.gz", "sarif-schema-2.1.0.json"))
        kind = jsonschema.validators.validator_for(schema)
        kind.check_schema(schema)
        self.sarif_schema = kind(schema)
        # A schema that takes everything would prove nothing.
        if not list(self.sarif_schema.iter_errors({"version": "2.1.0", "runs": [{"tool": {}}]})):
            say("sarif", "the schema takes what is wrong")

    def junit(self, where, path):
        """Root element; None when it is not valid."""
        r = subprocess.run(["xmllint", "--noout", "--schema", self.xsd, path], capture_output=True, text=True)
        if r.returncode != 0:
            say(where, r.stderr.strip())
            return None
        root = ET.parse(path).getroot()
        for suite in root.iter("testsuite"):
            cases = suite.findall("testcase")
            for tag, attribute in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
                n = sum(c.find(tag) is not None for c in cases)
                if int(suite.get(attribute)) != n:
                    say(where, f"{attribute}={suite.get(attribute)}, and there are {n}")
            if int(suite.get("tests")) != len(cases):
                say(where, f"tests={suite.get('tests')}, and there are {len(cases)}")
            if any(sum(c.find(t) is not None for t in ("failure", "error", "skipped")) > 1 for c in cases):
                say(where, "a case has two verdicts")
        for attribute in ("tests", "failures", "errors"):
            if int(root.get(attribute)) != sum(int(s.get(attribute)) for s in root.iter("testsuite")):
                say(where, f"{attribute} of all suites is not their sum")
        return root

    def sarif(self, where, path):
        text = path.read_text(encoding="utf-8")
        log = json.loads(text)
        for e in self.sarif_schema.iter_errors(log):
            say(where, f"{e.json_path}: {e.message[:200]}")
        for run in log["runs"]:
            rules = run["tool"]["driver"]["rules"]
            for r in run["results"]:
                if rules[r["ruleIndex"]]["id"] != r["ruleId"]:
                    say(where, "ruleIndex is of another rule")
                if r["kind"] != "fail" and r["level"] != "none":
                    say(where, "a level for what is no failure")
            if any(i.get("toolExecutionNotifications") and i["executionSuccessful"] for i in run["invocations"]):
                say(where, "trouble, and successful")
        return log

    def tap(self, where, path):
        """Points as pairs of ok and directive, and whether it bailed out."""
        lines = list(tap.parser.Parser().parse_file(str(path)))
        kinds = collections.Counter(line.category for line in lines)
        if lines[0].category != "version" or lines[0].version != 14 or kinds["unknown"]:
            say(where, f"tap.py: {dict(kinds)}")
        tests = [line for line in lines if line.category == "test"]
        if [t.number for t in tests] != list(range(1, len(tests) + 1)):
            say(where, "numbers of points")
        plans = [line.expected_tests for line in lines if line.category == "plan"]
        if not kinds["bail"] and plans != [len(tests)]:
            say(where, f"plans {plans} for {len(tests)}")
        for t in tests:
            if not t.ok and not isinstance(t.yaml_block, dict):
                say(where, f"no diagnostics for {t.description}")
        # The parser of Perl knows no later version than 13, which has the same points.
        text = path.read_text(encoding="utf-8").replace("TAP version 14\n", "TAP version 13\n", 1)
        code = (
            "use TAP::Parser; local $/; binmode STDIN; my $p = TAP::Parser->new({tap => <STDIN>}); my $bail = 0;"
            "while (my $r = $p->next) { $bail = 1 if $r->is_bailout; print 'unknown ' . $r->raw . qq{\\n} if $r->is_unknown;"
            "print(($r->is_actual_ok ? 'ok' : 'not ok') . ' ' . $r->directive . qq{\\n}) if $r->is_test }"
            "print qq{error $_\\n} for $bail ? () : $p->parse_errors"
        )
        r = subprocess.run(["perl", "-e", code], input=text.encode(), capture_output=True)
        read = r.stdout.decode(errors="replace").splitlines()
        for line in read:
            if not re.fullmatch(r"(not )?ok (SKIP|TODO)?", line):
                say(where, f"TAP::Parser: {line}")
        ok = [(t.startswith("ok"), t.split(" ")[-1]) for t in read]
        if [o for o, _ in ok] != [t.ok for t in tests]:
            say(where, "two readers disagree on what is ok")
        return ok, bool(kinds["bail"])

    def github(self, where, path, base=None):
        """Commands as tuples of kind, properties and message. With a base, files are looked up there."""
        out = []
        for line in path.read_text(encoding="utf-8").splitlines():
            m = re.fullmatch(r"::(error|warning|notice) ((?:[^:,]+)(?:,[^:,]+)*)::(.*)", line)
            if not m:
                say(where, f"no command: {line!r}")
                continue
            values = {}
            for pair in m[2].split(","):
                key, value = pair.split("=", 1)
                for a, b in (("%2C", ","), ("%3A", ":"), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
                    value = value.replace(a, b)
                values[key] = value
            out.append((m[1], values, m[3]))
            if base and "line" in values:
                text = (base / values["file"]).read_text(encoding="utf-8").splitlines()[int(values["line"]) - 1]
                if not text[int(values["col"]) - 1 : int(values.get("endColumn", 0)) - 1].strip():
                    say(where, f"nothing stands at {values}")
        kinds = [k for k, _, _ in out]
        if kinds != sorted(kinds, key=["error", "warning", "notice"].index):
            say(where, "failures do not come first")
        if kinds.count("error") > 10 or kinds.count("warning") > 10:
            say(where, "more than GitHub shows")
        return out

    def markdown(self, where, path):
        text = path.read_text(encoding="utf-8")
        if len(text.encode()) >= 1 << 20:
            say(where, "more than 1 MiB")
        fence = None
        outside = []
        for line in text.splitlines():
            if fence:
                fence = None if line == fence else fence
            elif line.startswith("```"):
                fence = re.match("`+", line)[0]
            else:
                outside.append(line)
        if fence:
            say(where, "a fence is open at the end")
        rest = re.sub(r"</?(details|summary|b)>|<!-- -->", "", "\n".join(outside))
        if "<" in rest or "@me" in rest:
            say(where, "markup or a mention that is not ours")
        if text.count("<details>") != text.count("</details>"):
            say(where, "details that are not closed")
        return text

    def all(self, where, folder, prefix="", base=None):
        def path(name):
            return folder / (prefix + FILES[name])

        for f in FILES.values():
            if (folder / (prefix + f)).exists():
                bad = re.findall(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]",
                                 (folder / (prefix + f)).read_text(encoding="utf-8"))
                if bad:
                    say(f"{where} {f}", f"characters that do harm: {bad[:5]}")
        return {
            "junit": self.junit(f"{where} junit", path("junit")), "sarif": self.sarif(f"{where} sarif", path("sarif")),
            "tap": self.tap(f"{where} tap", path("tap")),
            "github": self.github(f"{where} github", path("github"), base),
            "markdown": self.markdown(f"{where} markdown", path("markdown")),
        }


def outcome(case, strict, skips):
    """What a line of the results says, by the words of README.md: passed, failed, error, inconclusive, skipped, not run."""
    baseline = case.get("baseline")
    if baseline:
        return "skipped" if baseline == "xfail" else "failed"
    return {
        "pass": "passed", "none": "passed", "warn": "failed" if strict else "passed", "fail": "failed", "error": "error",
        "inconc": "skipped" if skips else "inconclusive", "skip": "skipped", "notrun": "not run",
    }[case["verdict"]]


def check(judge, program, scratch, where, cwd, arguments, status):
    """Runs, reads all reports, and holds them against the results."""
    out = scratch / where.replace(" ", "-")
    page = scratch / "page.md"
    page.write_text("what an earlier step said\n")
    to = [f"{name}={out}/" for name in FILES if name != "github"]
    r = subprocess.run(
        [program, "run", "--simulate", "--seed", "7", *arguments, "--evidence", f"failed={out}/evidence", "--report",
         ",".join(to + ["github"])], cwd=cwd,
        capture_output=True, env={**os.environ, "GITHUB_STEP_SUMMARY": str(page), "MESHSPEC_SPEC": str(ROOT / "Spec")})
    if r.returncode != status:
        say(where, f"exit status {r.returncode}, not {status}: {r.stderr.decode(errors='replace')[-2000:]}")
        return
    (out / FILES["github"]).write_bytes(r.stdout)
    read = judge.all(where, out, base=pathlib.Path(cwd))
    events = [json.loads(line) for line in (out / FILES["json"]).read_text(encoding="utf-8").splitlines()]
    cases = [e for e in events if e["event"] == "case"]
    strict, skips = "--strict" in arguments, "skip" in arguments
    n = collections.Counter(outcome(c, strict, skips) for c in cases)
    print(f"{where}: exit {r.returncode}, {dict(n)}")
    if page.read_text(encoding="utf-8") != "what an earlier step said\n" + read["markdown"]:
        say(where, "the page of the job is not what it was and the summary")
    root = read["junit"]
    if root is not None:
        # Trouble of the run as a whole is a case of its own.
        whole = [c for c in root.iter("testcase") if c.get("classname") == "meshspec"]
        counts = [int(root.get("failures")), int(root.get("errors"))]
        wanted = [n["failed"], n["error"] + n["inconclusive"]]
        wanted = [a + sum(c.find(t) is not None for c in whole) for a, t in zip(wanted, ("failure", "error"))]
        if counts != wanted:
            say(where, f"JUnit has {counts} failures and errors, not {wanted}")
        if (sum(counts) > 0) != (r.returncode != 0):
            say(where, f"JUnit is {'red' if sum(counts) else 'green'}, and the exit status is {r.returncode}")
        attached = re.findall(r"\[\[ATTACHMENT\|(.*?)\]\]", "".join(o.text for o in root.iter("system-out")))
        if not all(os.path.exists(a) for a in attached) or not attached and n["failed"]:
            say(where, f"attachments {attached}")
    points, bailed = read["tap"]
    if sum(1 for ok, word in points if not ok and word != "TODO") < n["failed"] + n["error"] + n["inconclusive"]:
        say(where, "TAP has fewer points that are not ok than the run")
    if bailed != (n["not run"] > 0):
        say(where, "TAP bails out when cases did not run, and only then")
    results = [x for x in read["sarif"]["runs"][0]["results"] if "suppressions" not in x]
    failed = sum(x["level"] == "error" for x in results)
    if failed != n["failed"]:
        say(where, f"SARIF has {failed} errors, not {n['failed']}")
    told = [c for c in read["github"] if c[0] == "error"]
    if (len(told) > 0) != (n["failed"] + n["error"] > 0 or bool(n["not run"])) and r.returncode not in (5, 6):
        say(where, f"{len(told)} annotations of errors")
    failing = [c for c in cases if outcome(c, strict, skips) in ("failed", "error") and "line" in c]
    if failing and not all({"file", "line", "col", "title"} <= set(v) for _, v, _ in told[: len(failing)]):
        say(where, "an annotation without file, line and column")


def scenario(folder, name, step, text='"Comes out so"', file=None, requirement="NANO-16"):
    (folder / (file or f"{name}.yaml")).write_text(f"""meshspec: 1
id: own.{name}
title: {text}
protocol: nano
covers: [{requirement}]
actors:
  peer: {{role: ref}}
  node: {{role: dut}}
steps:
  - open: {{from: peer, to: node, as: c}}
  - {step}
""", encoding="utf-8")


def main():
    program, schemas = os.path.abspath(sys.argv[1]), sys.argv[2]
    with tempfile.TemporaryDirectory() as temporary:
        scratch = pathlib.Path(temporary)
        judge = Judge(schemas, scratch)
        for kind in ("every", "hostile", "two"):
            judge.all(f"golden {kind}", GOLDEN, kind + "-")
        own = scratch / "own"
        own.mkdir()
        bad = "assert: $(1 == 2)\n    "
        scenario(own, "good", "assert: $(1 == 1)\n    req: NANO-16")
        scenario(own, "fail", bad + "req: NANO-16")
        scenario(own, "warn", bad + "req: NANO-24", requirement="NANO-24")
        proof = "\n  - assert: $(1 == 1)\n    req: NANO-16"
        scenario(own, "inconc", bad + "else: inconc" + proof)
        scenario(own, "error", bad + f'else: error\n    because: "{HOSTILE}"' + proof)
        scenario(own, "hostile", bad + f'req: NANO-16\n    because: "{HOSTILE}"', f'"{HOSTILE}"', "a b%,:#'x\".yaml")
        # Bytes that are text to a hexdump.
        wire = "0x" + b"\x1b[31m</script>]]>``` @me".hex()
        scenario(own, "wire", f'send: {{via: c, raw: "{wire}"}}\n  - expect: {{via: c, msg: nano.keepalive, within: 1s}}\n    '
                 f'req: NANO-16\n    because: "{HOSTILE}"')
        for where, cwd, arguments, status in [
            ("seeded fault", ROOT, ["--bug", "bad-signature"], 1),
            ("no fault", ROOT, [], 0),
            ("strict", ROOT, ["--bug", "no-keepalive", "--strict"], 1),
            ("cut short", ROOT, ["--bug", "bad-signature", "--fail-fast"], 1),
            ("good", own, ["good.yaml"], 0),
            ("fail", own, ["fail.yaml", "good.yaml"], 1),
            ("warn", own, ["warn.yaml", "good.yaml"], 0),
            ("strict warn", own, ["warn.yaml", "good.yaml", "--strict"], 1),
            ("inconclusive", own, ["inconc.yaml", "good.yaml"], 6),
            ("inconclusive skipped", own, ["inconc.yaml", "good.yaml", "--inconc", "skip"], 0),
            ("error", own, ["error.yaml", "good.yaml"], 4),
            ("hostile", own, ["a b%,:#'x\".yaml", "good.yaml"], 1),
            ("wire", own, ["wire.yaml"], 1),
            ("all", own, [p.name for p in sorted(own.glob("*.yaml"))], 4),
        ]:
            check(judge, program, scratch, where, cwd, arguments, status)
    if problems:
        print(f"{len(problems)} problems")
        sys.exit(1)
    print("all reports are read by others")


if __name__ == "__main__":
    main()
