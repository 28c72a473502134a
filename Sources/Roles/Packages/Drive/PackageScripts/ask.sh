# shellcheck shell=sh
# Asks whether a role is healthy, by its package's own command within "$limit" seconds: prints "health 0", or its
# status and what it said first. "$which" is attempt or current, or services for those of the attempt alone. Prints "main UNIT STATE PID SUBSTATE" of each of its
# services as well.
role=$1 which=$2 limit=$3
. ./engine.sh
. ./jobs.sh
folder=$own/current
if [ "$which" != current ] && [ -s "$own/trying" ]; then
    read -r attempt rest <"$own/trying"
    folder=$own/at/$attempt
fi
if [ "$which" != services ] && [ -f "$folder/package/health" ]; then
    said=$(mktemp /run/kvmctl-roles.said.XXXXXX) || exit 1
    trap 'rm -f "$said"' EXIT
    trap 'exit 1' HUP INT TERM PIPE
    KVMCTL_INPUTS=$folder/given; export KVMCTL_INPUTS
    job_variables "$folder"
    shell_of "$folder/package/health"
    # shellcheck disable=SC2086 # One word or none.
    timeout -k 2 "$limit" $by "$folder/package/health" <"$folder/inputs" >"$said" 2>&1 9>&-
    code=$?
    # It went to a file: who reads a pipe waits for all that it left behind as well.
    printf 'health %s %s\n' "$code" "$(head -n 1 "$said" | tr -d '\000' | without_made | cut -c 1-500)"
fi
[ "$manager" = systemd ] && [ -s "$folder/services" ] || exit 0
# shellcheck disable=SC2034 # Named for who reads this.
while read -r name on_change run rest; do
    [ "$run" = yes ] || continue
    # Their order is systemd's own.
    facts=$(systemctl show -p ActiveState -p MainPID -p SubState "$name" </dev/null 2>/dev/null | sort)
    echo "main $name $(printf '%s\n' "$facts" | cut -d = -f 2 | tr '\n' ' ')"
done <"$folder/services"
exit 0
