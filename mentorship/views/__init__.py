"""Pages of mentorship: each reads a request and picks a response."""
