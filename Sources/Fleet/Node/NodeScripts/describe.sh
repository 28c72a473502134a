# shellcheck shell=sh
# describe prints who this user is, where the daemon listens, and which tools are missing: a word and its value per line, after
# a line that a greeting of the login shell does not have. It sets "$rights".

. ./tools.sh
describe() {
    echo kvmctl-probe
    # Asked for here: sudo takes it away from what it starts.
    [ -z "${SSH_CONNECTION:-}" ] || {
        echo "client ${SSH_CONNECTION%% *}"
        reached=${SSH_CONNECTION% *}
        echo "reached ${reached##* }"
    }
    if [ "$(id -u)" = 0 ]; then rights=root
    elif ! command -v sudo >/dev/null; then rights=plain
    elif why=$(LC_ALL=C sudo -n true 2>&1); then rights=sudo
    else case $why in *"have a tty"*) rights=terminal ;; *) rights=plain ;; esac; fi
    echo "rights $rights"
    tools
    for socket in /run/libvirt/libvirt-sock /run/libvirt/virtqemud-sock; do
        [ -S "$socket" ] || continue
        [ -w "$socket" ] || echo 'denied socket'
        echo "socket $socket"
        break
    done
    echo 'end probe'
}
