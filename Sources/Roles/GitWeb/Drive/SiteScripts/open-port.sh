# shellcheck shell=sh
# openPort opens port "$port" where a firewall runs, closes "$oldPort", the one before, and has SELinux let nginx have both port
# and files.

. ../../../Shared/SharedScripts/firewalls.sh
openPort() {
    same=no
    [ "$oldPort" = "$port" ] && same=yes
    if [ $same = yes ] && firewalldHas "$port"; then :
    elif firewalldRuns; then
        firewall-cmd -q --permanent --add-port="$port/tcp"; firewall-cmd -q --add-port="$port/tcp"
        if [ -n "$oldPort" ] && [ $same = no ]; then
            firewall-cmd -q --permanent --remove-port="$oldPort/tcp"; firewall-cmd -q --remove-port="$oldPort/tcp"
        fi
    fi
    if [ $same = yes ] && ufwHas "$port"; then :
    elif ufwRuns; then
        ufw allow "$port/tcp" >/dev/null
        if [ -n "$oldPort" ] && [ $same = no ]; then ufw delete allow "$oldPort/tcp" >/dev/null; fi
    fi
    if command -v selinuxenabled >/dev/null && selinuxenabled; then
        if command -v semanage >/dev/null; then
            semanage port -a -t http_port_t -p tcp "$port" 2>/dev/null || semanage port -m -t http_port_t -p tcp "$port" 2>/dev/null
            semanage fcontext -a -t httpd_sys_content_t '/var/lib/kvmctl-site(/.*)?' 2>/dev/null
            semanage fcontext -a -t httpd_var_run_t '/run/kvmctl-site-.*' 2>/dev/null
            restorecon -RF /var/lib/kvmctl-site
        else
            chcon -R -t httpd_sys_content_t /var/lib/kvmctl-site
        fi
    fi
}
