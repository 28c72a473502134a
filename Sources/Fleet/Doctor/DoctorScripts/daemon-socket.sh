# shellcheck shell=sh
# Prints libvirt's socket.

for socket in /run/libvirt/libvirt-sock /run/libvirt/virtqemud-sock; do
    [ ! -S "$socket" ] || { echo "$socket"; break; }
done
