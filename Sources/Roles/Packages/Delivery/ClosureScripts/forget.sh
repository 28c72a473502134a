# shellcheck shell=sh
# Removes packages that were sent from here; those of a run that was killed go a day later.
bundle=$1
rm -f -- "$bundle"
find "${bundle%/*}" -type f -mtime +0 -exec rm -f {} + 2>/dev/null
exit 0
