# shellcheck shell=sh
# Freezes the file systems of a domain, sends QEMU a command, and thaws them, whatever happens.
#
# The first line of its output says whether they were frozen, the rest is QEMU's reply. A request to freeze that took too long
# may still reach the guest: it is thawed until it says that it is.
domain=$1 command=$2
trap '' HUP INT PIPE TERM
ask() {
    limit=$1
    shift
    timeout -k 5 "$limit" virsh -q -c qemu:///system "$@" </dev/null
}
state=running
ask 20 domfsfreeze "$domain" >/dev/null 2>&1
case $? in
    0) state=frozen ;;
    124 | 137) state=late ;;
esac
reply=$(ask 40 qemu-monitor-command "$domain" "$command" 2>&1)
waited=0
until ask 10 domfsthaw "$domain" >/dev/null 2>&1; do
    case $? in 124 | 137) waited=$((waited + 10)) ;; esac
    [ "$state" != running ] || break
    waited=$((waited + 1))
    [ "$waited" -lt 60 ] || { state=stuck; break; }
    sleep 1
done
printf '%s\n%s\n' "$state" "$reply"
