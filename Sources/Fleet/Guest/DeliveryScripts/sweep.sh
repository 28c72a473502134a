# shellcheck shell=sh
# Deletes from a folder what a run that was killed left there a day ago or earlier.
folder=$1
find "$folder" -type f -mtime +0 -exec rm -f -- {} + 2>/dev/null
exit 0
