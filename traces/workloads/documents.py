"""Writes documents as JSON lines: documents.py COUNT"""

import json
import random
import sys

chance = random.Random(1)
WORDS = (
    "amber ash boat book bread bridge candle cart city clock cloud coat copper corn crane door dust ember field fire fish forest fox gate glass green grey hall hand hill "
    "horse house ice iron key lake lamp last lost moon moss night oak old paper quiet rain red river road roof salt sea silk silver snow stone storm the a of in at tide "
    "town tree wind winter"
).split()
MARKS = "?!;$@*%&#+="

for number in range(int(sys.argv[1])):
    words = chance.choices(WORDS, k=chance.randrange(300, 1100))
    for mark in chance.sample(MARKS, 3):
        words[chance.randrange(len(words))] += mark
    print(
        json.dumps(
            {
                "id": number,
                "kind": chance.choice(("letter", "note", "report", "story")),
                "title": " ".join(chance.choices(WORDS, k=4)),
                "text": " ".join(words),
            }
        )
    )
