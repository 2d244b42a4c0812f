"""The line rules of the C4 corpus, a peer that needs nothing installed."""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from boilerstrip import LabelledDocument
from evaluation.outcomes import Judgement

__all__ = ["judge_by_c4", "passes_c4"]

C4 = "C4 line rules"
TERMINAL = (".", "!", "?", '"', "”")
FEWEST_WORDS = 5
UNWANTED = re.compile(
    r"javascript|lorem ipsum|[{}]|"
    r"terms of use|privacy policy|cookie policy|uses cookies|use of cookies|use cookies",
    re.IGNORECASE,
)


def judge_by_c4(documents: Sequence[LabelledDocument]) -> Mapping[str, Judgement]:
    """Apply the rules of the C4 corpus to each paragraph.

    Raffel et al., "Exploring the Limits of Transfer Learning with a Unified Text-to-Text
    Transformer" (2020), section 2.2. A line stays if it ends in a terminal punctuation mark and has
    five words or more, and neither mentions Javascript nor is a notice on cookies or privacy. The
    paper throws away whole pages with a curly bracket or "lorem ipsum"; here that line goes. Its
    rule on pages of fewer than three sentences is left out: it is about pages, not lines.
    """
    return {
        C4: Judgement(
            [
                np.array([not passes_c4(paragraph.text) for paragraph in document.paragraphs])
                for document in documents
            ]
        )
    }


def passes_c4(line: str) -> bool:
    """Whether a line stays in the C4 corpus."""
    line = line.strip()
    return (
        line.endswith(TERMINAL)
        and len(line.split()) >= FEWEST_WORDS
        and UNWANTED.search(line) is None
    )
