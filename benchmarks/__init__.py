"""What `make bench` runs: one module for each work. See benchmarks/__main__.py."""
