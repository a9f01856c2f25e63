"""Storms and faults at full size, outside CI. `make test` runs each once, small."""
