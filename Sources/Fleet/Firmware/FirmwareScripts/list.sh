# shellcheck shell=sh
# Lists the state of a guest's firmware, a line for each part.
folder=$1 uuid=$2
. ./state-names.sh
state_names
exit 0
