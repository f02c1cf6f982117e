"""The environment of a process that trains trials of a search."""

import os

ADDRESS = "127.0.0.1"


def tuner_id_of(index):
    """Returns what keras-tuner calls a process."""
    return f"tuner{index}"


def variables_of(index, count, port):
    """Returns the variables that a process needs beside those of its chief.

    Args:
        index: int, its number.
        count: int, of how many.
        port: string, that of the chief.
    """
    threads = max(1, (os.cpu_count() or 1) // count)
    found = {
        "KERASTUNER_TUNER_ID": tuner_id_of(index),
        "KERASTUNER_ORACLE_IP": ADDRESS,
        "KERASTUNER_ORACLE_PORT": port,
        "no_grpc_proxy": ADDRESS,
    }
    usual = {
        "TF_NUM_INTRAOP_THREADS": str(threads),
        # Several may share a GPU.
        "TF_FORCE_GPU_ALLOW_GROWTH": "true",
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
    }
    devices = os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",")
    if len(devices) > 1:
        found["CUDA_VISIBLE_DEVICES"] = devices[index % len(devices)]
    return {**found, **{k: v for k, v in usual.items() if k not in os.environ}}
