#!/usr/bin/env python3
"""Holds what installs and runs meshspec elsewhere against the tools that read it: the Containerfile against hadolint, workflows and
actions of GitHub and pipelines of GitLab against their schemas, and the commands in all of them against bash.

    python3 check.py .build/release/meshspec

Checked are the files of this repository, and what `meshspec init` writes at the root of a repository, in a folder below it, and
beside a pipeline that is there. Exits 0 when all is well, 1 when not.
"""

import pathlib
import subprocess
import sys
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]
BIN = pathlib.Path(sys.executable).parent
complaints = []


def run(where, *words, text=None):
    done = subprocess.run([str(word) for word in words], input=text, capture_output=True, text=True)
    if done.returncode:
        complaints.append(f"{where}: {done.stdout}{done.stderr}")


def commands(node):
    """Scripts in a workflow, an action or a pipeline."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "run" and isinstance(value, str):
                yield value
            elif key in ("script", "before_script"):
                yield "\n".join(value)
            else:
                yield from commands(value)
    elif isinstance(node, list):
        for value in node:
            yield from commands(value)


def check(path, schema):
    run(path, BIN / "check-jsonschema", "--builtin-schema", f"vendor.{schema}", path)
    scripts = list(commands(yaml.safe_load(path.read_text())))
    if not scripts:
        complaints.append(f"{path}: no command in it")
    for script in scripts:
        run(f"{path}: {script}", "bash", "-n", text=script)


def main():
    binary = pathlib.Path(sys.argv[1]).resolve()
    # Versions of Debian's packages are those of the release, which is named.
    run("Containerfile", BIN / "hadolint", "--ignore", "DL3008", ROOT / ".ci/Containerfile")
    check(ROOT / ".github/workflows/ci.yml", "github-workflows")
    check(ROOT / ".github/actions/meshspec/action.yml", "github-actions")
    with tempfile.TemporaryDirectory() as name:
        for folder, before in [("", None), ("tests/mesh nodes", None), ("tests", "include: []\n")]:
            repository = pathlib.Path(name) / f"{folder.replace('/', '-')}-{before is None}"
            (repository / ".git").mkdir(parents=True)
            if before:
                (repository / ".gitlab-ci.yml").write_text(before)
            run(f"init {folder}", binary, "init", repository / folder)
            check(repository / ".github/workflows/meshspec.yml", "github-workflows")
            pipeline = repository / ".gitlab-ci.yml" if before is None else repository / folder / "meshspec.gitlab-ci.yml"
            check(pipeline, "gitlab-ci")
    for line in complaints:
        print(line, file=sys.stderr)
    print(f"{len(complaints)} complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
