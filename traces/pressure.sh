#!/bin/bash
# Replays recordings with 50, 25 and 10 percent of the frames that they need, devices of every kind on threads of their own, and writes a table
# (docs/replay.md): traces/pressure.sh [NAME...]
# MMUN names the command, PERCENTAGES the limits, SWAP a store other than a temporary file. Ends with 1 if a replay was not fine. Needs jq.
set -euo pipefail

cd "$(dirname "$0")/.."
read -r -a mmun <<<"${MMUN:-dotnet run -c Release --project src/MmuNotifiers.Cli --}"
read -r -a percentages <<<"${PERCENTAGES:-50 25 10}"
swap=${SWAP:+--swap=$SWAP}
if [ $# = 0 ]; then
    set -- $(cd traces && ls *.mmtrace accesses/*.mmtrace)
fi

echo '| recording | peak | frames | % | evictions | swap-ins | refaults | stale | wrong words | compared pages | faults matched % | seconds |'
echo '|---|---|---|---|---|---|---|---|---|---|---|---|'
failed=0
for trace in "$@"; do
    for percent in "${percentages[@]}"; do
        answer=$("${mmun[@]}" replay "traces/${trace%.mmtrace}.mmtrace" --frames "$percent%" $swap --threads \
            --secondary tlb,shadow,nic,registration --json) || failed=1
        jq -r --arg trace "${trace%.mmtrace}" --arg percent "$percent" '
            [$trace, .pressure.peakPages, .pressure.framePages, $percent, .evictions, .swapIns, .refaults, .staleAccesses, .contentMismatches,
             .pressure.pagesCompared, .faultMatchPercent, (.cost.elapsedMilliseconds / 100 | round) / 10]
            | "| " + (map(tostring) | join(" | ")) + " |"' <<<"$answer"
        jq -r '.violations[], .doubts[]' <<<"$answer" >&2
    done
done

exit $failed
