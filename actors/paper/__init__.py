"""The paper trader: what the decisions would have brought. It sends nothing to anybody."""
