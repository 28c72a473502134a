# shellcheck shell=sh
# Starts programs one after the other: each brings code that an emulator has to translate.

try=0
while [ "$try" -lt 25 ]; do
    ls -R /usr/lib/systemd >/dev/null 2>&1; sort /etc/services >/dev/null 2>&1
    try=$((try + 1))
done
