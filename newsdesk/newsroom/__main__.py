"""`python -m newsdesk.newsroom --port 8700`: serves the sample newsroom by hand."""

import argparse

from newsdesk.errors import NewsdeskError
from newsdesk.newsroom.server import serve

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m newsdesk.newsroom", description="Serves the sample newsroom.")
    parser.add_argument("--port", type=int, default=8700, help="port on 127.0.0.1 (default: 8700)")
    try:
        serve(parser.parse_args().port)
    except NewsdeskError as error:
        parser.error(str(error))
