# shellcheck shell=sh
# Lets the key "$key" send one file and nothing else; prints the guest's own host keys.
#
# The key is made for this file, and shut out when it has come.
role=$1 key=$2
. ./begin.sh
[ -d /etc/ssh ] && systemctl is-active --quiet ssh.service sshd.service ssh.socket 2>/dev/null || exit 3
door=/var/lib/kvmctl-site/door
id kvmctl-door >/dev/null 2>&1 || useradd --system --user-group --no-create-home --home-dir "$door" \
    --shell /bin/sh kvmctl-door || exit 1
rm -rf "$door" && mkdir -p "$door/.ssh" || exit 1
printf 'restrict,command="exec cat >%s/incoming" %s\n' "$door" "$key" >"$door/.ssh/authorized_keys"
chown -R kvmctl-door:kvmctl-door "$door" && chmod 0700 "$door" "$door/.ssh" && chmod 0600 "$door/.ssh/authorized_keys"
cat /etc/ssh/ssh_host_*_key.pub
