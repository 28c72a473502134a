# shellcheck shell=sh
# job runs the script $1 with a limit of $2 seconds, apart from who waits for it. What it says is in "$work/log" and,
# on its descriptor 3, in "$work/said"; standard input is the file $3. Ends as it does, with 124 where it took too
# long.

# The values that a package's scripts get.
job_variables() {
    KVMCTL_ROLE=$role; export KVMCTL_ROLE
    [ ! -s "$1/variables" ] || while read -r key value; do export "KVMCTL_$key=$value"; done <"$1/variables"
}
# Sets "$by" to what runs the script $1: nothing where it says so itself.
# shellcheck disable=SC2034 # Not every script that begins with this has one run.
shell_of() {
    first=
    # A file of bytes has no such line.
    read -r first <"$1"
    case $first in '#!'*) by='' ;; *) by='sh' ;; esac
}
job() {
    rm -f "$work/rc" "$work/log" "$work/said"
    # Its text has no values: they are in files.
    printf '%s\n' "$work" "$1" "$3" >"$work/job.words" || exit 1
    env | sed -n 's/^KVMCTL_/export KVMCTL_/p' >"$work/job.variables" || exit 1
    cat >"$work/job" <<'END' || exit 1
{ read -r work; read -r script; read -r input; } <"${0}.words"
umask 077
LC_ALL=C; HOME=/root; PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export LC_ALL HOME PATH
while read -r word variable; do export "$variable"; done <"${0}.variables"
cd / || exit 1
first=
read -r first <"$script"
case $first in
    '#!'*) "$script" <"$input" >"$work/log" 2>&1 3>"$work/said" ;;
    *) sh "$script" <"$input" >"$work/log" 2>&1 3>"$work/said" ;;
esac
echo $? >"$work/rc.new" && mv -f "$work/rc.new" "$work/rc"
END
    unit=kvmctl-role-$role.service
    if [ "$manager" = systemd ]; then
        systemctl reset-failed "$unit" 2>/dev/null
        systemd-run --quiet --unit="$unit" -p RuntimeMaxSec="$2" -p TimeoutStopSec=5 \
            /bin/sh "$work/job" </dev/null 9>&- || return 1
        round=0
        while [ ! -s "$work/rc" ]; do
            sleep 0.2 2>/dev/null || sleep 1
            round=$((round + 1))
            # A process costs more than a look at a file.
            [ $((round % 10)) = 0 ] || continue
            systemctl is-active --quiet "$unit" && continue
            [ ! -s "$work/rc" ] || break
            if systemctl show -p Result "$unit" | grep -qx Result=timeout; then return 124; fi
            return 137
        done
    else
        setsid timeout -k 5 "$2" sh "$work/job" </dev/null >/dev/null 2>&1 9>&- &
        started=$!
        echo "$started" >"$work/started"
        wait "$started"
        rm -f "$work/started"
        kill -9 "-$started" 2>/dev/null
        [ -s "$work/rc" ] || return 124
    fi
    read -r code <"$work/rc"
    return "$code"
}
# The end of what it said, for somebody who looks for the reason of a failure.
last_lines() { tail -n 20 "$work/log" 2>/dev/null | without_made | cut -c 1-500 >&2; }
# Hides what apply has made of outputs that are secrets, in lines that people see: nobody outside knows it. Those that
# were made before are hidden as well.
without_made() {
    if [ -s "$work/said" ] && grep -qs '^hide ' "$work/header"; then
        without "$work/said" "$work/header"
    else without_kept; fi
}
# Hides those that the role has for good.
without_kept() { without /dev/null /dev/null; }
without() {
    secrets=
    for file in "$own/current/outputs"/*.id; do [ ! -s "$file" ] || secrets="$secrets ${file%.id}"; done
    if [ "$1" = /dev/null ] && [ -z "$secrets" ]; then cat; return; fi
    awk -v said="$1" -v header="$2" -v secrets="$secrets" '
        function hide(value) {
            if (value == "") return
            # The longest is first: another may be a part of it.
            for (place = ++count; place > 1 && length(made[place - 1]) < length(value); place--)
                made[place] = made[place - 1]
            made[place] = value
        }
        BEGIN {
            while ((getline line <header) > 0)
                if (split(line, words, " ") == 2 && words[1] == "hide") hidden[words[2]] = 1
            while ((getline line <said) > 0) {
                at = index(line, "=")
                if (at && substr(line, 1, at - 1) in hidden) hide(substr(line, at + 1))
            }
            number = split(secrets, files, " ")
            for (file = 1; file <= number; file++) while ((getline line <files[file]) > 0) hide(line)
        }
        {
            line = $0
            for (number = 1; number <= count; number++) {
                done = ""
                while ((at = index(line, made[number])) > 0) {
                    done = done substr(line, 1, at - 1) "•••"
                    line = substr(line, at + length(made[number]))
                }
                line = done line
            }
            print line
        }'
}
