"""The format of English dates: the day first, as elsewhere on the site. Django's are American."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, G:i"
MONTH_DAY_FORMAT = "j F"
SHORT_DATE_FORMAT = "j M Y"
SHORT_DATETIME_FORMAT = "j M Y, G:i"
TIME_FORMAT = "G:i"
FIRST_DAY_OF_WEEK = 1
