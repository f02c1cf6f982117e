"""tools/fuzz serving: it finds what it looks for, and nothing here."""

import importlib
import pathlib

import pytest

from tests.support.fuzzing import fuzz

TOOLS = pathlib.Path(__file__).parents[2] / "tools"


@pytest.fixture(scope="module")
def tool():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(TOOLS)
        yield importlib.import_module("fuzzing.serving")


def test_damaged_requests_are_answered_or_refused(tool, tmp_path):
    kept = []
    found, growth = tool.run(
        tmp_path / "m", 150, 1, fuzz.damaged, lambda *x: kept.append(x)
    )
    assert kept == [] and found["failed"] == 0
    assert min(found["answered"], found["refused"]) > 5
    assert sum(found.values()) == 150 and growth < tool.MEMORY


JSON = b"Content-Type: application/json\r\n\r\n"


@pytest.mark.parametrize(
    "answer, must_answer, outcome",
    [
        (b"HTTP/1.1 200 OK\r\n" + JSON + b'{"outputs": [1]}', True, "answered"),
        (b"HTTP/1.1 400 Bad\r\n" + JSON + b'{"error": "a"}', True, "refused"),
        (b"HTTP/1.1 503 No\r\n" + JSON + b'{"error": "a"}', True, "refused"),
        (b"HTTP/1.1 400 Bad\r\n" + JSON, True, "refused"),
        (b"HTTP/1.1 500 No\r\n" + JSON + b'{"error": "a"}', True, "failed"),
        (b"HTTP/1.1 400 Bad\r\n" + JSON + b'{"error": 5}', True, "failed"),
        (b"HTTP/1.1 400 Bad\r\n" + JSON + b'{"detail": ""}', True, "failed"),
        (
            b"HTTP/1.1 400 Bad\r\n" + JSON + b'{"error": "File \\"a.py\\""}',
            True,
            "failed",
        ),
        (b"no HTTP", False, "failed"),
        (b"", True, "failed"),
        (b"", False, "closed"),
    ],
)
def test_outcomes(tool, answer, must_answer, outcome):
    assert tool.outcome_of(answer, must_answer) == outcome


def test_requests_are_the_same_for_the_same_seed(tool):
    pictures = tool.images()
    first, again, other = (
        [tool.make_request(x, seed, pictures, fuzz.damaged) for x in range(20)]
        for seed in (0, 0, 1)
    )
    assert first == again != other
    assert len({content for content, _ in first}) > 15


def test_files_belong_to_parsers(monkeypatch, capsys):
    for words in (["serving", "a.npz"], ["npz"]):
        monkeypatch.setattr("sys.argv", ["fuzz", *words])
        with pytest.raises(SystemExit, match="2"):
            fuzz.main()
        assert "Expected files for a parser" in capsys.readouterr().err
