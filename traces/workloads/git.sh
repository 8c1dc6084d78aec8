#!/bin/sh
# git.sh SOURCE CLONE: what a developer does with a repository, in one go.
set -e
rm -rf "$2"
git clone --quiet --no-local --no-hardlinks "$1" "$2"
cd "$2"
git log -p --stat >/dev/null
git status --short
git -c pack.threads=2 repack -a -d -f -q
git -c gc.autoDetach=false gc -q
git fsck --full --no-progress >/dev/null 2>&1
