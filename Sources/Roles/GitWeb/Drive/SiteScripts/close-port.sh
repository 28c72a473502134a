# shellcheck shell=sh
# closePort PORT has a firewall that runs shut a port again.

. ../../../Shared/SharedScripts/firewalls.sh
closePort() {
    [ -n "$1" ] || return 0
    if firewalldRuns; then
        firewall-cmd -q --permanent --remove-port="$1/tcp"; firewall-cmd -q --remove-port="$1/tcp"
    fi
    if ufwRuns; then
        ufw delete allow "$1/tcp" >/dev/null
    fi
}
