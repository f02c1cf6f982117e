"""Good requests to the model of `tools/fuzz serving`, and damaged ones."""

import base64
import io
import json
import random
import re

GOOD = {"instances": [[1.0, 2.0, 3.0, 4.0]]}
_JUNK = (
    *(None, True, False, 0, -1, 1.5, 2**31, 2**64, 1e300, "", "b64", [], {}),
    *([[]], [{}], {"b64": "%%%"}, {"b64": 5}, {"": {}}, "\ud800", "\0"),
    *([0] * 3, [[0] * 4] * 300, [1, [2]], "x" * 5000, float("nan")),
)


def images():
    """Returns small images of several formats, as bytes."""
    from PIL import Image

    found = []
    for form in ("PNG", "JPEG", "GIF", "BMP", "WEBP"):
        file = io.BytesIO()
        Image.new("RGB", (9, 7), (200, 100, 50)).save(file, form)
        found.append(file.getvalue())
    return found


def seeds(pictures):
    """Returns good requests: pairs of an address and a document."""
    rows = [{"b64": base64.b64encode(x).decode()} for x in pictures]
    path = "/v1/models/m:predict"
    return [
        (path, {"instances": [[1.0, 2.0, 3.5, -4.0], [0.5, 1e-3, 2, 3]]}),
        (path, {"inputs": {"x": [[1, 2, 3, 4]]}}),
        (path, {"signature_name": "serving_bytes", "instances": rows}),
        (path, {"signature_name": "serving_bytes", "inputs": rows[:1]}),
        (
            "/v1/models/m:classify",
            {"signature_name": "classify", "examples": [{"x": [1.5, 2.5]}]},
        ),
        ("/v1/models/m/versions/1:predict", GOOD),
    ]


def damaged_document(document, pictures, damage, rng):
    """Returns a copy of a document with other values in some places."""
    if rng.random() < 0.06:
        return rng.choice(_JUNK)
    if isinstance(document, dict) and set(document) == {"b64"}:
        content = damage(rng.choice(pictures), rng)
        return {"b64": base64.b64encode(content).decode()}
    if isinstance(document, dict):
        found = {
            key if rng.random() < 0.95 else rng.choice(("", "b64", "inputs")): (
                damaged_document(value, pictures, damage, rng)
            )
            for key, value in document.items()
        }
        if rng.random() < 0.05:
            found["inputs"] = rng.choice(_JUNK)
        return found
    if isinstance(document, list):
        found = [damaged_document(x, pictures, damage, rng) for x in document]
        return found * rng.choice((1, 1, 1, 2, 40))
    return document


def make_request(index, seed, pictures, damage):
    """Returns the bytes of a request, and whether it must be answered.

    Args:
        index: int.
        seed: int.
        pictures: list of bytes.
        damage: function of bytes and a `random.Random` that returns others.
    """
    rng = random.Random(f"{seed} {index}")
    path, document = rng.choice(seeds(pictures))
    kind = rng.choice(
        ("document", "document", "body", "path", "picture", "all")
    )
    if kind == "document":
        document = damaged_document(document, pictures, damage, rng)
    body = json.dumps(document).encode()
    if kind == "body":
        body = damage(body, rng)
    if kind == "path":
        path = damage(path.encode(), rng).decode("latin-1")
        path = "/" + re.sub(r"[^!-~]", "", path)
    if kind == "picture":
        path, body = "/page/models/m/versions/1", rng.choice(pictures)
        body = damage(body, rng)
    verb = rng.choice(("POST",) * 20 + ("GET", "PUT", "HEAD", "FOO"))
    head = f"{verb} {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}"
    content = f"{head}\r\n\r\n".encode() + body
    if kind == "all":
        return damage(content, rng), False
    return content, True
