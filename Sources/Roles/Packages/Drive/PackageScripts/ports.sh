# shellcheck shell=sh
# Ports, as 80/tcp, in the firewall that runs.

. ../../../Shared/SharedScripts/firewalls.sh
# Opens a port, and remembers it where it was shut.
open_port() {
    number=${1%/*}; protocol=${1#*/}
    if ! firewalldHas "$number" "$protocol" && firewalldRuns; then
        lists "$own/opened" "$1" || add_to "$own/opened" "$1" || return 1
        firewall-cmd -q --permanent --add-port="$1" && firewall-cmd -q --add-port="$1" || return 1
    fi
    if ! ufwHas "$number" "$protocol" && ufwRuns; then
        lists "$own/opened" "$1" || add_to "$own/opened" "$1" || return 1
        ufw allow "$1" >/dev/null || return 1
    fi
}
# Shuts a port that was opened here; where another role has it, it is from now on the other's to shut.
shut_port() {
    for other in "$all"/*/; do
        other=${other%/}
        [ "$other" != "$own" ] || continue
        for ports in "$other"/at/*/ports; do
            lists "$ports" "$1" || continue
            lists "$other/opened" "$1" || add_to "$other/opened" "$1" || return 1
            forget_port "$1"
            return
        done
    done
    if firewalldRuns; then
        firewall-cmd -q --permanent --remove-port="$1" && firewall-cmd -q --remove-port="$1" || return 1
    fi
    # One that is off keeps its rules for the day that it is on.
    if command -v ufw >/dev/null && ufwHas "${1%/*}" "${1#*/}"; then ufw delete allow "$1" >/dev/null || return 1; fi
    forget_port "$1"
}
forget_port() { grep -vxF -e "$1" -- "$own/opened" | put "$own/opened"; }
# Shuts those that were opened here and are not in the list $1.
shut_ports() {
    open=
    [ -s "$own/opened" ] || return 0
    cp "$own/opened" "$work/opened" || return 1
    while read -r port; do
        lists "$1" "$port" || shut_port "$port" || open="$open $port"
    done <"$work/opened"
    [ -z "$open" ] || { echo "the firewall does not shut$open" >&2; return 1; }
}
