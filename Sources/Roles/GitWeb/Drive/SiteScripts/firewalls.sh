# shellcheck shell=sh
# Whether a firewall runs, and whether its own files let a port through: its commands take seconds in a small guest.

ufwHas() { grep -qsE "^### tuple ### allow (tcp|any) $1 " /etc/ufw/user.rules; }
ufwRuns() {
    command -v ufw >/dev/null && ! grep -qs '^ENABLED=no' /etc/ufw/ufw.conf &&
        ufw status 2>/dev/null | grep -q '^Status: active'
}
firewalldRuns() {
    command -v firewall-cmd >/dev/null || return 1
    case $(systemctl is-active firewalld.service 2>/dev/null) in inactive|failed|unknown) return 1 ;; esac
    firewall-cmd --state >/dev/null 2>&1
}
firewalldHas() { grep -qs "<port .*port=['\"]$1['\"]" /etc/firewalld/zones/*.xml; }
