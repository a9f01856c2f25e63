"""Pages of bookings, playgrounds and the calendar."""
