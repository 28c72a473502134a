# shellcheck shell=sh
# Prints an output of a role, a secret one as well: for another role's input, and never for a log.
role=$1 name=$2
. ./engine.sh
cat "$own/current/outputs/$name"
