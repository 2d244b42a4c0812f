"""What a paragraph's neighbours and its place in the document say about it.

Step 2 of the model sees, for each paragraph, its own step-1 outputs and shape, those of the four
paragraphs on either side, averages over wider windows further away, how much of the document's
content lies before and after it, and where it stands.
"""

import numpy as np
import numpy.typing as npt

__all__ = ["WIDTH", "describe", "to_probabilities"]

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

NEAR = 4  # paragraphs on either side that are seen one by one
FAR = (8, 16, 32)  # ends of the windows beyond, averaged
OUTPUTS = 16
CONTENT_OUTPUT = 0  # the step-1 output that tells content from boilerplate on whole pages

OWN = OUTPUTS + 14
NEIGHBOUR = 10
WINDOW = 4
PLACE = 12
WIDTH = OWN + 2 * NEAR * NEIGHBOUR + 2 * len(FAR) * WINDOW + PLACE
"""Numbers that describe one paragraph in its document."""


def describe(outputs: Floats, shape: Ints, document_starts: Ints) -> Floats:
    """Describe each paragraph in its document.

    Args:
        outputs: step-1 outputs, shape ``(paragraphs, 16)``; above 0 means boilerplate.
        shape: `boilerstrip.features.Features.shape` of the same paragraphs.
        document_starts: first paragraph of each document, rising from 0; no document is empty.

    Returns:
        Input of step 2, shape ``(paragraphs, WIDTH)``.
    """
    count = len(outputs)
    sizes = np.diff(document_starts, append=count)
    owner = np.repeat(np.arange(sizes.size), sizes)
    own = _own(outputs, shape)
    described = np.empty((count, WIDTH), np.float32)
    described[:, :OWN] = own
    column = OWN

    channels = np.empty((count, NEIGHBOUR), np.float32)
    channels[:, :4] = outputs[:, :4]
    channels[:, 4:9] = own[:, [OUTPUTS, OUTPUTS + 2, OUTPUTS + 6, OUTPUTS + 9, OUTPUTS + 10]]
    channels[:, 9] = 1  # inside the document: beyond its edges all channels are 0
    near = _near(channels, NEAR * (owner + 1))
    described[:, column : column + near.shape[1]] = near
    column += near.shape[1]

    first, behind = document_starts[owner], (document_starts + sizes)[owner]
    content = to_probabilities(-outputs[:, CONTENT_OUTPUT])
    words = shape[:, 7].astype(np.float32)
    summed = np.zeros((count + 1, WINDOW))
    np.cumsum(
        np.stack([content, content * words, words, np.ones(count)], axis=1), axis=0, out=summed[1:]
    )
    far = _far(summed, first, behind)
    described[:, column : column + far.shape[1]] = far
    column += far.shape[1]
    described[:, column:] = _place(summed, content, first, behind)
    return described


def to_probabilities(logits: Floats) -> Floats:
    """Turn logits into probabilities; `exp` is kept from overflowing where they are sure anyway."""
    probabilities: Floats = 1 / (1 + np.exp(-logits.clip(-60, 60)))
    return probabilities


def _own(outputs: Floats, shape: Ints) -> Floats:
    counts = shape[:, :8].astype(np.float32)
    tokens = counts[:, 7]
    own = np.empty((len(outputs), OWN), np.float32)
    own[:, :OUTPUTS] = outputs
    rest = own[:, OUTPUTS:]
    rest[:, 0] = np.log1p(shape[:, 8])
    rest[:, 1] = np.log1p(tokens)
    rest[:, 2:9] = counts[:, :7] / tokens[:, None]
    last = shape[:, 10]
    rest[:, 9] = IS_STOP[last]
    rest[:, 10] = IS_CAPITAL[shape[:, 9]]
    rest[:, 11] = shape[:, 9] > 127  # noqa: PLR2004 (ASCII)
    rest[:, 12] = IS_ALNUM[last]
    rest[:, 13] = rest[:, 0] > 5  # noqa: PLR2004 (some 150 bytes: longer than most furniture)
    return own


IS_STOP = np.isin(np.arange(256), list(b".!?\"'")).astype(np.float32)
IS_CAPITAL = np.array([chr(b).isupper() and b < 128 for b in range(256)], np.float32)  # noqa: PLR2004
IS_ALNUM = np.array([chr(b).isalnum() and b < 128 for b in range(256)], np.float32)  # noqa: PLR2004


def _near(channels: Floats, shift: Ints) -> Floats:
    count, width = channels.shape
    positions = np.arange(count) + shift
    padded = np.zeros((positions[-1] + 1 + NEAR, width), np.float32)
    padded[positions] = channels
    windows = np.lib.stride_tricks.as_strided(
        padded,
        (len(padded) - 2 * NEAR, (2 * NEAR + 1) * width),
        (padded.strides[0], padded.strides[1]),
    )
    near = windows[positions - NEAR]
    return np.concatenate([near[:, : NEAR * width], near[:, (NEAR + 1) * width :]], axis=1)


def _far(summed: npt.NDArray[np.float64], first: Ints, behind: Ints) -> Floats:
    here = np.arange(first.size)
    edges = (NEAR, *FAR)
    blocks = []
    before = [summed[np.maximum(here - edge, first)] for edge in edges]
    after = [summed[np.minimum(here + 1 + edge, behind)] for edge in edges]
    for step, size in enumerate(np.diff(edges)):
        blocks.append((before[step] - before[step + 1]) / size)
        blocks.append((after[step + 1] - after[step]) / size)
    far = np.concatenate(blocks, axis=1)
    far[:, 1::WINDOW] = np.log1p(far[:, 1::WINDOW])
    far[:, 2::WINDOW] = np.log1p(far[:, 2::WINDOW])
    return far.astype(np.float32)


def _place(summed: npt.NDArray[np.float64], content: Floats, first: Ints, behind: Ints) -> Floats:
    here = np.arange(first.size)
    before = summed[here] - summed[first]
    after = summed[behind] - summed[here + 1]
    total = summed[behind] - summed[first]
    place = np.empty((first.size, PLACE), np.float32)
    place[:, 0] = np.log1p(before[:, 1])
    place[:, 1] = np.log1p(after[:, 1])
    place[:, 2] = before[:, 1] / (total[:, 1] + 1)
    place[:, 3] = after[:, 1] / (total[:, 1] + 1)
    place[:, 4] = total[:, 0] / total[:, 3]
    place[:, 5] = total[:, 1] / total[:, 2]
    place[:, 6] = np.log1p(total[:, 1])
    place[:, 7] = np.log1p(before[:, 3])
    place[:, 8] = np.log1p(after[:, 3])
    place[:, 9] = before[:, 3] / total[:, 3]
    place[:, 10] = total[:, 3] == 1
    place[:, 11] = content - place[:, 4]
    return place
