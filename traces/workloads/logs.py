"""Writes the access logs of four web servers, each in the order of time: logs.py DIRECTORY LINES"""

import random
import sys

chance = random.Random(1)
HOSTS = [".".join(str(chance.randrange(1, 255)) for _ in range(4)) for _ in range(4000)]
WORDS = ("api", "static", "user", "item", "cart", "search", "img", "v2")
PATHS = ["/" + "/".join(chance.choices(WORDS, k=chance.randrange(1, 4))) + f"/{chance.randrange(20000)}" for _ in range(6000)]

directory, lines = sys.argv[1], int(sys.argv[2])
logs = [open(f"{directory}/web{server + 1}.log", "w") for server in range(4)]
now = 0.0
for _ in range(lines):
    now += chance.expovariate(5)
    second = int(now)
    chance.choice(logs).write(
        f"{chance.choice(HOSTS)} - - [23/Nov/2026:{second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02}] "
        f'"GET {chance.choice(PATHS)} HTTP/1.1" {chance.choice((200, 200, 200, 200, 304, 404))} {chance.randrange(200, 60000)}\n'
    )
