# shellcheck shell=sh
# Asks whether a role is healthy, by its package's own command within "$limit" seconds: prints "health 0", or its
# status and what it said first. "$which" is attempt or current. Prints "main UNIT STATE PID" of each of its services
# as well.
role=$1 which=$2 limit=$3
. ./engine.sh
. ./jobs.sh
folder=$own/current
if [ "$which" = attempt ] && [ -s "$own/trying" ]; then
    read -r attempt rest <"$own/trying"
    folder=$own/at/$attempt
fi
if [ -f "$folder/package/health" ]; then
    KVMCTL_INPUTS=$folder/given; export KVMCTL_INPUTS
    job_variables "$folder"
    shell_of "$folder/package/health"
    # shellcheck disable=SC2086 # One word or none.
    said=$(timeout -k 2 "$limit" $by "$folder/package/health" <"$folder/inputs" 2>&1 9>&-)
    code=$?
    printf 'health %s %s\n' "$code" "$(printf '%s\n' "$said" | head -n 1 | cut -c 1-500)"
fi
[ "$manager" = systemd ] && [ -s "$folder/services" ] || exit 0
# shellcheck disable=SC2034 # Named for who reads this.
while read -r name on_change run rest; do
    [ "$run" = yes ] || continue
    # Their order is systemd's own.
    echo "main $name $(systemctl show -p ActiveState -p MainPID "$name" </dev/null 2>/dev/null | sort | cut -d = -f 2 |
        tr '\n' ' ')"
done <"$folder/services"
exit 0
