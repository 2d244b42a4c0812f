"""The command line: output, diagnostics and exit codes."""

import codecs
import dataclasses
import errno
import gzip
import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import boilerstrip
from boilerstrip import Model, cli

PAGE = """\
Subscribe to our newsletter and never miss a story.\r
\r
“It will stand,” said the engineer, “if nobody drives over it.”\r
Read more\r
"""

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def page(tmp_path: Path) -> str:
    """Return the file of a page."""
    path = tmp_path / "page.txt"
    path.write_bytes(PAGE.encode())
    return str(path)


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs the command line and returns code, output and diagnostics."""

    def run(*arguments: str, stdin: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        try:
            code = cli.main(arguments)
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return run


# --- clean, classify, show ----------------------------------------------------------------------


def test_clean(run: Run, page: str, model_file: str, model: Model) -> None:
    """A file is cleaned to standard output, line ends as they are."""
    options = ["--model", model_file, "--threshold", "1", "--remove", "Read more"]
    cleaned = boilerstrip.clean(PAGE, model=model, threshold=1, remove=["Read more"])
    assert cleaned == PAGE.replace("Read more\r\n", "")
    assert run("clean", page, *options) == (0, cleaned, "")
    assert run("clean", *options, stdin=PAGE.encode()) == (0, cleaned, "")
    assert run("clean", "-", *options, stdin=PAGE.encode()) == (0, cleaned, "")


def test_classify(run: Run, page: str, model_file: str, model: Model) -> None:
    """A file is classified to a line of JSON a paragraph."""
    code, out, err = run("classify", page, "--model", model_file)
    assert (code, err) == (0, "")
    expected = [p._asdict() for p in boilerstrip.classify(PAGE, model=model)]
    assert [json.loads(line) for line in out.splitlines()] == expected
    assert "“It will stand,”" in out


def test_options(run: Run, page: str, model_file: str, model: Model) -> None:
    """The options are those of the functions."""
    code, out, _ = run(
        *("classify", page, "--model", model_file, "--threshold", "0.25", "--split", "blank"),
        *(
            "--kinds",
            "paywall, newsletter",
            "--kinds",
            "cookie",
            "--keep",
            "read  MORE",
            "--keep",
            "x",
        ),
        *("--remove", "subscribe", "--remove", "y"),
    )
    expected = boilerstrip.classify(
        PAGE,
        model=model,
        threshold=0.25,
        split="blank",
        kinds=["paywall", "newsletter", "cookie"],
        keep=["read more", "x"],
        remove=["subscribe", "y"],
    )
    assert code == 0
    assert [json.loads(line) for line in out.splitlines()] == [p._asdict() for p in expected]


def test_show(run: Run, page: str, model_file: str) -> None:
    """What is removed is marked with kind and score, without colour where there is no terminal."""
    code, out, err = run("show", page, "--model", model_file, "--remove", "read more")
    assert (code, err) == (0, "")
    assert re.search(r"^\[removed: \w+ 1\.00\] Read more$", out, re.MULTILINE)
    assert re.search(r"\n\n\d paragraphs kept, \d removed\n$", out)
    assert "\x1b" not in out


@pytest.mark.parametrize(("no_color", "is_coloured"), [(None, True), ("", True), ("1", False)])
def test_colour(
    no_color: str | None,
    is_coloured: bool,  # noqa: FBT001 (pytest passes it by name)
    run: Run,
    page: str,
    model_file: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A terminal gets colour, unless NO_COLOR is set."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_color is not None:
        monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    _, out, _ = run("show", page, "--model", model_file, "--threshold", "0")
    assert ("\x1b[31m[removed: " in out) is is_coloured


def test_show_controls(run: Run, model_file: str) -> None:
    """Control characters of a text do not reach the terminal."""
    text = "Rain\x1b]0;title\x07 fell\x9b31m and\tfell\x00\r\n"
    _, out, _ = run("show", "--model", model_file, "--keep", "fell", stdin=text.encode())
    assert out.startswith("Rain�]0;title� fell�31m and\tfell�\n\n")


def test_shipped_model(run: Run, page: str) -> None:
    """Without --model, or with "shipped", the model that comes with boilerstrip is used."""
    assert run("clean", page) == (0, boilerstrip.clean(PAGE), "")
    assert run("clean", page, "--model", "shipped") == (0, boilerstrip.clean(PAGE), "")


def test_empty_input(run: Run, model_file: str) -> None:
    """Of nothing comes nothing."""
    assert run("clean", "--model", model_file) == (0, "", "")
    assert run("classify", "--model", model_file) == (0, "", "")
    assert run("show", "--model", model_file) == (0, "0 paragraphs kept, 0 removed\n", "")


# --- errors -------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["clean", "classify", "show"])
def test_not_utf_8(run: Run, command: str, model_file: str) -> None:
    """Bytes that are not UTF-8 are an error that says where, or are replaced on demand."""
    options = ["--model", model_file, "--keep", "caf"]
    code, out, err = run(command, *options, stdin=b"caf\xe9 au lait")
    assert (code, out) == (1, "")
    assert err == (
        "boilerstrip: standard input: not UTF-8 at byte 3 (invalid continuation byte); convert it, "
        "or use --errors replace\n"
    )
    code, out, err = run(command, *options, "--errors", "replace", stdin=b"caf\xe9 au lait")
    assert (code, err) == (0, "")
    assert "caf\N{REPLACEMENT CHARACTER} au lait" in out


@pytest.mark.parametrize(
    ("data", "found", "command"),
    [
        (gzip.compress(PAGE.encode()), "gzip data", "gunzip"),
        (b"\x28\xb5\x2f\xfd\x24\x03", "zstd data", "unzstd"),
        (PAGE.encode("utf-16"), "UTF-16", "iconv -f UTF-16 -t UTF-8"),
        (codecs.BOM_UTF16_BE + PAGE.encode("utf-16-be"), "UTF-16", "iconv -f UTF-16 -t UTF-8"),
        (PAGE.encode("utf-32"), "UTF-32", "iconv -f UTF-32 -t UTF-8"),
        (codecs.BOM_UTF32_BE + PAGE.encode("utf-32-be"), "UTF-32", "iconv -f UTF-32 -t UTF-8"),
    ],
)
@pytest.mark.parametrize("errors", ["strict", "replace"])
def test_other_data(run: Run, data: bytes, found: str, command: str, errors: str) -> None:
    """Data that is compressed, or encoded otherwise, is refused with the command that helps."""
    code, out, err = run("clean", "--errors", errors, stdin=data)
    assert (code, out) == (1, "")
    assert err == (
        f"boilerstrip: standard input: {found}, where UTF-8 text is expected; convert it first, as "
        f"in: {command} < FILE | boilerstrip clean\n"
    )


@pytest.mark.parametrize(
    "page",
    [
        "<!DOCTYPE html>\n<p>It will stand.",
        "\ufeff\n<html lang='en'>\n<p>It will stand.",
        "<?xml version='1.0'?>\n<p>It will stand.",
        "<article><p>It will stand, said the engineer.</p></article>",
        f"<p>{'It rained all day. ' * 30}</p>\n\n  <P>And all night.</P>\nHome\n",
        "<div>\n  <ul>\n" + 5 * "    <li>\n      <a href='/x'>Home</a>\n" + "  </ul>\n</div>\n",
    ],
)
def test_html(run: Run, model_file: str, page: str) -> None:
    """A page of HTML, or a part of one, is judged as it is, with a word on what to do instead."""
    options = ("--model", model_file, "--threshold", "1")
    hint = (
        "boilerstrip: standard input looks like HTML, whose tags would be judged as if they were "
        "words; extract its text first\n"
    )
    assert run("clean", *options, stdin=page.encode()) == (0, page, hint)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The tag <html> comes first.\n",
        "<amy> Does it rain?\n<bob> It does.\n<amy> Then close the <b> with </b>.\n",
        "<file> the input\n<folder> where it goes\n",
        "Press <kbd>Ctrl</kbd>+<kbd>C</kbd>.\n",
        "<h1>Rain</h1>\n\n<img src='rain.png'>\n\nIt *rained* all day.\n\nAnd all night.\n",
        f"A list:\n<ul>\n{'<li>One</li>' * 9}\n</ul>\n{'Then save the file. ' * 30}\n",
    ],
)
def test_not_html(run: Run, model_file: str, text: str) -> None:
    """Text with some code, Markdown with some tags, and names in angle brackets are no HTML."""
    options = ("--model", model_file, "--threshold", "1")
    assert run("clean", *options, stdin=text.encode()) == (0, text, "")


JSON_LINE = '{"id": 1, "text": "It will stand,\u2028said the engineer."}\n'


@pytest.mark.parametrize("command", ["clean", "classify", "show"])
@pytest.mark.parametrize("text", [JSON_LINE, JSON_LINE * 20, f"\n{JSON_LINE}\r\n{JSON_LINE}{{\n"])
def test_json_lines(run: Run, command: str, model_file: str, text: str) -> None:
    """JSON lines are judged as they are, with a word on what to do instead."""
    code, _, err = run(command, "--model", model_file, stdin=text.encode())
    hint = "looks like JSON lines; `boilerstrip corpus` cleans the texts in them"
    assert (code, err) == (0, f"boilerstrip: standard input {hint}\n")


@pytest.mark.parametrize(
    "text",
    [
        f"A line of JSON:\n{JSON_LINE}",
        '{\n  "text": "It will stand."\n}\n',
        "[1]\n[2]\n" + "[" * 100_000,
        "It rained.\n" * 10 + JSON_LINE * 20,
    ],
    ids=["half", "one object", "lists", "further down"],
)
def test_not_json_lines(run: Run, model_file: str, text: str) -> None:
    """Text with some JSON, and JSON that is laid out otherwise, are no JSON lines."""
    options = ("--model", model_file, "--threshold", "1")
    assert run("clean", *options, stdin=text.encode()) == (0, text, "")


def test_failures(run: Run, tmp_path: Path, page: str) -> None:
    """An input that fails is named in one line, and the exit code is 1."""
    missing = str(tmp_path / "missing")
    (tmp_path / "empty").mkdir()
    for arguments, message in (
        (["clean", missing], f"{missing}: No such file or directory"),
        (["clean", str(tmp_path)], f"{tmp_path}: Is a directory"),
        (["clean", page, "--model", missing], f"{missing}: No such file or directory"),
        (["clean", page, "--model", page], f"{page}: not a model file, or damaged"),
        (["model", page], f"{page}: not a model file, or damaged"),
        (["evaluate", page, page], f"{page}: not a model file, or damaged"),
        (["train", page, "-o", str(tmp_path / "m")], f"{page}:1: not JSON"),
        (["train", str(tmp_path / "empty"), "-o", "m"], "holds no *.jsonl file"),
    ):
        code, out, err = run(*arguments)
        assert (code, out) == (1, ""), arguments
        assert err.startswith("boilerstrip: ")
        assert message in err
        assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["wash"], "invalid choice: 'wash'"),
        (["clean", "--threshold", "high"], "argument --threshold: invalid float value: 'high'"),
        (["clean", "--threshold", "2"], "threshold is 2.0; it must be between 0 and 1"),
        (["classify", "--kinds", "spam,donation"], "unknown kinds ['spam']; there are donation,"),
        (["show", "--kinds", ""], "unknown kinds ['']"),
        (["clean", "--keep", " "], "keep holds a phrase without a visible character"),
        (["clean", "--split", "word"], "argument --split: invalid choice: 'word'"),
        (["clean", "--errors", "ignore"], "argument --errors: invalid choice: 'ignore'"),
        (["clean", "a", "b"], "unrecognized arguments: b"),
        (["train", "a"], "the following arguments are required: -o/--output"),
        (["train", "a", "-o", "m", "--seed", "-1"], "argument --seed: -1 is less than 0"),
        (
            ["train", "a", "-o", "m", "--seed", "4294967296"],
            "argument --seed: 4294967296 is more than 4294967295",
        ),
        (["train", "a", "-o", "m", "--jobs", "0"], "argument --jobs: 0 is less than 1"),
        (
            ["train", "a", "-o", "m", "--jobs", "two"],
            "argument --jobs: 'two' is not a whole number; give one, 1 or more",
        ),
        (
            ["train", "a", "-o", "no/m"],
            f"cannot write no/m: there is no folder {Path('no').resolve()};",
        ),
        (["train", "a", "-o", "."], "cannot write .: it is a folder; name a file in it"),
        (["train", "a", "-o", "-"], "MODEL is -; train writes a file: name one"),
        (["train", "a", "./a", "-o", "m"], "a would be read twice; give it, or its folder, once"),
        (["evaluate", "m", "a", "a"], "a would be read twice; give it, or its folder, once"),
        (["evaluate", "model.npz"], "the following arguments are required: DOCUMENTS"),
        (["evaluate", "m", "d", "--threshold", "2"], "threshold is 2.0; it must be"),
        (["corpus", "a", "-o", "-"], "OUT is -; corpus writes files"),
        (["corpus", "a", "-o", ""], "IN or OUT is empty; the folder at hand is ."),
        (["corpus", "", "-o", "b"], "IN or OUT is empty"),
        (["corpus", "a", "-o", "b", "--keep", "c"], "unrecognized arguments: --keep c"),
        (["clean", "--thresh", "0.5"], "unrecognized arguments: --thresh"),
    ],
)
def test_usage(run: Run, arguments: list[str], message: str) -> None:
    """Wrong usage ends with exit code 2 and says what is wrong, before anything is read."""
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("usage: boilerstrip")
    assert message in err


def test_usage_of_command(run: Run) -> None:
    """An option that a command does not have is answered with the usage of that command."""
    code, _, err = run("clean", "--jobs", "2", "page.txt")
    assert code == 2
    assert err.startswith("usage: boilerstrip clean ")
    assert err.endswith("boilerstrip clean: error: unrecognized arguments: --jobs page.txt\n")


def test_help(run: Run) -> None:
    """Help and version are no errors."""
    code, out, err = run("--help")
    assert (code, err) == (0, "")
    commands = {"clean", "classify", "show", "train", "evaluate", "model", "corpus"}
    assert commands <= set(out.split())
    for command in commands:
        code, out, err = run(command, "--help")
        assert (code, err) == (0, "")
        assert out.startswith(f"usage: boilerstrip {command} ")
    assert run("--version") == (0, f"{boilerstrip.__version__}\n", "")


def test_interrupt(run: Run, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupt ends with exit code 130, quietly."""

    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(boilerstrip, "clean", interrupt)
    assert run("clean", page) == (130, "", "")


# --- train, evaluate, model ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def documents_file(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a file of labelled documents."""
    path = tmp_path_factory.mktemp("documents") / "documents.jsonl"
    labels = [("It rained on the hills.", "content"), ("Subscribe now!", "boilerplate")]
    path.write_text(
        "".join(
            json.dumps(
                {"id": str(n), "paragraphs": [{"text": f"{n}: {text}", "label": label}]},
            )
            + "\n"
            for n in range(22)
            for text, label in [*labels, *[("And so on.", None)] * (n < 2)]
        )
    )
    return str(path)


def test_train(run: Run, documents_file: str, tmp_path: Path) -> None:
    """Training writes a model, and says on standard error what it does."""
    output = tmp_path / "model.npz"
    code, out, err = run("train", documents_file, "-o", str(output), "--seed", "7")
    assert (code, out) == (0, "")
    assert (
        "training on 46 documents, 46 paragraphs: 22 content, 22 boilerplate, 2 unlabelled\n" in err
    )
    assert f"wrote {output}" in err
    assert Model.load(output).header["training"]["seed"] == 7


def test_train_without_permission(
    run: Run, documents_file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder without permission to write is reported before training."""
    monkeypatch.setattr(os, "access", lambda path, _: path != tmp_path)
    code, _, err = run("train", documents_file, "-o", str(tmp_path / "m"))
    assert code == 2
    assert f"cannot write {tmp_path / 'm'}: permission denied; name a file in a folder" in err


@pytest.mark.parametrize("is_folder", [False, True])
def test_train_spares_input(run: Run, documents_file: str, *, is_folder: bool) -> None:
    """The labelled documents are not replaced by the model."""
    before = Path(documents_file).read_bytes()
    source = str(Path(documents_file).parent) if is_folder else documents_file
    code, _, err = run("train", source, "-o", documents_file)
    assert code == 2
    assert "it is read; name another file" in err
    assert Path(documents_file).read_bytes() == before


def test_train_spares_others(run: Run, documents_file: str, tmp_path: Path) -> None:
    """A file that is no model is not replaced by one; an empty one is."""
    notes, vectors, empty = (tmp_path / name for name in ("notes.jsonl", "vectors.npz", "empty"))
    notes.write_text("not to be lost\n")
    np.savez(vectors, weights=np.arange(5))
    empty.touch()
    for other in (notes, vectors):
        code, _, err = run("train", documents_file, "-o", str(other))
        assert code == 2
        assert "it exists, and is no model; name another file" in err
    assert notes.read_text() == "not to be lost\n"
    for _ in range(2):  # the second time it is a model
        assert run("train", documents_file, "-o", str(empty))[0] == 0


def test_documents_given_twice(run: Run, documents_file: str, tmp_path: Path) -> None:
    """A file that is also in a folder, or that a link leads to, is not read twice."""
    link = tmp_path / "link.jsonl"
    link.symlink_to(documents_file)
    for other in (str(Path(documents_file).parent), str(link)):
        for command in (["train", "-o", "m"], ["evaluate", "shipped"]):
            code, out, err = run(*command, other, documents_file)
            assert (code, out) == (2, "")
            assert f"{documents_file} would be read twice; give it, or its folder, once" in err


@pytest.mark.parametrize(
    "paragraphs",
    [None, [{"text": " ", "label": "content"}, {"text": "Rain", "label": None}]],
    ids=["empty", "blank"],
)
def test_no_labelled_paragraph(
    run: Run, model_file: str, tmp_path: Path, paragraphs: list[dict[str, str]] | None
) -> None:
    """Files without a labelled paragraph are named, without advice on Python."""
    path = tmp_path / "a.jsonl"
    record = json.dumps({"id": "a", "paragraphs": paragraphs})
    path.write_text("" if paragraphs is None else record)
    found = f"in {0 if paragraphs is None else 1} documents; blank ones do not count"
    message = f"boilerstrip: {path}: no labelled paragraph {found}\n"
    assert run("train", str(path), "-o", str(tmp_path / "m")) == (1, "", message)
    assert run("evaluate", model_file, str(path)) == (1, "", message)


def test_folder_without_permission(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder of documents that may not be read is not taken for an empty one."""

    def refuse(folder: Path) -> Iterator[Path]:
        raise PermissionError(errno.EACCES, "Permission denied", str(folder))

    monkeypatch.setattr(Path, "iterdir", refuse)  # to root all folders are open
    message = f"boilerstrip: {tmp_path}: Permission denied\n"
    assert run("train", str(tmp_path), "-o", "m") == (1, "", message)
    assert run("evaluate", "shipped", str(tmp_path)) == (1, "", message)


def test_adapt(run: Run, documents_file: str, model_file: str, tmp_path: Path) -> None:
    """With --base, training adapts a model."""
    output = tmp_path / "model.npz"
    code, out, _ = run("train", documents_file, "-o", str(output), "--base", model_file)
    assert (code, out) == (0, "")
    documents = boilerstrip.read_documents(documents_file)
    adapted = boilerstrip.train(documents, base=Model.load(model_file))
    assert Model.load(output).weights.tobytes() == adapted.weights.tobytes()


def test_evaluate(run: Run, model_file: str, documents_file: str) -> None:
    """An evaluation is a table, or JSON."""
    code, out, err = run("evaluate", model_file, documents_file)
    assert (code, err) == (0, "")
    assert "average precision" in out
    code, out, err = run("evaluate", "--json", model_file, documents_file)
    assert (code, err) == (0, "")
    report = boilerstrip.evaluate(
        Model.load(model_file), boilerstrip.read_documents(documents_file)
    )
    assert json.loads(out) == report.as_dict()
    code, out, err = run("evaluate", "--threshold", "0.8", model_file, documents_file)
    assert (code, err) == (0, "")
    assert "decided at 0.8" in out


def test_evaluate_one_label(run: Run, model_file: str, tmp_path: Path) -> None:
    """What cannot be told of one label is a dash in the table, and null in valid JSON."""
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "a", "paragraphs": [{"text": "Rain fell.", "label": "content"}]}')
    code, out, err = run("evaluate", model_file, str(path))
    assert (code, err) == (0, "")
    assert "average precision    -\n" in out
    assert re.search(r"^boilerplate +- +- +- +0$", out, re.MULTILINE)
    code, out, err = run("evaluate", model_file, str(path), "--json")
    assert (code, err, "NaN" in out) == (0, "", False)
    assert json.loads(out)["average_precision"] is None


def test_model(run: Run, model_file: str) -> None:
    """The facts of a model are a line each."""
    code, out, err = run("model", model_file)
    assert (code, err) == (0, "")
    facts = dict(line.split(maxsplit=1) for line in out.splitlines())
    assert facts["model"] == model_file
    assert facts["kinds"].startswith("donation, paywall,")
    assert facts["training.seed"] == "0"


def test_adapted_model(run: Run, model: Model, tmp_path: Path) -> None:
    """What a model was adapted on is listed once for each time that it was adapted."""
    adapted_on = [{"documents": 60, "versions": {"numpy": "2.4.6"}}, {"documents": 40}]
    header = {**model.header, "adapted_on": adapted_on}
    dataclasses.replace(model, header=header).save(tmp_path / "model.npz")
    code, out, err = run("model", str(tmp_path / "model.npz"))
    assert (code, err) == (0, "")
    assert [line.split() for line in out.splitlines()[-3:]] == [
        ["adapted_on.1.documents", "60"],
        ["adapted_on.1.versions.numpy", "2.4.6"],
        ["adapted_on.2.documents", "40"],
    ]


def test_hostile_facts(run: Run, model: Model, tmp_path: Path) -> None:
    """Whatever a header holds, no control character of it reaches the terminal."""
    header = {**model.header, "a\x1b[31m": {"b": ["\x9b", None]}}
    dataclasses.replace(model, header=header).save(tmp_path / "model.npz")
    code, out, err = run("model", str(tmp_path / "model.npz"))
    assert (code, err) == (0, "")
    assert out.splitlines()[-1].split(maxsplit=1) == ["a\ufffd[31m.b", "\ufffd, None"]


def test_shipped_model_facts(run: Run) -> None:
    """Without a name, they are those of the model that comes with boilerstrip: "shipped"."""
    code, out, err = run("model")
    assert (code, err) == (0, "")
    assert boilerstrip.load_default().header["training"]["digest"] in out
    assert run("model", "shipped") == (0, out, "")


# --- the process --------------------------------------------------------------------------------

COMMAND = [sys.executable, "-c", "import sys; from boilerstrip.cli import main; sys.exit(main())"]


def start(*arguments: str, before: Sequence[str] = (), **options: Any) -> subprocess.Popen[bytes]:
    """Start the command line in a process of its own."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    return subprocess.Popen([*before, *COMMAND, *arguments], **options)  # noqa: S603 (our command)


def test_process(model_file: str) -> None:
    """It works as a process, with bytes in and out, whatever the locale."""
    process = start(
        *("clean", "--model", model_file, "--threshold", "1"),
        stdin=subprocess.PIPE,
        env={**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
    )
    out, err = process.communicate(PAGE.encode(), timeout=60)
    assert (process.returncode, out, err) == (0, PAGE.encode(), b"")


def test_closed_pipe(tmp_path: Path, model_file: str) -> None:
    """A reader that closes the pipe ends it quietly."""
    path = tmp_path / "long.txt"
    path.write_text("It rained on the hills.\n" * 20_000)
    process = start("classify", str(path), "--model", model_file)
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline().startswith(b'{"text": "It rained')
    process.stdout.close()
    assert (process.wait(timeout=60), process.stderr.read()) == (0, b"")
    process.stderr.close()


@pytest.fixture
def full_disk() -> Iterator[io.BufferedWriter]:
    """Return a file to which nothing can be written."""
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    with Path("/dev/full").open("wb") as file:
        yield file


def test_full_disk(full_disk: io.BufferedWriter, page: str, model_file: str) -> None:
    """Output that cannot be written is an error of one line."""
    process = start("classify", page, "--model", model_file, stdout=full_disk)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert err == b"boilerstrip: standard output: No space left on device\n"


@pytest.mark.parametrize(("redirection", "name"), [("<&-", b"input"), (">&-", b"output")])
def test_closed_streams(redirection: str, name: bytes, model_file: str) -> None:
    """A standard stream that is closed is an error of one line."""
    shell = ["sh", "-c", f'exec "$@" {redirection}', "sh"]
    process = start("clean", "--model", model_file, before=shell, stdin=subprocess.DEVNULL)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert err == b"boilerstrip: standard %s: Bad file descriptor\n" % name


def test_closed_errors(model_file: str) -> None:
    """Where standard error is closed, what would be said there does not get into the output."""
    shell = ["sh", "-c", 'exec "$@" 2>&-', "sh"]
    pipe = subprocess.PIPE
    process = start("classify", "--model", model_file, before=shell, stdin=pipe, stdout=pipe)
    out, _ = process.communicate(b"<html><p>Rain fell on Leeds.</p></html>", timeout=60)
    assert process.returncode == 0
    assert [json.loads(line)["start"] for line in out.splitlines()] == [0]


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full"])
def test_errors_nobody_reads(redirection: str, documents_file: str, tmp_path: Path) -> None:
    """Where nothing can be said, the work is done all the same, and failures have their code."""
    shell = ["sh", "-c", f'exec "$@" {redirection}', "sh"]
    output = tmp_path / "m.npz"
    for path, expected in ((documents_file, 0), (str(tmp_path / "missing"), 1)):
        arguments = ("train", path, "-o", str(output), "--base", "shipped")
        process = start(*arguments, before=shell)
        assert process.communicate(timeout=60) == (b"", b"")
        assert process.returncode == expected
    assert Model.load(output).header["adapted_on"]


def test_errors_to_closed_pipe(documents_file: str, tmp_path: Path) -> None:
    """A reader of both output and messages who leaves does not end the work."""
    reader, writer = os.pipe()
    os.close(reader)
    output = tmp_path / "m.npz"
    arguments = ("train", documents_file, "-o", str(output), "--base", "shipped")
    assert start(*arguments, stdout=writer, stderr=writer).wait(timeout=60) == 0
    assert Model.load(output).header["adapted_on"]
    missing = ("train", str(tmp_path / "missing"), "-o", str(output))
    assert start(*missing, stdout=writer, stderr=writer).wait(timeout=60) == 1
    os.close(writer)


def test_interrupted_process(model_file: str) -> None:
    """Ctrl-C ends a process with exit code 130, without a traceback."""
    process = start("clean", "--model", model_file, "-", stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(b"x" * 1_000_000)  # more than a pipe holds: it is being read
    process.stdin.flush()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, b"")
