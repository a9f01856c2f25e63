"""What this app computes from rows and writes nowhere."""
