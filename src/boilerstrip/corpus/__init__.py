"""Whole corpora: files in, files out, streamed, in parallel, resumable."""

from boilerstrip.corpus.report import CorpusReport
from boilerstrip.corpus.run import OnError, Progress, check_arguments, clean_corpus

__all__ = ["CorpusReport", "OnError", "Progress", "check_arguments", "clean_corpus"]
