#!/bin/bash
# Makes the recordings of this directory again: traces/make.sh [NAME...]
# Needs root, Debian's linux-perf, redis-server, redis-tools, postgresql-15, gcc, python3, openjdk-17-jdk-headless and git.
# MMUN names the command that records; every program runs once unrecorded, so that its files are in the page cache.
set -euo pipefail

cd "$(dirname "$0")/.."
read -r -a mmun <<<"${MMUN:-dotnet run -c Release --project src/MmuNotifiers.Cli --}"
work=$(mktemp -d /tmp/mmun-traces.XXXXXX)
trap 'cleanup' EXIT

cleanup() {
    redis-cli -h 127.0.0.1 -p 7799 shutdown nosave >/dev/null 2>&1 || true
    rm -rf "$work"
}

# recorded FILE COMMAND...: records, with the program's output out of the way.
recorded() {
    local file=$1
    shift
    "${mmun[@]}" record -o "$file" -- "$@" >"$work/output" 2>"$work/errors" || { cat "$work/errors" >&2; return 1; }
    tail -n 3 "$work/errors" >&2
}

# Waits up to ten seconds until a command succeeds.
await() {
    for _ in $(seq 100); do
        "$@" >/dev/null 2>&1 && return 0
        sleep 0.1
    done
    echo "gave up waiting for: $*" >&2
    return 1
}

redis_client() {
    local cli="redis-cli -h 127.0.0.1 -p 7799"
    local load="redis-benchmark -h 127.0.0.1 -p 7799 -q"
    await $cli ping
    $load -t set -r 100000 -n 200000 -d 256 >/dev/null
    for _ in 1 2 3; do
        $cli bgsave >/dev/null
        $load -t set -r 100000 -n 40000 -d 256 >/dev/null
        await sh -c "$cli info persistence | grep -q rdb_bgsave_in_progress:0"
    done
    $load -t lpush -n 20000 -d 64 >/dev/null
    $cli flushall >/dev/null
    $cli shutdown nosave >/dev/null 2>&1 || true
}

# redis-server saves three times in the background while it is written to; only the server is recorded.
redis-bgsave() {
    mkdir -p "$work/redis"
    local server=(redis-server --port 7799 --bind 127.0.0.1 --save "" --daemonize no --dir "$work/redis")
    "${server[@]}" >/dev/null &
    redis_client
    wait
    recorded traces/redis-bgsave.mmtrace "${server[@]}" &
    redis_client
    wait
}

postgres_client() {
    local at=(-h 127.0.0.1 -p 7798 -U postgres)
    await pg_isready "${at[@]}"
    pgbench "${at[@]}" -i -s 2 -q postgres >/dev/null 2>&1
    pgbench "${at[@]}" -c 4 -j 2 -t 250 postgres >/dev/null 2>&1
    kill -INT "$(head -n 1 "$work/postgres/postmaster.pid")"
}

# PostgreSQL with pgbench: four clients, 250 transactions each; only the server is recorded.
postgres-pgbench() {
    local bin=/usr/lib/postgresql/15/bin
    chmod 755 "$work"
    mkdir -p "$work/postgres"
    chown postgres "$work/postgres"
    runuser -u postgres -- "$bin/initdb" -D "$work/postgres" -A trust >/dev/null
    local server=(runuser -u postgres -- "$bin/postgres" -D "$work/postgres" -k "" -h 127.0.0.1 -p 7798 -c shared_buffers=16MB)
    "${server[@]}" >/dev/null 2>&1 &
    postgres_client
    wait
    recorded traces/postgres-pgbench.mmtrace "${server[@]}" &
    postgres_client
    wait
}

# gcc compiles and links one file: fork and exec of cc1, as, collect2 and ld.
gcc-compile() {
    local compile=(gcc -O2 -o "$work/sort" traces/workloads/sort.c)
    "${compile[@]}"
    recorded traces/gcc-compile.mmtrace "${compile[@]}"
}

# Python allocates and frees objects, byte strings and mappings, in one thread and in four, and forks once.
python-alloc() {
    local run=(/usr/bin/python3 -I traces/workloads/alloc.py)
    "${run[@]}" >/dev/null
    recorded traces/python-alloc.mmtrace "${run[@]}"
}

# Java's garbage collector (G1) with a heap of 24 to 64 MiB.
java-gc() {
    javac -d "$work" traces/workloads/Churn.java
    local run=(/usr/bin/java -Xms24m -Xmx64m -XX:+UseG1GC -cp "$work" Churn)
    "${run[@]}" >/dev/null
    recorded traces/java-gc.mmtrace "${run[@]}"
}

# git on this repository: clone, log with patches, status, repack of all objects.
git-real() {
    git clone --quiet --bare . "$work/source.git"
    local run=(sh traces/workloads/git.sh "$work/source.git" "$work/clone")
    "${run[@]}" >/dev/null
    recorded traces/git-real.mmtrace "${run[@]}"
}

for name in "${@:-redis-bgsave postgres-pgbench gcc-compile python-alloc java-gc git-real}"; do
    for one in $name; do
        echo "$one" >&2
        "$one"
    done
done
