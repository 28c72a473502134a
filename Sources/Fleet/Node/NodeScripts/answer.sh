# shellcheck shell=sh
# Does nothing: whoever gets its end knows that the node answers.

exit 0
