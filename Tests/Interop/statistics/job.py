#!/usr/bin/env python3
"""What parts of a capture hold, added up by Apache Spark: `spark-submit job.py MESHSPEC PARTS`, or `python3 job.py ...`.

PARTS is a folder that `meshspec split` wrote, which all workers see, as they see MESHSPEC. Prints what `meshspec merge` prints
with the options that follow, such as `-o json`. --workers N runs so many on this machine; without it Spark's own settings say
where. Counts of parts add up in any order, so that Spark may group them as it likes.
"""

import argparse
import pathlib
import subprocess

from pyspark.sql import SparkSession


def meshspec(program, *words, given=b""):
    """What a command prints. Status 1: the capture lacks packets, which the counts say."""
    done = subprocess.run([program, *words], input=given, capture_output=True)
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr.decode())
    return done.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int)
    parser.add_argument("meshspec")
    parser.add_argument("parts", type=pathlib.Path)
    arguments, more = parser.parse_known_args()
    program = arguments.meshspec
    builder = SparkSession.builder.appName("meshspec statistics")
    if arguments.workers:
        builder = builder.master(f"local[{arguments.workers}]")
    context = builder.getOrCreate().sparkContext
    context.setLogLevel("ERROR")
    files = sorted(str(path.resolve()) for path in arguments.parts.glob("*.pcapng"))
    # A task for each part: large ones do not hold up the others.
    counts = context.parallelize(files, len(files)).map(lambda path: meshspec(program, "stats", "--partial", path))
    whole = counts.treeReduce(lambda a, b: meshspec(program, "merge", "--partial", "-", given=a + b))
    print(meshspec(program, "merge", *more, "-", given=whole).decode(), end="")


if __name__ == "__main__":
    main()
