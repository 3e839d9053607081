"""What the apps share: realtime delivery, errors and answers, pages of lists, rules for text."""
