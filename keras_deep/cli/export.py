"""`keras-deep export`: a trained model for other programs."""

import pathlib
from typing import Annotated

import typer
from rich.table import Table

from keras_deep.cli.tables import add_row
from keras_deep.cli.tables import print_table
from keras_deep.cli.use import check_model
from keras_deep.utils.checks import check_one_of
from keras_deep.utils.export_formats import FORMATS
from keras_deep.utils.export_formats import format_of
from keras_deep.utils.files import check_folder
from keras_deep.utils.files import check_new_file
from keras_deep.utils.text import print_lines

# Options that only some formats have, by their Python names.
_ONLY = {
    "version": ("savedmodel",),
    "top": ("savedmodel",),
    "classify": ("savedmodel",),
    "features": ("savedmodel", "onnx", "litert", "openvino"),
    "opset": ("onnx",),
    "pixels": ("onnx",),
    "quantize": ("litert",),
    "calibrate": ("litert",),
    "force": ("onnx", "litert", "openvino", "keras"),
}
_IMAGES = 300  # for calibration, and as many to compare with


def export_command(
    model: Annotated[pathlib.Path, typer.Argument(help="A .keras file.")],
    path: Annotated[
        pathlib.Path,
        typer.Argument(
            help="The directory that TF Serving watches, or a file whose "
            "ending says the format: .onnx, .tflite, .xml, .keras."
        ),
    ],
    format: Annotated[
        str | None, typer.Option(help=f"One of {', '.join(FORMATS)}.")
    ] = None,
    version: Annotated[
        int | None, typer.Option(min=1, help="By default the next one.")
    ] = None,
    top: Annotated[
        int | None,
        typer.Option(min=1, help="Classes in answers to images; 5."),
    ] = None,
    classify: Annotated[
        bool,
        typer.Option("--classify", help="Add TF Serving's classification."),
    ] = False,
    features: Annotated[
        list[str] | None,
        typer.Option(help="Layers whose outputs are wanted, too."),
    ] = None,
    opset: Annotated[int | None, typer.Option(help="Of ONNX; 15.")] = None,
    pixels: Annotated[
        bool,
        typer.Option("--pixels", help="Let the ONNX file prepare images."),
    ] = False,
    quantize: Annotated[
        str | None, typer.Option(help="dynamic or int8, for LiteRT.")
    ] = None,
    calibrate: Annotated[
        str | None, typer.Option(help="Data set for int8, as in train.")
    ] = None,
    data_dir: Annotated[
        str | None, typer.Option(help="Folder of the data set's files.")
    ] = None,
    optimize: Annotated[
        bool, typer.Option(help="Write a network that computes faster.")
    ] = True,
    force: Annotated[
        bool, typer.Option("--force", help="Replace an existing file.")
    ] = False,
):
    """Write a model for TF Serving, or as ONNX, LiteRT, OpenVINO or Keras."""
    check_model(model)
    format = format or format_of(path)
    check_one_of(FORMATS, format=format)
    given = {
        "version": version,
        "top": top,
        "classify": classify or None,
        "features": features or None,
        "opset": opset,
        "pixels": pixels or None,
        "quantize": quantize,
        "calibrate": calibrate,
        "force": force or None,
    }
    given = {name: x for name, x in given.items() if x is not None}
    _check_options(format, given, data_dir)
    if format == "savedmodel":
        check_folder(path, "path")
    else:
        way_out = "Pass `--force` to replace it."
        check_new_file(path, "path", force, way_out)
    options = {"optimize": optimize, **given}
    _export(model, path, format, options, data_dir)


def _check_options(format, given, data_dir):
    for name in given:
        if format not in _ONLY[name]:
            known = " or ".join(_ONLY[name])
            raise ValueError(
                f"Expected `--{name}` with `--format` {known} only. Received: "
                f"--format {format}"
            )
    int8 = given.get("quantize") == "int8"
    if int8 != ("calibrate" in given):
        raise ValueError(
            "Expected `--calibrate` and a data set with `--quantize int8`, "
            "and only then. Received: "
            + ("no data set" if int8 else "--calibrate without int8")
        )
    if data_dir is not None and "calibrate" not in given:
        raise ValueError(
            "Expected `--data-dir` with `--calibrate` only. Received: "
            f"--data-dir {data_dir}"
        )


def _export(source, path, format, options, data_dir):
    from keras_deep.export import export
    from keras_deep.export.loading import load

    model, inputs = load(source), None
    if options.pop("force", False):
        options["overwrite"] = True
    if "calibrate" in options:
        data = options.pop("calibrate")
        options["calibration"], inputs = _images(model, data, data_dir)
    written = export(model, path, format, **options)
    if format == "savedmodel":
        from keras_deep.export.saved_model import signatures

        names = ", ".join(signatures(written))
        print_lines([f"Wrote {written} with {names}"])
        return
    print_lines([f"Wrote {written}"])
    if not options.get("pixels") and not options.get("features"):
        _print_comparison(model, written, inputs)


def _images(model, data, data_dir):
    """Returns images of the training and of the test set, prepared."""
    import numpy as np

    from keras_deep.data import load
    from keras_deep.models.image_needs import preprocessing_for

    found = load(
        data,
        "numpy",
        seed=0,
        data_dir=data_dir,
        augment=None,
        preprocessing=preprocessing_for(model),
    )

    def images(batches):
        parts = []
        for i in range(len(batches)):
            parts.append(np.asarray(batches[i][0]))
            if sum(map(len, parts)) >= _IMAGES:
                break
        return np.concatenate(parts)[:_IMAGES]

    return images(found.train), images(found.test)


def _print_comparison(model, written, inputs):
    from keras_deep.export import compare

    found = compare(model, written, inputs)
    table = Table("file", "bytes", "largest difference", "same class")
    same = found.get("agreement")
    add_row(
        table,
        written,
        f"{found['size']:,}",
        f"{found['difference']:.1e}",
        "" if same is None else f"{100 * same:.1f} %",
    )
    print_table(table)
