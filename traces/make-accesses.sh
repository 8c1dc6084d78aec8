#!/bin/bash
# Makes the recordings of accesses/ again: traces/make-accesses.sh [NAME...]
# Needs Debian's valgrind, sqlite3 and python3. MMUN names the command that imports. A recording is some hundred million lines of text, which are never stored.
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

for recording in "${@:-python-search sort-logs sqlite-reports}"; do
    for name in $recording; do
        "$name"
    done
done
