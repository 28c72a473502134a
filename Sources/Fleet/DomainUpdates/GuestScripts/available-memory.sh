# shellcheck shell=sh
# Prints how many KiB of its memory the guest could give back.

sed -n 's/^MemAvailable: *\([0-9]*\) kB$/\1/p' /proc/meminfo
