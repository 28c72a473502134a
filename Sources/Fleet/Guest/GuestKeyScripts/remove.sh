# shellcheck shell=sh
# Deletes the folder of a guest's keys, the connection that a command may have left open for the next, and the packages in
# the file "$sent" that a killed run was sending.
folder=$1 sent=$2
rm -rf -- "$folder" "$folder.part" "/run/kvmctl-guest-${folder##*/}"
rm -f -- "$sent" "$sent.key" "$sent.key.pub" "$sent.key.hosts"
