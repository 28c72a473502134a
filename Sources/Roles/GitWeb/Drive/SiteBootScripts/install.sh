# shellcheck shell=sh
# Installs nginx, git and the guest agent where one of them is missing; whatever else a website needs comes later.

needs=
[ -x /usr/sbin/nginx ] || needs="$needs nginx"
command -v git >/dev/null || needs="$needs git"
command -v qemu-ga >/dev/null || needs="$needs qemu-guest-agent"
[ -n "$needs" ] || exit 0
if command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086 # A list of packages.
    timeout 120 apt-get -q update && timeout 600 apt-get -q -y --no-install-recommends install $needs
elif command -v dnf >/dev/null; then
    # shellcheck disable=SC2086 # A list of packages.
    timeout 700 dnf -q -y install $needs
fi
case $needs in *nginx*) systemctl disable --now nginx.service ;; esac
case $needs in *agent*) systemctl enable --now qemu-guest-agent.service ;; esac
exit 0
