"""The version, in one place: it stands in the header of emitted text and in the package's metadata."""

__version__ = "0.1.0"
