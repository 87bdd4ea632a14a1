"""From indicators to signals and decisions: pure rules, and the gates that hold a decision back."""
