# shellcheck shell=sh
# Names the node as its libvirt does in a migration, then as the machine does.

sed -n 's/^[[:space:]]*migration_host[[:space:]]*=[[:space:]]*"\(.*\)".*/name \1/p' /etc/libvirt/qemu.conf
echo "name $(hostname -f 2>/dev/null || hostname)"
