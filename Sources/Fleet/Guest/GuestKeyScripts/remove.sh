# shellcheck shell=sh
# Deletes the folder of a guest's keys, and the connection that a command may have left open for the next.
folder=$1
rm -rf -- "$folder" "$folder.part" "/run/kvmctl-guest-${folder##*/}"
