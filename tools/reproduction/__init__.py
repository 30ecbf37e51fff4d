"""The page of published figures beside ours: what was published, who is simulated, what came out."""
