# shellcheck shell=sh
# Runs a script with a domain and a command in a session of its own; ends with 97 where the node has no virsh.
#
# Neither the node's limit on a script nor the end of the run reaches it there, and both kill what ignores TERM.
domain=$1 command=$2 script=$3
trap '' HUP INT PIPE TERM
command -v virsh >/dev/null 2>&1 || exit 97
if command -v setsid >/dev/null 2>&1; then
    setsid sh -c "$script" kvmctl "$domain" "$command"
else
    sh -c "$script" kvmctl "$domain" "$command"
fi
exit $?
