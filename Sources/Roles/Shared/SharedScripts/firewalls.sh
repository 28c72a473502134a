# shellcheck shell=sh
# Whether a firewall runs, and whether its own files let a port through: its commands take seconds in a small guest.
#
# A port without a protocol is one of TCP.

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
