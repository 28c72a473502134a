# shellcheck shell=sh
# Ends with 9 where the unit does not run: then something else answered.
role=$1
. ./begin.sh
. ./running.sh
