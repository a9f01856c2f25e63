"""The version after this one, as far as its migration goes: what a deployment does while people book."""
