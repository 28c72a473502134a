# shellcheck shell=sh
# Deletes the state of a guest's firmware that was set aside.
folder=$1 uuid=$2
cd "$folder" || exit 0
rm -rf -- "qemu/nvram/kvmctl-$uuid.fd.left" "swtpm/$uuid.left"
