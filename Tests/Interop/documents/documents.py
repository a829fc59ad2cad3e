"""What a document says to do: its commands in their order, what it shows behind them, and the files that its reader writes."""

import ast
import collections
import re

# `line` counts from 1. `shown` are the lines behind the command, none where the document shows no output.
Command = collections.namedtuple("Command", "line text shown")
# A block with a file name behind its language: ```python node.py
File = collections.namedtuple("File", "line language name lines")
BEGINS = ("meshspec ", "python3 ")


def blocks(lines):
    """Code blocks, fenced or indented: (number of the first line, words behind the fence, lines)."""
    at, found = 0, []
    while at < len(lines):
        fence = re.match(r"( *)```(.*)", lines[at])
        if fence:
            end = next(i for i in range(at + 1, len(lines) + 1) if i == len(lines) or lines[i].strip() == "```")
            body = [line.removeprefix(fence[1]) for line in lines[at + 1:end]]
            found.append((at + 2, fence[2].split(), body))
            at = end + 1
        elif lines[at].startswith("    ") and (at == 0 or not lines[at - 1].strip()):
            end = at
            while end < len(lines) and (lines[end].startswith("    ") or not lines[end].strip()):
                end += 1
            found.append((at + 1, [], [line[4:] for line in lines[at:end]]))
            at = end
        else:
            at += 1
    return found


def commands(first, lines):
    """The commands of a block. Where one has a prompt, only those with a prompt are commands, and the rest is what they print."""
    prompted = any(line.startswith("$ ") for line in lines)
    found, at = [], 0
    while at < len(lines):
        line, begun = lines[at], at
        at += 1
        if not (line.startswith("$ ") if prompted else line.startswith(BEGINS)):
            if prompted and found:
                found[-1].shown.append(line)
            continue
        while line.endswith("\\") and at < len(lines):
            line = line[:-1] + lines[at].strip()
            at += 1
        found.append(Command(first + begun, re.sub(r"\s+#\s.*$", "", line.removeprefix("$ ")).strip(), []))
    for command in found:
        while command.shown and not command.shown[-1].strip():
            command.shown.pop()
    return found


def steps(text):
    """Commands and files of a document, in their order."""
    found = []
    for first, words, lines in blocks(text.splitlines()):
        if len(words) > 1:
            found.append(File(first, words[0], words[1], lines))
        else:
            found += commands(first, lines)
    return found


def named(statement):
    """What a statement of Python names, or None."""
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return "import " + ",".join(alias.name for alias in statement.names)
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return statement.name
    return ast.unparse(statement.targets) if isinstance(statement, ast.Assign) else None


def merged(old, part):
    """Python source with the definitions of a part in it: each in the place of the one of its name, or else an import among
    the imports, a value behind the values, a function above `converse`."""
    lines = old.splitlines()
    source = part.splitlines()
    for new in ast.parse(part).body:
        piece = source[new.lineno - 1:new.end_lineno]
        there = ast.parse("\n".join(lines)).body
        same = [s for s in there if named(s) == named(new) and named(s)]
        if same:
            lines[same[0].lineno - 1:same[0].end_lineno] = piece
        elif isinstance(new, ast.Import):
            later = [s for s in there if isinstance(s, ast.Import) and named(s) > named(new)]
            at = later[0].lineno - 1 if later else max(s.end_lineno for s in there if isinstance(s, ast.Import))
            lines[at:at] = piece
        elif isinstance(new, ast.Assign):
            at = max(s.end_lineno for s in there if isinstance(s, (ast.Import, ast.Assign)))
            lines[at:at] = piece
        else:
            at = next(s.lineno for s in there if named(s) == "converse") - 1
            lines[at:at] = piece + ["", ""]
    return "\n".join(lines) + "\n"


def is_whole(file):
    """Whether a block is a whole file: everything is, besides Python without a text at its beginning."""
    return file.language != "python" or file.lines[0].startswith('"""')
