"""Compressed bodies: what clients send packed, and what they ask to be packed."""

import gzip
import zlib

MOST_UNPACKED = 200_000_000
_LEAST_PACKED = 256
_LEVEL = 1


class EncodingError(ValueError):
    """A body that is not what its Content-Encoding says."""


def unpacked(body: bytes, encoding: str) -> bytes:
    """Return a request's body as the API reads it. Raises EncodingError."""
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return body
    if encoding not in ("gzip", "deflate"):
        raise EncodingError(encoding)
    opener = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        whole = opener.decompress(body, MOST_UNPACKED)
    except zlib.error as error:
        raise EncodingError(str(error)) from None
    if not opener.eof:
        raise EncodingError("the body is cut off, or too large")
    return whole


def wants_gzip(accepted: str, length: int) -> bool:
    """Tell whether an answer is sent packed: when it is asked for and worth it."""
    if length < _LEAST_PACKED:
        return False
    for part in accepted.lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() == "gzip":
            return weight.replace(" ", "") not in ("q=0", "q=0.0")
    return False


def packed(body: bytes) -> bytes:
    """Return an answer's body packed, quickly rather than well."""
    return gzip.compress(body, _LEVEL, mtime=0)
