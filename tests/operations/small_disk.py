"""The site's server on a disk that is full once a file has a few megabytes."""

import resource

MOST = 6 * 1024**2  # bytes; the database of a test is smaller

if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST, MOST))
    from config.server import main

    main()
