"""Measure ``boilerstrip corpus``: ``python -m benchmarks.corpus``.

Each run is a process of its own. Its time is what the processor spent on it, less what the same run
spends on an empty corpus; one and two jobs are compared by the clock. Its memory is the most that
it ever held, as Linux tells it. Writes benchmarks/corpus.json.
"""

import argparse
import functools
import gzip
import itertools
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from evaluation.corpora import PAGES, read_pages

from boilerstrip import read_documents

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["main"]

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "corpus.json"
CORPORA = ROOT / ".." / "shared" / "corpora"
LARGE = 100_000_000  # bytes of the single long document
REPEATS = 4  # of the corpus that is shared among processes: to start them takes a second

RUN = """
import json, sys
options = json.loads(sys.argv[3])
if not options.pop("fast"):
    sys.modules["orjson"] = sys.modules["isal"] = None
from boilerstrip import clean_corpus
report = clean_corpus([sys.argv[1]], sys.argv[2], **options)
with open("/proc/self/status") as status:
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
print(json.dumps({"report": report.as_dict(), "memory": peak * 1024 / 1e6}))
"""

Results = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure everything, and write down what was found."""
    parser = argparse.ArgumentParser(prog="benchmarks.corpus", description="Measure corpora.")
    parser.add_argument("--corpora", type=Path, default=CORPORA, help="the public corpora")
    parser.add_argument("--rounds", type=int, default=3, help="how often each run is timed")
    parser.add_argument(
        "--sizes",
        type=lambda sizes: [int(size) for size in sizes.split(",")],
        default=[1, 10, 100, 1000],
        help="megabytes of which time and memory are measured (default: 1,10,100,1000)",
    )
    options = parser.parse_args(arguments)
    lines = _lines(options.corpora if options.corpora.is_dir() else None)
    with tempfile.TemporaryDirectory() as folder:
        bench = _Bench(Path(folder), lines, options.rounds)
        results = {
            "bytes": sum(map(len, lines)),
            "documents": len(lines),
            "rounds": options.rounds,
            "copy": bench.time_copies(),
            "jobs": bench.time_jobs(),
            "sizes": {str(size): bench.measure_size(size * 1_000_000) for size in options.sizes},
            "long": bench.measure_long(),
        }
    print(json.dumps(results, indent=2))
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def _lines(corpora: Path | None) -> list[bytes]:
    """Give whole pages as JSON lines, mixed: a small part of them is like a large one."""
    lines = list(_pages(corpora))
    random.Random(0).shuffle(lines)  # noqa: S311 (nobody is to be kept from guessing)
    return lines


def _pages(corpora: Path | None) -> Iterator[bytes]:
    if corpora is None:
        documents = iter(read_documents(ROOT / "training_data"))
    else:
        views = (each for name in PAGES for _, each in read_pages(corpora, name))
        documents = (each["page"] for each in views if "page" in each)
    for document in documents:
        text = "\n".join(paragraph.text for paragraph in document.paragraphs)
        record = {"id": document.id, "url": document.site, "text": text}
        yield json.dumps(record, ensure_ascii=False).encode() + b"\n"


class _Bench:
    """A folder with corpora, and what is measured on them."""

    def __init__(self, folder: Path, lines: Sequence[bytes], rounds: int) -> None:
        self.folder = folder
        self.lines = lines
        self.rounds = rounds
        self.empty = self._write("empty.jsonl", lambda path: path.touch())

    def time_copies(self) -> Results:
        """Time one job against the same program without classification."""
        data = b"".join(self.lines)
        table = pa.Table.from_pylist([json.loads(line) for line in self.lines])
        corpora = {
            "gz": self._write("a.jsonl.gz", lambda path: path.write_bytes(gzip.compress(data, 6))),
            "zst": self._write("a.jsonl.zst", lambda path: path.write_bytes(zstd.compress(data))),
            "parquet": self._write(
                "a.parquet", lambda path: pq.write_table(table, path, compression="zstd")
            ),
        }
        runs = {
            (name, fast, dry): {"fast": fast, "dry_copy": dry}
            for name, fast, dry in itertools.product(corpora, (True, False), (False, True))
        }
        seconds: dict[Any, list[float]] = {key: [] for key in runs}
        for _ in range(self.rounds):
            for key, options in runs.items():
                started = self._run(self.empty, **options)["processor"]
                spent = self._run(corpora[key[0]], **options)["processor"]
                seconds[key].append(spent - started)
        megabytes = len(data) / 1e6
        results: Results = {}
        for name, fast in itertools.product(corpora, (True, False)):
            clean, copy = (statistics.median(seconds[name, fast, dry]) for dry in (False, True))
            results[f"{name}{' with [fast]' if fast else ''}"] = {
                "MB/s": megabytes / clean,
                "MB/s copied": megabytes / copy,
                "times as long": clean / copy,
            }
        return results

    def time_jobs(self) -> Results:
        """Time one and two jobs by the clock, on one file and on many."""
        parts = [b"".join(self.lines[number::16]) * REPEATS for number in range(16)]
        for number, part in enumerate(parts):
            self._write(f"many/{number}.jsonl", functools.partial(Path.write_bytes, data=part))
        one = self._write("one.jsonl", lambda path: path.write_bytes(b"".join(parts)))
        corpora = {"one file": one, "16 files": self.folder / "many"}
        seconds: dict[tuple[str, int], list[float]] = {}
        for _ in range(self.rounds):
            for name, jobs in itertools.product(corpora, (1, 2)):
                report = self._run(corpora[name], jobs=jobs)["report"]
                seconds.setdefault((name, jobs), []).append(report["seconds"])
        return {
            f"{name}, {jobs} jobs": sum(map(len, parts)) / 1e6 / statistics.median(each)
            for (name, jobs), each in seconds.items()
        }

    def measure_size(self, size: int) -> Results:
        """Measure time and memory for a corpus of about a size."""

        def write(path: Path) -> None:
            with gzip.open(path, "wb", 1) as file:
                written = 0
                for line in itertools.cycle(self.lines):
                    written += file.write(line)
                    if written >= size:
                        return

        corpus = self._write("sized.jsonl.gz", write)
        run = self._run(corpus)
        corpus.unlink()
        return {"ms a MB": run["processor"] / size * 1e9, "peak MB": run["memory"]}

    def measure_long(self) -> Results:
        """Measure the memory for a single very long document."""
        texts = itertools.cycle(json.loads(line)["text"] + "\n" for line in self.lines)
        pieces, size = [], 0
        while size < LARGE:
            pieces.append(next(texts))
            size += len(pieces[-1].encode())
        line = json.dumps({"text": "".join(pieces)}, ensure_ascii=False).encode()
        corpus = self._write("long.jsonl.gz", lambda p: p.write_bytes(gzip.compress(line, 1)))
        return {"bytes": size, "peak MB": self._run(corpus)["memory"]}

    def _write(self, name: str, write: Callable[[Path], object]) -> Path:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        write(path)
        return path

    def _run(self, corpus: Path, **options: bool | int) -> Results:
        command = [sys.executable, "-c", RUN, str(corpus), str(self.folder / "out")]
        options = {"fast": True, "force": True, **options}
        with subprocess.Popen(  # noqa: S603 (our own code)
            [*command, json.dumps(options)], stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None  # noqa: S101
            output = process.stdout.read()
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"a run on {corpus} ended with {process.returncode}")
        return {**json.loads(output), "processor": used.ru_utime + used.ru_stime}


if __name__ == "__main__":
    main()
