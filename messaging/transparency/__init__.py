"""Monthly moderation figures: the transparency report. They name no person."""
