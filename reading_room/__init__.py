"""Where people look at a collection: search, articles beside their archived originals, coverage."""
