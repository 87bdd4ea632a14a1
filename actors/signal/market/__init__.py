"""What is known of one market, exactly, and whether Kalshi settled it as the rule says."""
