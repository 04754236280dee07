"""The notebooks run as they are written, cell by cell."""

import contextlib
import io
import json
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parent.parent.parent / "examples/notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda file: file.stem)
def test_a_notebook_runs_as_written(spark, notebook):
    cells = [cell for cell in json.loads(notebook.read_text())["cells"] if cell["cell_type"] == "code"]
    assert len(cells) > 3 and all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells)
    printed = io.StringIO()
    names = {"__name__": "__main__"}
    try:
        with contextlib.redirect_stdout(printed):
            for cell in cells:
                exec(compile("".join(cell["source"]), str(notebook), "exec"), names)
    finally:
        names["simulator"].kill()
    assert names["num_issues"] == 200
    assert printed.getvalue().splitlines()[-1] == "3 new issues"
