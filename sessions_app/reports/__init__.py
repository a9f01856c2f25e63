"""Who is free, when and where; what the rules say about a meeting."""
