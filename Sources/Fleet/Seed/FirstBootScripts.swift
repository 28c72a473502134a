// Made by .ci/embed-scripts from the files in FirstBootScripts/: edit those, and run `make scripts`.
// swift-format-ignore-file

/// What a guest with a website runs at its first boot.
enum FirstBootScripts {
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

    /// Lets the key "$login" in, as a user that may become root; run in a guest at its first boot.
    static func openUp(login: String) -> Script {
        Script(openUpText, [login])
    }
    /// Its text, for a script that runs another.
    static let openUpText = #"""
login=$1
user=kvmctl-node
id "$user" >/dev/null 2>&1 || useradd --system --user-group --create-home --home-dir "/home/$user" \
    --shell /bin/sh --password '*' "$user" || exit 1
mkdir -p "/home/$user/.ssh" /etc/sudoers.d || exit 1
printf 'restrict %s\n' "$login" >"/home/$user/.ssh/authorized_keys"
chown -R "$user:$user" "/home/$user" && chmod 0700 "/home/$user" "/home/$user/.ssh"
chmod 0600 "/home/$user/.ssh/authorized_keys"
printf '%s ALL=(root) NOPASSWD: ALL\n' "$user" >"/etc/sudoers.d/$user" && chmod 0440 "/etc/sudoers.d/$user"
if command -v restorecon >/dev/null; then restorecon -R "/home/$user" "/etc/sudoers.d/$user"; fi
"""#
}
