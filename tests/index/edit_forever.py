"""A process that changes an index in every way, once for each line of its input: `edit_forever.py FILE SEED COUNT`.

The articles 0 to COUNT-1 are there. The last fifth is deleted and put back; the others get new texts, dates of
publication, sources and topics, and are indexed anew, but keep the word "oil". New ones arrive all the time.
"""

import random
import sys
from dataclasses import replace
from datetime import timedelta

from newsdesk.index import open_index
from tests.index.samples import START, document, identity


def main(place: str, seed: int, count: int) -> None:
    """Edit; a line of output ends each round."""
    chance = random.Random(seed)
    index = open_index(place)
    kept = count - count // 5
    for turn, _ in enumerate(sys.stdin, start=1):
        index.put([document(f"new {seed} {turn} {n}", "oil oil oil", minutes=chance.randrange(200)) for n in range(3)])
        edited = []
        for number in chance.sample(range(kept), 5):
            article = document(number, f"oil {'oil ' * chance.randrange(4)} turn{turn}", minutes=number // 3)
            published = chance.choice((None, START + timedelta(days=chance.randrange(-30, 30))))
            edited.append(replace(article, version=turn + 1, published=published, source=f"Source {turn % 3}"))
        index.put(edited)
        index.put(edited)  # again, as after a crash
        gone = chance.randrange(kept, count)
        index.delete([identity(gone)])
        index.put([document(gone, "oil", minutes=gone // 3)])
        sys.stdout.write(f"{turn}\n")
        sys.stdout.flush()
    index.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
