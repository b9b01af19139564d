"""Bytes to values and back: paths, formats, line numbers."""
