# shellcheck shell=sh
# Prints libvirt's daemon, whether it runs or not.

for daemon in libvirtd virtqemud; do
    if command -v "$daemon" >/dev/null; then echo "$daemon"; break; fi
done
exit 0
