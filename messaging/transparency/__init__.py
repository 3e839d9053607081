"""Figures of moderation by month: the transparency report. They name no person."""
