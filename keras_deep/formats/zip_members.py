"""Reads the directory of a zip file."""

import zipfile

from keras_deep.formats.messages import shown
from keras_deep.formats.zip_member import ZipMember

# Deflate expands a byte to at most 1032.
_HIGHEST_RATIO = 1032


def zip_members(path):
    """Reads the directory of a zip file as a dict of name to `ZipMember`.

    Args:
        path: string.

    Raises:
        ValueError: if it is no complete zip file, or a member is encrypted or
            compressed by a method other than deflate.
    """
    try:
        with open(path, "rb") as file, zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            end = file.seek(0, 2)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise ValueError(
            f"Expected a complete zip file in {path!r}. Received: {error}. "
            "Download the file again."
        ) from error
    compared = set()
    return {
        member.filename: _member(path, member, end, compared)
        for member in members
    }


def _member(path, member, end, compared):
    deflated = member.compress_type == zipfile.ZIP_DEFLATED
    most = member.compress_size * (_HIGHEST_RATIO if deflated else 1)
    if (
        member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        or member.flag_bits & 1
        or member.header_offset < 0
        or member.header_offset + 30 + member.compress_size > end
        or member.file_size > most
    ):
        raise ValueError(
            "Expected whole members, not encrypted, stored or deflated, in "
            f"the zip file {path!r}. Received: {shown(member.filename)!r} of "
            f"{member.file_size} bytes in {member.compress_size} bytes, "
            f"method {member.compress_type}, flags {member.flag_bits}."
        )
    return ZipMember(
        path,
        member.filename,
        member.header_offset,
        member.compress_size,
        member.file_size,
        deflated,
        member.CRC,
        compared,
    )
