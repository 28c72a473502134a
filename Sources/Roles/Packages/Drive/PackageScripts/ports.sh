# shellcheck shell=sh
# Ports, as 80/tcp, in the firewall that runs.

. ../../../Shared/SharedScripts/firewalls.sh
# Opens a port, and remembers it where it was shut.
open_port() {
    number=${1%/*}; protocol=${1#*/}
    if ! firewalldHas "$number" "$protocol" && firewalldRuns; then
        lists "$own/opened" "$1" || echo "$1" >>"$own/opened"
        firewall-cmd -q --permanent --add-port="$1" && firewall-cmd -q --add-port="$1" || return 1
    fi
    if ! ufwHas "$number" "$protocol" && ufwRuns; then
        lists "$own/opened" "$1" || echo "$1" >>"$own/opened"
        ufw allow "$1" >/dev/null || return 1
    fi
}
# Shuts a port that was opened here and that no other role has.
shut_port() {
    lists "$own/opened" "$1" || return 0
    for other in "$all"/*/; do
        [ "$other" = "$own/" ] || ! lists "${other}current/ports" "$1" || return 0
    done
    if firewalldRuns; then firewall-cmd -q --permanent --remove-port="$1"; firewall-cmd -q --remove-port="$1"; fi
    if ufwRuns; then ufw delete allow "$1" >/dev/null; fi
    grep -vxF -e "$1" -- "$own/opened" | put "$own/opened"
}
