# shellcheck shell=sh
# Prints what every website of the guest is now, and ends well where there is none.

. ../../../Shared/SharedScripts/firewalls.sh
LC_ALL=C; PATH=/usr/sbin:/usr/bin:/sbin:/bin; export LC_ALL PATH
for base in /var/lib/kvmctl-site/*; do
    current=$(readlink "$base/current" 2>/dev/null) || continue
    [ -d "$base/$current" ] || continue
    echo "site ${base##*/}"
    echo "current ${current##*/}"
    echo "proof $(sed -n 's|.* /\.kvmctl/\([0-9a-f]*\) .*|\1|p' "$base/nginx.conf" 2>/dev/null)"
    cat "$base/state" 2>/dev/null
    [ -f "$base/held" ] && echo "held $(cat "$base/held")"
    echo "since $(stat -c %Y "$base/state" 2>/dev/null)"
    # shellcheck disable=SC2012 # Sorted by time, and named after commits.
    ls -1t "$base/releases" 2>/dev/null | sed 's/^/kept /'
    [ -f "$base/unproven" ] && echo unproven
    systemctl is-active --quiet "kvmctl-site-${base##*/}.service" && echo serving
    port=$(sed -n 's/^port //p' "$base/state" 2>/dev/null)
    grep -qs '^ENABLED=yes' /etc/ufw/ufw.conf && ! ufwHas "$port" && echo 'shut ufw'
    [ -d /etc/firewalld ] && systemctl is-active --quiet firewalld.service && ! firewalldHas "$port" &&
        echo 'shut firewalld'
done
exit 0
