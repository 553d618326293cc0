"""Hostile and broken submissions, as data: what each tries, and the points that its honest part deserves."""
