# shellcheck shell=sh
# Prints a word and a value per line, and the roster after the line "roster", up to the end.
#
# own: the cluster's folder; look: the script folder-look. More arguments: folders whose access is asked for.
own=$1 look=$2
shift 2
. ./tell-facts.sh
tell_facts "$@"
exit 0
