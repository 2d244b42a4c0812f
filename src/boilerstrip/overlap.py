"""Lexical overlap: the share of a paragraph's words that the prose of its document has too.

A headline, a caption, an entry of a list of results has words of the article around it; a menu, or
the headline of another article, has not, however much it looks like one. Such overlap holds a text
together (Halliday and Hasan, *Cohesion in English*, 1976), and Hearst, "TextTiling" (1997), finds
by it where a subject ends.
"""

import numpy as np

from boilerstrip.arrays import AnyInts, Floats, Ints
from boilerstrip.features import ROW_BITS

__all__ = ["measure_overlap"]

PROSE = 13  # tokens of a paragraph that, if it is likely content, is prose
ROOM = 8  # slots for each token of prose: so many that few words share one


def measure_overlap(
    stems: AnyInts, logits: Floats, tokens: AnyInts, document_starts: Ints
) -> Floats:
    """Measure how much of each paragraph is said in the prose of its document too.

    Each document has a table of its own, of as many slots as its prose takes, so that a paragraph
    has the same overlap in any company.

    Args:
        stems: of all tokens of all paragraphs, as in `boilerstrip.features.Features`.
        logits: of each paragraph by itself, above 0 for boilerplate; shape ``(paragraphs,)``.
        tokens: how many each has.
        document_starts: first paragraph of each document, rising from 0; no document is empty.

    Returns:
        The share of its tokens, 0 to 1; of prose 0, which is there to be compared with.
    """
    is_prose = (logits < 0) & (tokens >= PROSE)
    of_documents = np.add.reduceat(tokens, document_starts)
    of_prose = np.add.reduceat(tokens * is_prose, document_starts)
    bits = np.ceil(np.log2(np.maximum(ROOM * of_prose, 1))).astype(np.int64).clip(max=ROW_BITS)
    sizes = 1 << bits
    ends = sizes.cumsum()
    slots = stems >> (ROW_BITS - bits).repeat(of_documents)
    slots += (ends - sizes).repeat(of_documents)
    in_prose = is_prose.repeat(tokens)
    is_there = np.zeros(ends[-1], np.uint8)
    is_there[slots[in_prose]] = 1
    overlap = np.zeros(tokens.size, np.float32)
    others = tokens[~is_prose]
    if others.size:
        found = is_there.take(slots[~in_prose], mode="clip")
        found = np.add.reduceat(found, others.cumsum() - others, dtype=np.uint16)
        overlap[~is_prose] = found / others
    return overlap
