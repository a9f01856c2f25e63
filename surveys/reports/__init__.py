"""Figures and files of the surveys app."""
