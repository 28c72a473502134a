# shellcheck shell=sh
# Deletes the file of this name from each of some folders. Arguments: the folders.
folder=$1 probe=$2
shift 2
cd "$folder" || exit 0
for place in "$@"; do rm -f -- "$place/$probe"; done
