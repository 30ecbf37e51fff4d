"""What a memory model says about one card, review by review. Needs nothing but the standard library.

python examples/follow_one_card.py
"""

import repetita as rp

HISTORY = [(0, "Good"), (3, "Good"), (9, "Again"), (1, "Good"), (4, "Easy")]
RATINGS = {"Again": 1, "Hard": 2, "Good": 3, "Easy": 4}


def main() -> None:
    """Follow a card through its reviews, then show what each of the four buttons would do next."""
    memory = rp.model("fsrs6")
    state = None
    print("days  recall  answer  stability  difficulty")
    for days, answer in HISTORY:
        if state is None:
            recall = "     -"
            state = memory.initial_state(RATINGS[answer])
        else:
            recall = f"{memory.retrievability(state, days):6.1%}"
            state = memory.next_state(state, elapsed_days=days, rating=RATINGS[answer])
        stability, difficulty = state
        print(f"{days:4}  {recall}  {answer:6}  {stability:9.2f}  {difficulty:10.2f}")

    due = round(memory.interval(state, desired_retention=0.9))
    print(f"\nreviewed again after {due} days, the next interval would be")
    for answer, rating in RATINGS.items():
        after = memory.next_state(state, elapsed_days=due, rating=rating)
        print(f"  {answer:6}{memory.interval(after, desired_retention=0.9):7.1f} days")


if __name__ == "__main__":
    main()
