# shellcheck shell=sh
# Whether HAProxy runs the configuration that was placed. A reload cannot say that: it reports success where the new
# configuration cannot be loaded, and the one before goes on.
wanted=$(sed -n 's/^ *description kvmctl //p' /etc/haproxy/haproxy.cfg)
running=$(printf 'show info\n' | socat -t 5 - UNIX-CONNECT:/run/haproxy/admin.sock 2>/dev/null |
    sed -n 's/^description: kvmctl //p')
[ -n "$wanted" ] || { echo '/etc/haproxy/haproxy.cfg does not name its revision'; exit 1; }
[ "$running" != "$wanted" ] || exit 0
[ -n "$running" ] || { echo 'HAProxy does not answer on its socket'; exit 1; }
# Its last words are that something failed; those before say what.
reason=$(journalctl -q -u haproxy.service -n 40 -o cat 2>/dev/null |
    sed -n -e '/haproxy\.main()/d' -e 's/^.*\[ALERT\][^:]*: *//p' | tail -n 1)
echo "HAProxy runs the configuration $running and not $wanted${reason:+: $reason}"
exit 1
