# shellcheck shell=sh
# awaitCloudInit waits for cloud-init, which may be installing packages, or about to wake a firewall, for $1 seconds.

awaitCloudInit() {
    patience=$1
    while [ -e /run/cloud-init/enabled ] && [ ! -e /run/cloud-init/result.json ] && [ "$patience" -gt 0 ] &&
        ! systemctl is-failed --quiet cloud-final.service; do
        sleep 1; patience=$((patience - 1))
    done
}
