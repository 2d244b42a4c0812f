"""Train the model that is shipped: ``python -m evaluation.build_model --corpora DIR -o FILE``.

It learns from all public corpora, in all views of their pages, and from the project's own texts;
without ``--corpora``, from these alone.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import boilerstrip
from evaluation.collection import load, load_own, say

__all__ = ["main"]

SEED = 1  # of the model that is shipped; another one gives other networks, about as good


def main(arguments: Sequence[str] | None = None) -> None:
    """Train and save."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.build_model", description=__doc__)
    parser.add_argument("--corpora", type=Path, help="folder of the public corpora")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the model file")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--jobs", type=int, default=2, help="threads that train")
    options = parser.parse_args(arguments)
    examples = load(options.corpora) if options.corpora else load_own()
    say(f"training on {len(examples)} documents")
    model = boilerstrip.train(
        [example.document for example in examples], seed=options.seed, jobs=options.jobs
    )
    model.save(options.output)
    say(f"{options.output}: {options.output.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
