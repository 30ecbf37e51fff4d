"""The four answers to a review."""

RATING_NAMES = {1: "Again", 2: "Hard", 3: "Good", 4: "Easy"}

# for messages about a rating that is none
RATINGS_IN_WORDS = "1 (Again), 2 (Hard), 3 (Good) or 4 (Easy)"
