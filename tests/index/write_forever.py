"""A process that puts batches into an index and tells each id once acknowledged: `write_forever.py FILE NAME COUNT`."""

import sys

from newsdesk.index import PutStatus, open_index
from tests.index.samples import document

BATCH = 10


def main(place: str, name: str, count: int) -> None:
    """Put `count` batches; of every article two versions, so that words are taken out again too."""
    index = open_index(place)
    for turn in range(count):
        names = [f"{name}-{turn}-{n}" for n in range(BATCH)]
        index.put([document(one, f"first text of {one} by writer{name} {'filler ' * 50}") for one in names])
        report = index.put([document(one, f"second text of {one} by writer{name}") for one in names])
        sys.stdout.write("".join(f"{article}\n" for article in report.ids(PutStatus.STORED)))
        sys.stdout.flush()
    index.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
