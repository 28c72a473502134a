# shellcheck shell=sh
# state_names lists what a guest "$uuid" has below "$folder", a line each, and goes there.
state_names() {
    cd "$folder" || exit 1
    [ ! -f "qemu/nvram/kvmctl-$uuid.fd" ] || echo "qemu/nvram/kvmctl-$uuid.fd"
    [ ! -d "swtpm/$uuid" ] || echo "swtpm/$uuid"
}
