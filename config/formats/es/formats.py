"""How Spanish times are written: 9:05, as elsewhere on the site. Django's begin with a zero."""

DATETIME_FORMAT = r"j \d\e F \d\e Y \a \l\a\s G:i"
SHORT_DATETIME_FORMAT = "d/m/Y G:i"
TIME_FORMAT = "G:i"
