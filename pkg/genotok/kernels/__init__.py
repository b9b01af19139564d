"""Arrays in, arrays out: no files, no classes of the domain, no policy."""
