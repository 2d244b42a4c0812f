"""Texts, models and engines for the tests of the adapters."""

import itertools
import random
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import ray
from pyspark.sql import SparkSession

from boilerstrip import load_default, read_documents
from tests.models import make_sterner

ROOT = Path(__file__).parents[2]

RAY_STARTS = 5  # Ray gives up where a start takes 30 seconds, as on a busy machine it may
TEXTS = 2000
ODD = [
    "",
    None,
    " \n\t\n",
    "Subscribe to our newsletter!",
    "Share this page\r\n\r\nIt rained all day.\r\nAll rights reserved.\r\n",
    "Cookie settings\u2028The choir sang twice.\u2029Log in to read on",
    "A tail of NUL bytes\0\0",
    "  \n\nDonate now 💛\n\n\n  Home\n",
    "e\u0301 Ⅷ ﷽ 𝔘𝔫𝔦𝔠𝔬𝔡𝔢\n\n🧹🧹🧹",
]


@pytest.fixture(scope="session")
def texts() -> list[str | None]:
    """2,000 texts: whole documents, runs of paragraphs, odd ones, and nulls among them."""
    chance = random.Random(0)  # noqa: S311 (not for secrets)
    documents = [
        [paragraph.text for paragraph in document.paragraphs]
        for document in read_documents(ROOT / "training_data")
    ]
    made: list[str | None] = []
    made += ["\n\n".join(texts) for texts in documents if len(texts) > 1][:400]
    paragraphs = [text for texts in documents if len(texts) == 1 for text in texts]
    chance.shuffle(paragraphs)
    rest = iter(paragraphs)
    while len(made) < TEXTS - 20 * len(ODD):
        blank = chance.choice(["\n", "\n\n", "\r\n", " \n \n"])
        made.append(blank.join(itertools.islice(rest, chance.randint(1, 7))))
    made += 20 * ODD
    chance.shuffle(made)
    return made


@pytest.fixture(scope="session")
def stern_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model file that takes more for boilerplate than the shipped one does."""
    path = tmp_path_factory.mktemp("models") / "stern.npz"
    make_sterner(load_default(), by=2).save(path)
    return path


@pytest.fixture(scope="session", autouse=True)
def _environment() -> Iterator[None]:
    """Engines whose workers run this Python, and which write and report nothing elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("RAY_AUTH_TOKEN", secrets.token_hex())  # else Ray makes one in ~
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        yield


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """Spark on this machine, with two workers."""
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", 100)
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.fixture(scope="session")
def ray_cluster() -> Iterator[None]:
    """Ray on this machine, with room for two actors and what feeds them."""
    for attempt in range(RAY_STARTS):
        try:
            ray.init(num_cpus=3, include_dashboard=False, log_to_driver=False)
        except Exception as error:  # it has no class of its own for this
            ray.shutdown()
            if "timed out" not in str(error) or attempt == RAY_STARTS - 1:
                raise
        else:
            break
    yield
    ray.shutdown()
