// Made by .ci/embed-scripts from the files in SiteBootScripts/: edit those, and run `make scripts`.
// swift-format-ignore-file

import Fleet

/// What a guest with a website runs at its first boot.
enum SiteBootScripts {
    /// Installs nginx, git and the guest agent where one of them is missing; whatever else a website needs comes later.
    static func install() -> Script {
        Script(installText, [])
    }
    /// Its text, for a script that runs another.
    static let installText = #"""
needs=
[ -x /usr/sbin/nginx ] || needs="$needs nginx"
command -v git >/dev/null || needs="$needs git"
command -v qemu-ga >/dev/null || needs="$needs qemu-guest-agent"
[ -n "$needs" ] || exit 0
if command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    timeout 120 apt-get -q update && timeout 600 apt-get -q -y --no-install-recommends install $needs
elif command -v dnf >/dev/null; then
    timeout 700 dnf -q -y install $needs
fi
case $needs in *nginx*) systemctl disable --now nginx.service ;; esac
case $needs in *agent*) systemctl enable --now qemu-guest-agent.service ;; esac
exit 0
"""#
}
