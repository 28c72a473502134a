# shellcheck shell=sh
# Removes what the role made; the port is closed again.
role=$1
. ./begin.sh
. ./close-port.sh
systemctl disable -q --now "$unit" 2>/dev/null
systemctl stop "kvmctl-build-$role.service" 2>/dev/null
port=$(sed -n 's/^port //p' "$base/state" 2>/dev/null)
rm -f "/etc/systemd/system/$unit"; systemctl daemon-reload
closePort "$port"
rm -rf "$base"
