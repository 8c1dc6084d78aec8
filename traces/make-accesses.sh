#!/bin/bash
# Makes the recordings of accesses/ again: traces/make-accesses.sh [NAME...]
# Needs Debian's valgrind, sqlite3 and python3; for speedtest1 and 2to3 gcc, libsqlite3-dev, qemu-user and a network, for SQLite's source package. MMUN names the
# command that imports. A recording is some hundred million lines of text, which are never stored.
set -euo pipefail

cd "$(dirname "$0")/.."
root=$PWD
read -r -a mmun <<<"${MMUN:-dotnet run -c Release --project $PWD/src/MmuNotifiers.Cli --}"
work=$(mktemp -d /tmp/mmun-accesses.XXXXXX)
trap 'rm -rf "$work"' EXIT
cp traces/workloads/shop.sql traces/workloads/search.py "$work"
mkdir -p traces/accesses

# recorded NAME COMMAND...: runs a command under lackey in the directory of the inputs; accesses go through a pipe, the program's output out of the way.
recorded() {
    local name=$1
    shift
    (cd "$work" && valgrind --tool=lackey --trace-mem=yes --trace-syscalls=yes --log-fd=9 "$@" 9>&1 >output 2>errors) |
        "${mmun[@]}" import --window 128 -o "$root/traces/accesses/$name.mmtrace" -
}

# recorded-fast NAME WINDOW COMMAND...: the same with the plugin, some fifty times as fast, imported with a window of so many pages.
recorded-fast() {
    local name=$1 window=$2
    shift 2
    cc -O2 -shared -fPIC -o "$work/lackey.so" traces/lackey.c
    (
        cd "$work"
        printf '==1== Using QEMU-%s\n==1== Command: %s\n' "$(qemu-x86_64 --version | sed -n '1s/.*version \([^ ]*\).*/\1/p')" "$*"
        qemu-x86_64 -plugin ./lackey.so "$@" 9>&1 >output 2>errors
    ) | "${mmun[@]}" import --window "$window" -o "$root/traces/accesses/$name.mmtrace" -
}

sort-logs() {
    python3 traces/workloads/logs.py "$work" 100000
    LC_ALL=C recorded sort-logs sort --parallel=1 -k4,4 -o sorted.log web1.log web2.log web3.log web4.log
}

python-search() {
    python3 traces/workloads/documents.py 3200 >"$work/documents.jsonl"
    PYTHONHASHSEED=0 recorded python-search /usr/bin/python3.11 search.py documents.jsonl
}

sqlite-reports() {
    recorded sqlite-reports sqlite3 -init /dev/null :memory: ".read shop.sql"
}

speedtest1() {
    local apt=(-o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$work/lists")
    mkdir -p "$work/lists/partial"
    echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian bookworm main" >"$work/sources.list"
    (cd "$work" && apt-get -qq "${apt[@]}" update && apt-get -qq "${apt[@]}" source --download-only sqlite3 && tar xf sqlite3_*.orig.tar.xz --wildcards '*/test/speedtest1.c')
    cc -O2 -o "$work/speedtest1" "$work"/sqlite3-*/test/speedtest1.c -lsqlite3
    recorded-fast speedtest1 128 ./speedtest1 --memdb --size 10
}

2to3() {
    PYTHONHASHSEED=0 recorded-fast 2to3 400 /usr/bin/python3.11 -W ignore -m lib2to3 -f all /usr/lib/python3.11/json/{__init__,decoder,encoder,scanner,tool}.py
}

for recording in "${@:-python-search sort-logs sqlite-reports speedtest1 2to3}"; do
    for name in $recording; do
        "$name"
    done
done
