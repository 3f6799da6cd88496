"""The quality gate: how well pages are read, held against what was reached before. See docs/quality.md."""
