"""Values and rules of the cyber fire brigade. No I/O, no clock: `now` is always an argument, timezone-aware."""
