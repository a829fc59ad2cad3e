#!/usr/bin/env python3
"""Shows that `meshspec schema` and `meshspec check` agree: check.py [PROGRAM] [--every N] (default: meshspec).

Each file of valid/ and invalid/ is judged twice, by the schema and by the loader, and both must say what the folder
says. Files of loader-only/ are wrong in ways that a schema cannot see: the schema takes them, the loader does not.
All scenario files of Spec/ must be valid to both, those excepted, and counted, whose protocol the program does not have;
with --every the schema judges one in so many of them.

What the schema is given: `true`, `false`, `null` and decimal numbers that stand without quotes as values of JSON, a
scalar of which nothing stands there as null, everything else as text. That is what the loader makes of scalars where it
wants such a type. Valid files are judged a second time the way an editor does it, by the core schema of YAML 1.2, which
makes numbers of 0x10 and 1e3, too.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys

import jsonschema
import yaml

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
WORDS = {"true": True, "false": False, "null": None, "": None}
CORE = {"True": True, "TRUE": True, "False": False, "FALSE": False, "Null": None, "NULL": None, "~": None}


def plain(text):
    """A scalar without quotes, as the loader reads it."""
    if text in WORDS:
        return WORDS[text]
    return int(text) if re.fullmatch(r"-?[0-9]+", text) else text


def core(text):
    """A scalar without quotes, as YAML 1.2 reads it."""
    if text in CORE:
        return CORE[text]
    if re.fullmatch(r"[-+][0-9]+", text):
        return int(text)
    if re.fullmatch(r"0x[0-9a-fA-F]+", text):
        return int(text, 16)
    if re.fullmatch(r"0o[0-7]+", text):
        return int(text[2:], 8)
    if re.fullmatch(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", text) and not text.isdigit():
        return float(text)
    return plain(text)


def value(node, scalar):
    if isinstance(node, yaml.ScalarNode):
        return node.value if node.style else scalar(node.value)
    if isinstance(node, yaml.SequenceNode):
        return [value(item, scalar) for item in node.value]
    # Of a key that stands twice the first, as the loader takes it.
    return {key.value: value(inner, scalar) for key, inner in reversed(node.value)}


def compose(path):
    """By libyaml where PyYAML has it, which takes a tenth of the time."""
    return yaml.compose(path.read_text(), Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))


def kind(document):
    """Of what kind a file is, by its first key, as `meshspec schema KIND` calls it."""
    keys = [key.value for key, _ in document.value] if isinstance(document, yaml.MappingNode) else []
    return next((key.removeprefix("meshspec-") for key in keys if key.startswith("meshspec-")), "scenario")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", nargs="?", default="meshspec")
    parser.add_argument("--every", type=int, default=1)
    args = parser.parse_args()
    program = args.program
    validators = {}
    for name in "scenario", "fragment", "target", "capabilities", "baseline", "suite":
        schema = json.loads(subprocess.run([program, "schema", name], check=True, capture_output=True, cwd=ROOT).stdout)
        jsonschema.Draft202012Validator.check_schema(schema)
        validators[name] = jsonschema.Draft202012Validator(schema)
    protocols = validators["scenario"].schema["properties"]["protocol"]["enum"]
    wrong = []

    def load(by_loader, path):
        run = subprocess.run([program, "check", path], capture_output=True, text=True, cwd=ROOT)
        if run.returncode not in (0, 3):
            wrong.append(f"{path}: exit {run.returncode}: {run.stderr[:200]}")
        elif (run.returncode == 0) != by_loader:
            wrong.append(f"{path}: the loader {'takes' if run.returncode == 0 else 'refuses'} it\n{run.stderr}")

    def judge(path, by_schema):
        document = compose(path)
        validator = validators[kind(document)]
        read = value(document, plain)
        found = [e.message[:200] for e in validator.iter_errors(read)]
        if (not found) != by_schema:
            wrong.append(f"{path}: the schema {'refuses' if found else 'takes'} it {found}")
        as_editor = value(document, core)
        # JSON tells 1 from 1.0 and from true, which are equal here.
        if by_schema and repr(as_editor) != repr(read):
            for e in validator.iter_errors(as_editor):
                wrong.append(f"{path}: an editor would refuse it: {e.message[:200]}")

    count, waiting = 0, 0
    for folder, by_schema, by_loader in [("valid", True, True), ("invalid", False, False), ("loader-only", True, False)]:
        for path in sorted((HERE / folder).glob("*.yaml")):
            judge(path, by_schema)
            load(by_loader, path)
            count += 1
    for path in sorted((ROOT / "Spec").rglob("*.yaml"))[:: args.every]:
        document = value(compose(path), plain)
        if not isinstance(document, dict) or "meshspec" not in document:
            continue
        if document.get("protocol") not in protocols and path.parts[-3] not in protocols:
            waiting += 1
            continue
        judge(path, True)
        count += 1
    load(True, "Spec")
    if waiting:
        print(f"{waiting} files are of protocols that the program does not have yet")
    print("\n".join(wrong + [f"{count} files, {len(wrong)} disagreements"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
