"""Reads documents from JSON lines, answers questions about them, each by looking through all texts, and writes them again: search.py FILE"""

import json
import sys
from collections import Counter

documents = []
with open(sys.argv[1]) as lines:
    for line in lines:
        documents.append(json.loads(line))
print("documents", len(documents), Counter(document["kind"] for document in documents).most_common(3))


def containing(text):
    return [document for document in documents if text in document["text"]]


for mark, meaning in (("?", "questions"), ("!", "exclamations"), (";", "lists"), ("$", "prices"), ("@", "addresses"), ("*", "footnotes"), ("%", "shares"), ("&", "firms")):
    found = containing(mark)
    print(meaning, len(found), Counter(document["kind"] for document in found).most_common(1))

print("river boats", Counter(document["kind"] for document in containing("river boat")))
print("longest", max(containing("#"), key=lambda document: len(document["text"]))["title"])

for document in containing("+"):
    document["total"] = True
for document in containing("="):
    document["formula"] = True
print("marked", sum(len(document) > 4 for document in documents))
print("bytes", sum(len(json.dumps(document)) for document in documents))
