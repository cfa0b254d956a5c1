"""What the benchmarks share: running cases in-process, rows, figures and tables."""
