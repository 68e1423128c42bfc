"""Programs become results: each runs once per content key, apart, several at once."""
