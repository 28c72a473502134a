# shellcheck shell=sh
# run has the server run with what is written.

run() {
    # Enabling has systemd read everything again.
    [ -e "/etc/systemd/system/multi-user.target.wants/$unit" ] || systemctl enable -q "$unit"
    if ! systemctl is-active --quiet "$unit"; then
        systemctl reset-failed "$unit" 2>/dev/null
        systemctl start "$unit"
    elif [ "$renewed" = yes ]; then systemctl restart "$unit"
    elif [ "$changed" = yes ]; then systemctl reload "$unit"
    fi
}
