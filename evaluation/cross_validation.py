"""Cross-validate a model of the project's own texts: ``python -m evaluation.cross_validation``.

No public corpus is needed. The models are trained as by ``boilerstrip train training_data``. Prints
the average precision for boilerplate on all texts, each scored by a model that was trained without
its document, and on those of each folder.
"""

import argparse
from collections.abc import Sequence

import numpy as np
from sklearn.model_selection import GroupKFold

from boilerstrip import LabelledDocument, read_documents, train
from boilerstrip.arrays import Floats
from boilerstrip.evaluation import average_precision, score_documents
from evaluation.collection import OWN, OWN_FOLDERS, SEED, say

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Train and score fold by fold, and print what was found."""
    parser = argparse.ArgumentParser(
        prog="python -m evaluation.cross_validation", description=__doc__
    )
    parser.add_argument("--folds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--jobs", type=int, default=2, help="threads that train")
    options = parser.parse_args(arguments)
    folders = {folder: list(read_documents(OWN / folder)) for folder in OWN_FOLDERS}
    documents = [document for each in folders.values() for document in each]
    folder_of = np.repeat(list(folders), [len(each) for each in folders.values()])
    scores: dict[int, Floats] = {}
    splitter = GroupKFold(options.folds, shuffle=True, random_state=options.seed)
    groups = [document.group for document in documents]
    for fold, (learned, held_out) in enumerate(splitter.split(documents, groups=groups), 1):
        model = train([documents[n] for n in learned], seed=options.seed, jobs=options.jobs)
        found, _ = score_documents(model, [documents[n] for n in held_out])
        scores |= zip(held_out.tolist(), found, strict=True)
        say(f"fold {fold} of {options.folds}")
    for name in ("all", *folders):
        those = [n for n, folder in enumerate(folder_of) if name in ("all", folder)]
        precision = _measure([documents[n] for n in those], [scores[n] for n in those])
        print(f"{name:<12}{precision:.3f}")


def _measure(documents: Sequence[LabelledDocument], scores: Sequence[Floats]) -> float:
    labels = np.array([p.label or "" for document in documents for p in document.paragraphs])
    known = labels != ""
    return average_precision(labels[known] == "boilerplate", np.concatenate(scores)[known])


if __name__ == "__main__":
    main()
