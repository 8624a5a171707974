"""Limits of a set of own images, and the reasons for which a file is left out.

Every limit counts something that is known before a picture is decoded, so the same files always give the same set.
Seconds and memory of the process that reads uploads are limited besides, by ``worker``.
"""

from __future__ import annotations

MIN_IMAGES = 16  # fewer are not enough to learn from
MAX_IMAGES = 50_000
MAX_ENTRIES = 200_000  # files of any kind
MAX_FILE_BYTES = 64 * 2**20
MAX_TOTAL_BYTES = 2 * 2**30  # of all images, unpacked
MAX_PIXELS = 64_000_000  # of an image
MAX_JPEG_PIXELS = 160_000_000  # of a JPEG, which is reduced while it is decoded
JPEG_DISCOUNT = 8  # so many pixels of such a JPEG count as one
MAX_SET_PIXELS = 4_000_000_000  # of all images
MAX_SET_BYTES = 384 * 2**20  # of all images as they are trained on
MAX_LISTED = 1_000  # files of other kinds that are listed by name

TOO_LARGE = "the file is larger than 64 MB"
TOO_MANY_PIXELS = "it has more than 64 million pixels (a JPEG: 160 million)"
NOT_AN_IMAGE = "it is not an image that can be read"
OTHER_FORMAT = "its format is not read here: convert it to PNG or JPEG"
NO_HEIC = "HEIC is not read here: convert it to JPEG, or let the phone share it as JPEG"
NO_AVIF = "AVIF is not read here: convert it to PNG or JPEG"
ARCHIVE = "it is an archive, and archives are not opened here: unpack it, and choose its images"
NOT_A_PICTURE = "it is no picture"
LINK = "it is a link, and links are not followed"
UNSAFE_PATH = "its path leads out of the archive"
ENCRYPTED = "it is encrypted"
TOTAL_REACHED = "the images before it already fill 2 GB"
PIXELS_REACHED = "the images before it already have 4,000 million pixels"
COUNT_REACHED = "there are 50,000 images before it"
MEMORY_REACHED = "the images before it already fill the memory of a set, 384 MB at this size"
REASONS = (
    TOO_LARGE,
    TOO_MANY_PIXELS,
    NOT_AN_IMAGE,
    OTHER_FORMAT,
    NO_HEIC,
    NO_AVIF,
    ARCHIVE,
    NOT_A_PICTURE,
    LINK,
    UNSAFE_PATH,
    ENCRYPTED,
    TOTAL_REACHED,
    PIXELS_REACHED,
    COUNT_REACHED,
    MEMORY_REACHED,
)


class UnusableImageError(Exception):
    """A file is left out; the argument is one of ``REASONS``."""
