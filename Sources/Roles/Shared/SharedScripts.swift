// Made by .ci/embed-scripts from the files in SharedScripts/: edit those, and run `make scripts`.
// swift-format-ignore-file

import Fleet

/// What scripts for guests have in common, of more than one kind of role.
enum SharedScripts {
    /// awaitCloudInit waits for cloud-init, which may be installing packages, or about to wake a firewall, for $1 seconds.
    static let cloudInit = #"""
awaitCloudInit() {
    patience=$1
    while [ -e /run/cloud-init/enabled ] && [ ! -e /run/cloud-init/result.json ] && [ "$patience" -gt 0 ] &&
        ! systemctl is-failed --quiet cloud-final.service; do
        sleep 1; patience=$((patience - 1))
    done
}

"""#

    /// Whether a firewall runs, and whether its own files let a port through: its commands take seconds in a small guest.
    ///
    /// A port without a protocol is one of TCP.
    static let firewalls = #"""
ufwHas() { grep -qsE "^### tuple ### allow (${2:-tcp}|any) $1 " /etc/ufw/user.rules; }
ufwRuns() {
    command -v ufw >/dev/null && ! grep -qs '^ENABLED=no' /etc/ufw/ufw.conf &&
        ufw status 2>/dev/null | grep -q '^Status: active'
}
firewalldRuns() {
    command -v firewall-cmd >/dev/null || return 1
    case $(systemctl is-active firewalld.service 2>/dev/null) in inactive|failed|unknown) return 1 ;; esac
    firewall-cmd --state >/dev/null 2>&1
}
# Looks into the zone that ports are opened in: what another one lets through, it does on that one's interfaces alone.
firewalldHas() {
    has_zone=$(sed -n 's/^DefaultZone=//p' /etc/firewalld/firewalld.conf 2>/dev/null | tail -n 1)
    has_port="port=['\"]$1['\"]"
    has_protocol="protocol=['\"]${2:-tcp}['\"]"
    grep -qsE "<port [^>]*(${has_port}[^>]*$has_protocol|${has_protocol}[^>]*$has_port)" \
        "/etc/firewalld/zones/${has_zone:-public}.xml"
}

"""#

    /// A folder of root's own beside a file's place. What is noted of it is in "$own/private".
    static let privateFolder = #"""
enter_private() {
    private=.kvmctl.$(od -An -N6 -tx1 /dev/urandom | tr -d ' \n')
    around=$(pwd -P)
    mkdir -p "$own/private" && echo "$around" >"$own/private/$private" || exit 1
    mkdir -- "./$private" || exit 1
    trap 'cd .. && rm -rf -- "./$private"; rm -f "$own/private/$private"' EXIT
    trap 'exit 1' HUP INT TERM PIPE
    # In a folder that hands its group down it has that group, and hands it down as well.
    if ! cd -P -- "./$private" || [ "$(pwd -P)" != "${around%/}/$private" ] || [ -n "$(ls -A .)" ] ||
        [ "$(stat -c '%u %a' . | sed 's/ 2/ /')" != "$(id -u) 700" ] || ! chmod g-s .; then
        trap - EXIT
        echo "another program changes $around at the same time" >&2
        exit 1
    fi
    stat -c '%d:%i' . >>"$own/private/$private" || exit 1
}
# Goes out of it and removes it.
leave_private() {
    cd .. || exit 1
    rm -rf -- "./$private"
    trap - EXIT
    rm -f "$own/private/$private"
}
# Removes such folders that a killed run left; another folder in such a place stays.
sweep() (
    for note in "$own/private"/.kvmctl.*; do
        [ -f "$note" ] || continue
        around=$(sed -n 1p "$note")
        inode=$(sed -n 2p "$note")
        # Before its number is noted, nothing is in it.
        (cd -P -- "${around%/}/${note##*/}" 2>/dev/null && [ "$(stat -c %u .)" = "$(id -u)" ] &&
            if [ -n "$inode" ]; then [ "$(stat -c '%d:%i' .)" = "$inode" ] && rm -f ./new; fi &&
            cd .. && rmdir -- "./${note##*/}" 2>/dev/null)
        rm -f "$note"
    done
)

"""#
}
