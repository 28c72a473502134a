/// What firewalls and SELinux in a guest are told of a website.
extension SiteScripts {
    /// Whether a firewall runs, and whether its own files let a port through: its commands take seconds in a small guest.
    static let firewalls = """

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
        firewalldHas() { grep -qs "<port .*port=['\\"]$1['\\"]" /etc/firewalld/zones/*.xml; }
        """

    /// Opens port `$6` where a firewall runs, closes the one before, and has SELinux let nginx have both port and files.
    static let openPort =
        firewalls + """

            same=no
            [ "$oldPort" = "$6" ] && same=yes
            if [ $same = yes ] && firewalldHas "$6"; then :
            elif firewalldRuns; then
                firewall-cmd -q --permanent --add-port="$6/tcp"; firewall-cmd -q --add-port="$6/tcp"
                if [ -n "$oldPort" ] && [ $same = no ]; then
                    firewall-cmd -q --permanent --remove-port="$oldPort/tcp"; firewall-cmd -q --remove-port="$oldPort/tcp"
                fi
            fi
            if [ $same = yes ] && ufwHas "$6"; then :
            elif ufwRuns; then
                ufw allow "$6/tcp" >/dev/null
                if [ -n "$oldPort" ] && [ $same = no ]; then ufw delete allow "$oldPort/tcp" >/dev/null; fi
            fi
            if command -v selinuxenabled >/dev/null && selinuxenabled; then
                if command -v semanage >/dev/null; then
                    semanage port -a -t http_port_t -p tcp "$6" 2>/dev/null || semanage port -m -t http_port_t -p tcp "$6" 2>/dev/null
                    semanage fcontext -a -t httpd_sys_content_t '/var/lib/kvmctl-site(/.*)?' 2>/dev/null
                    semanage fcontext -a -t httpd_var_run_t '/run/kvmctl-site-.*' 2>/dev/null
                    restorecon -RF /var/lib/kvmctl-site
                else
                    chcon -R -t httpd_sys_content_t /var/lib/kvmctl-site
                fi
            fi
            """

    /// Has a firewall that runs shut a port again.
    static let closePort =
        firewalls + """

            closePort() {
                [ -n "$1" ] || return 0
                if firewalldRuns; then
                    firewall-cmd -q --permanent --remove-port="$1/tcp"; firewall-cmd -q --remove-port="$1/tcp"
                fi
                if ufwRuns; then
                    ufw delete allow "$1/tcp" >/dev/null
                fi
            }
            """
}
