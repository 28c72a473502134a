# shellcheck shell=sh
# Takes a network's connection to other nodes away, and the hook with the last of them. Standard input: the network's XML.
#
# text: the script of the hook.
network=$1 text=$2

. ./hook-file.sh
PATH=$PATH:/usr/sbin:/sbin
sh -c "$text" kvmctl "$network" stopped kvmctl || exit 1
for device in /sys/class/net/kx*; do [ ! -d "$device" ] || exit 0; done
for file in /etc/libvirt/qemu/networks/*.xml; do
    [ "$file" = "/etc/libvirt/qemu/networks/$network.xml" ] && continue
    grep -qs '<kvmctl:overlay ' "$file" && exit 0
done
rm -f "$hook_file"
rmdir "${hook_file%/*}" /run/kvmctl/overlays /run/kvmctl 2>/dev/null
exit 0
