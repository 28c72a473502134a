// Made by .ci/embed-scripts from the files in FirstBootScripts/: edit those, and run `make scripts`.
// swift-format-ignore-file

/// What a guest with a role runs at its first boot.
enum FirstBootScripts {
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
