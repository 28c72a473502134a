# shellcheck shell=sh
# Takes a network's connection to other nodes away, and the hook with the last of them. Standard input: the network's XML.
#
# text: the script of the hook.
network=$1 text=$2

. ./hook-state.sh
PATH=$PATH:/usr/sbin:/sbin
sh -c "$text" kvmctl "$network" stopped kvmctl || exit 1
for device in /sys/class/net/kx*; do [ ! -d "$device" ] || exit 0; done
grep -qs '<kvmctl:overlay ' /etc/libvirt/qemu/networks/*.xml && exit 0
[ -e "$hook_file" ] || exit 0
rm -f "$hook_file" "$hook_stamp"
rmdir "${hook_file%/*}" /run/kvmctl/overlays /run/kvmctl 2>/dev/null
# It would look for what is gone.
if hook_daemon; then kill -HUP "$hook_daemon"; fi
exit 0
