"""Content of other sorts that is lost: ``python -m evaluation.all_content DIR [MODEL]``.

The public corpora are web pages, so they do not tell what becomes of other texts. Here they are
user guides, texts of a game and quotations, in many languages, of which all is content: DIR is
where Debian's packages gnome-user-docs, wesnoth-1.16-data, fortunes, fortunes-cs, -de, -es, -it,
-pl and -ru were unpacked by ``dpkg -x PACKAGE DIR``. Nothing of them is trained on. Prints, as
Markdown, the share of their words that is lost, and of documents that lose more than three tenths.
"""

import argparse
import random
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np

from boilerstrip import LabelledDocument, LabelledParagraph, Model
from boilerstrip.model import load_default
from boilerstrip.paragraphs import split_texts
from evaluation.c4 import judge_by_c4
from evaluation.collection import SEED, Example
from evaluation.outcomes import DEFAULT, Outcomes, judge_with, observe

__all__ = ["main"]

GUIDES, GAME, QUOTATIONS = "user guides", "texts of a game", "quotations, jokes and verse"
MOST = 60  # documents of a source in a language
SMALLEST = 30  # characters of a text of the game
TOGETHER = 12  # of these that make a document
MARKUP = set("$<=")  # and variables
MOST_LOST = 0.3  # of a document, to be still of use
MALLARD = "{http://projectmallard.org/1.0/}"
TEXTS = {MALLARD + tag for tag in ("title", "p", "screen")}


def main(arguments: Sequence[str] | None = None) -> None:
    """Judge all texts, and print."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.all_content", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR", help="where packages were unpacked")
    parser.add_argument("model", type=Path, nargs="?", help="instead of the one that is shipped")
    options = parser.parse_args(arguments)
    examples = [
        *_sample(GUIDES, _read_guides(options.folder)),
        *_sample(GAME, _read_game(options.folder)),
        *_sample(QUOTATIONS, _read_quotations(options.folder)),
    ]
    if not examples:
        parser.error(f"{options.folder} holds no usr/share/ of the packages")
    model = Model.load(options.model) if options.model else load_default()
    outcomes = observe(examples, [judge_with(model), judge_by_c4])
    sources, languages = outcomes.examples["corpus"], outcomes.examples["lang"]
    names = list(dict.fromkeys(sources.tolist()))
    methods = outcomes.methods("lost")
    print(f"| | documents | languages | {' | '.join(methods)} |")
    print(f"|---|---:|---:|{'---:|' * len(methods)}")
    for name in names:
        here = outcomes.where(sources == name)
        spoken = set(here.examples["lang"].tolist())
        lost = " | ".join(_lay_out(here, method) for method in methods)
        print(f"| {name} | {here.examples['id'].size:,} | {len(spoken)} | {lost} |")
    print(f"\n| {DEFAULT} | {' | '.join(names)} |")
    print(f"|---|{'---:|' * len(names)}")
    for language in sorted(set(languages.tolist())):
        places = [(languages == language) & (sources == name) for name in names]
        cells = [_lay_out(outcomes.where(p), DEFAULT) if p.any() else "" for p in places]
        print(f"| {language} | {' | '.join(cells)} |")


def _lay_out(outcomes: Outcomes, method: str) -> str:
    """Tell what share of the words is lost, and of how many documents too much."""
    lost, words = outcomes.examples[f"lost: {method}"], outcomes.examples["content"]
    return f"{lost.sum() / words.sum():.1%} / {np.mean(lost > MOST_LOST * words):.1%}"


# --- what is read -------------------------------------------------------------------------------


def _sample(source: str, texts: Iterator[tuple[str, str]]) -> Iterator[Example]:
    """Take some texts of each language, which is given with each; all of them are content."""
    by_language: dict[str, list[str]] = {}
    for language, text in texts:
        by_language.setdefault(language, []).append(text)
    generator = random.Random(SEED)  # noqa: S311 (no secret)
    for language, found in sorted(by_language.items()):
        for number, text in enumerate(generator.sample(found, min(MOST, len(found)))):
            paragraphs = split_texts([text]).paragraphs
            labelled = tuple(LabelledParagraph(each, "content") for each in paragraphs)
            name = f"{source}/{language}/{number}"
            document = LabelledDocument(name, labelled, lang=language)
            yield Example(document, "content", source)


def _read_guides(folder: Path) -> Iterator[tuple[str, str]]:
    """Read the pages of GNOME's guides, which are Mallard XML: titles, paragraphs and screens."""
    for path in sorted(folder.glob("usr/share/help/*/*/*.page")):
        page = ET.parse(path).getroot()  # noqa: S314 (files of Debian)
        for element in page.findall(f".//{MALLARD}info/.."):
            for info in element.findall(f"{MALLARD}info"):
                element.remove(info)
        texts = (" ".join("".join(e.itertext()).split()) for e in page.iter() if e.tag in TEXTS)
        language = path.parts[-3]
        yield ("en" if language == "C" else language), "\n".join(filter(None, texts))


def _read_game(folder: Path) -> Iterator[tuple[str, str]]:
    """Read the translations of Wesnoth, some of each catalogue's longer texts together."""
    for path in sorted(folder.glob("usr/share/**/LC_MESSAGES/wesnoth-*.mo")):
        texts = [
            " ".join(text.split())
            for original, text in _read_catalogue(path.read_bytes())
            if original not in ("", text) and len(text) > SMALLEST and not set(text) & MARKUP
        ]
        random.Random(SEED).shuffle(texts)  # noqa: S311 (no secret)
        for first in range(0, len(texts), TOGETHER):
            yield path.parts[-3], "\n".join(texts[first : first + TOGETHER])


def _read_catalogue(data: bytes) -> Iterator[tuple[str, str]]:
    """Read the originals and translations of a catalogue that ``msgfmt`` has compiled."""
    count, *tables = struct.unpack_from("<3I", data, 8)
    for number in range(count):
        places = (struct.unpack_from("<2I", data, table + 8 * number) for table in tables)
        original, text = (data[start : start + size].decode() for size, start in places)
        yield original, text


def _read_quotations(folder: Path) -> Iterator[tuple[str, str]]:
    """Read the cookies of fortune, but for offensive ones and those that are not in UTF-8."""
    for path in sorted(folder.glob("usr/share/games/fortunes/**/*")):
        if not path.is_file() or path.suffix in {".dat", ".u8"} or "off" in path.parts:
            continue
        language = path.parts[-2] if path.parts[-2] != "fortunes" else "en, it"
        for text in path.read_bytes().decode("utf-8", "replace").split("\n%\n"):
            if "\ufffd" not in text and text.strip():
                yield language, text


if __name__ == "__main__":
    main()
