"""What corpus builders take away: export, clusters of copies, languages, signals. Reads via `archives`."""
