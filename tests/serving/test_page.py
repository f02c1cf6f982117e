"""The page to try a model, in a browser and without one."""

import json

import numpy as np
import pytest

import keras_deep
from keras_deep.export import saved_model
from keras_deep.models.card import Card
from keras_deep.models.card import attach_card
from tests.serving.test_rest import picture
from tests.support.browser import chromium
from tests.support.saved_models import save_kinds
from tests.support.serving import running


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two models: one of encoded images, and one with a card."""
    folder = tmp_path_factory.mktemp("page")
    save_kinds(folder / "colours/1")
    model = keras_deep.CifarResNet(
        blocks=(1,), input_shape=(8, 8, 3), classes=3
    )
    preprocessing = {"shape": [8, 8, 3], "mean": [9.0] * 3, "std": [50.0] * 3}
    preprocessing["resize"] = "stretch"
    names = ["<b>cat</b>", "dog", "bird"]
    attach_card(
        model,
        Card("CifarResNet", preprocessing=preprocessing, class_names=names),
    )
    saved_model(model, folder / "animals")
    saved_model(model, folder / "animals")
    return folder, model


@pytest.fixture(scope="module")
def server(folder):
    labels = {"animals": {"stable": 1}}
    with running(folder[0], name=None, labels=labels) as client:
        yield client


def classes(server, path, content):
    status, _, body = server.send("POST", f"/page/models/{path}", content)
    return status, json.loads(body)


def test_models_are_listed(server):
    status, found = server.get("/page/models")
    animals, colours = found
    assert status == 200 and animals["name"] == "animals"
    assert [x["version"] for x in animals["versions"]] == ["2", "1"]
    assert [x["labels"] for x in animals["versions"]] == [[], ["stable"]]
    assert all(x["pictures"] for x in animals["versions"])
    (version,) = colours["versions"]
    assert version["pictures"] and version["state"] == "AVAILABLE"
    assert version["signatures"]["serving_bytes"] == {
        "inputs": {"image_bytes": "string [?]"},
        "outputs": {"classes": "string [?,3]", "scores": "float [?,3]"},
    }


def test_classes_of_encoded_images(server):
    status, found = classes(server, "colours/versions/1", picture((0, 255, 0)))
    assert status == 200 and found["milliseconds"] > 0
    first, *_ = found["classes"]
    assert first["name"] == "green" and first["score"] > 0.99


def test_classes_by_the_card(server, folder):
    """They are those that the command line gives."""
    image = picture((250, 120, 3), (30, 20))
    status, found = classes(server, "animals/versions/2", image)
    path = folder[0] / "image.png"
    path.write_bytes(image)
    model = keras_deep.load(folder[0] / "animals")
    (expected,) = keras_deep.export.prediction.predict(model, [path])
    assert status == 200 and len(expected) == 3
    for row, (name, score) in zip(found["classes"], expected, strict=True):
        assert row["name"] == name
        assert abs(row["score"] - score) < 1e-5
    pixels = np.full((1, 8, 8, 3), [250, 120, 3], "float32")
    direct = folder[1]((pixels - 9) / 50)
    assert abs(np.max(direct) - expected[0][1]) < 1e-4


@pytest.mark.parametrize(
    "path, content, status, message",
    [
        ("colours/versions/1", b"no image", 400, "mage"),
        ("animals/versions/1", b"no image", 400, "mage"),
        ("animals/versions/9", b"", 404, "Servable not found"),
        ("no/versions/1", b"", 404, "Servable not found"),
    ],
)
def test_mistakes_are_told(server, path, content, status, message):
    found, answer = classes(server, path, content)
    assert found == status and message in answer["error"]


def test_the_page_loads_nothing_from_elsewhere(server):
    status, headers, body = server.send("GET", "/")
    text = body.decode()
    assert status == 200 and "text/html" in headers["Content-Type"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    words = ("http://", "https://", "src=", "@import", "url(")
    assert not any(word in text for word in words)
    assert '<html lang="en">' in text and "<title>" in text


@pytest.fixture(scope="module")
def page(tmp_path_factory, server):
    with chromium(tmp_path_factory.mktemp("profile")) as page:
        page.address = f"http://127.0.0.1:{server.port}/"
        yield page


RESULT = "document.getElementById('result').innerText"
ROWS = "[...document.querySelectorAll('.row')].map(x => x.innerText)"


def test_a_browser_shows_the_classes_of_a_picture(page, tmp_path):
    file = tmp_path / "red.png"
    file.write_bytes(picture((255, 40, 0), (320, 240)))
    page.open(page.address)
    options = page.until("[...document.querySelectorAll('option')].length")
    assert options == 3
    select = "document.getElementById('version')"
    names = page.evaluate(f"[...{select}.options].map(x => x.text)")
    assert names == [
        "animals, version 2",
        "animals, version 1 (stable)",
        "colours, version 1",
    ]
    page.choose("#file", file)
    rows = page.until(f"{ROWS}.length && {ROWS}")
    assert len(rows) == 3 and any("<b>cat</b>" in row for row in rows)
    assert page.evaluate("document.querySelectorAll('#result b').length") == 0
    assert "ms in the server" in page.evaluate(RESULT)
    page.evaluate(
        f"{select}.selectedIndex = 2;"
        f"{select}.dispatchEvent(new Event('change'))"
    )
    rows = page.until(f"{ROWS}.join().includes('red') && {ROWS}")
    assert rows[0].split("\n")[0] == "red" and "86." in rows[0]
    assert "serving_bytes" in page.evaluate("document.body.innerText")
    shot = page.picture(tmp_path / "page.png")
    assert shot.stat().st_size > 10_000
    assert page.messages == []


def test_a_browser_shows_what_is_wrong(page):
    """A dropped file that is no picture."""
    page.open(page.address)
    page.until("entries.length")
    page.evaluate(
        "const data = new DataTransfer();"
        "data.items.add(new File(['no image'], 'a.txt'));"
        "document.getElementById('drop').dispatchEvent("
        "new DragEvent('drop', {dataTransfer: data, cancelable: true}))"
    )
    text = page.until("document.querySelector('#result .wrong')?.innerText")
    assert "mage" in text


def test_the_page_can_be_used_without_seeing_it(page):
    """Everything that is operated has a name, and focus is visible."""
    page.open(page.address)
    tree = page.call("Accessibility.getFullAXTree")["nodes"]
    named = {
        node["role"]["value"]: node["name"]["value"]
        for node in tree
        if not node.get("ignored") and "name" in node
    }
    assert named["combobox"] == "Model and version"
    buttons = [x for x in tree if x.get("role", {}).get("value") == "button"]
    assert all("picture" in x["name"]["value"] for x in buttons) and buttons
    assert page.evaluate("document.querySelectorAll('h1').length") == 1
    assert page.evaluate("document.documentElement.lang") == "en"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_can_be_read(page, scheme):
    """Their contrast is that of WCAG's level AA, 4.5 to 1."""
    page.open(page.address, width=400, scheme=scheme)
    page.until("entries.length")
    wide = "document.documentElement.scrollWidth"
    assert page.evaluate(wide) <= 400  # Nothing is cut on a phone.
    colours = page.evaluate(
        "Object.fromEntries(['--back', '--card', '--text', '--soft', '--main',"
        "'--wrong'].map(name => { const x = document.createElement('i');"
        "x.style.color = `var(${name})`; document.body.append(x);"
        "return [name, getComputedStyle(x).color.match(/\\d+/g).map(Number)]}))"
    )
    for text in ("--text", "--soft", "--main", "--wrong"):
        for back in ("--card", "--back"):
            assert _contrast(colours[text], colours[back]) >= 4.5, (text, back)


def _contrast(*colours):
    """As WCAG 2 defines it."""
    values = np.array(colours) / 255
    linear = np.where(
        values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4
    )
    light, dark = sorted(linear @ [0.2126, 0.7152, 0.0722], reverse=True)
    return (light + 0.05) / (dark + 0.05)
