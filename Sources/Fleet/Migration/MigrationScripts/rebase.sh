# shellcheck shell=sh
# Writes into a disk where its base image is; what the disk holds stays as it is.
path=$1 base=$2
qemu-img rebase -u -f qcow2 -F qcow2 -b "$base" -- "$path" && sync -- "$path"
