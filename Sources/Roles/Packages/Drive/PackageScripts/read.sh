# shellcheck shell=sh
# Prints what the guest has of every role of a package; nothing is changed. The last line is "end".
#
# Standard input says what is wanted: "role NAME", and "secret INPUT SHA256" for each secret of it that could be read;
# with "only NAME" nothing else is looked at. Where all does not fit, the last line is "parts", and each role that is
# named has to be asked for alone. Secrets are compared here, by salted digests, and none of them is printed. Few
# programs are run however many roles there are.

. ./engine.sh
. ./families.sh
. ./units.sh
. ../../../Shared/SharedScripts/firewalls.sh
. ./jobs.sh
. ./looking.sh
seen=$(mktemp -d /run/kvmctl-roles.seen.XXXXXX) || exit 1
trap 'rm -rf "$seen"' EXIT
trap 'exit 1' HUP INT TERM PIPE
cat >"$seen/wanted" || exit 1
only=
while read -r word name rest; do
    [ "$word" != only ] || only=$name
done <"$seen/wanted"
for list in records salting units packages paths; do : >"$seen/$list"; done
salt=
[ ! -s "$all/.salt" ] || read -r salt <"$all/.salt"
{
    echo "family $family"
    say_lines 'highest ' "$all/.attempt"
    for own in "$all"/*/; do
        own=${own%/}; role=${own##*/}
        [ -e "$own/attempt" ] || continue
        case $only in '' | "$role") ;; *) continue ;; esac
        look_at_role
    done
    look_at_files
    look_at_secrets
    look_at_units
    look_at_packages
    # Checks may take long: all run at once.
    for own in "$all"/*/; do
        own=${own%/}; role=${own##*/}
        [ -e "$own/current/state" ] || continue
        case $only in '' | "$role") look_by_check 30 & ;; esac
    done
    wait
    # A node is busy while all of its guests check at once, and quicker afterwards.
    for own in "$all"/*/; do
        own=${own%/}; role=${own##*/}
        if hung_check; then look_by_check 60 & fi
    done
    wait
    for own in "$all"/*/; do
        own=${own%/}; role=${own##*/}
        [ -e "$own/current/state" ] || continue
        case $only in '' | "$role") ;; *) continue ;; esac
        look_at_ports
        say_check
    done
} >"$seen/said" </dev/null
# A reply has its limits, and one that was cut has no end.
if [ "$(wc -c <"$seen/said")" -le 1000000 ]; then
    cat "$seen/said"
    echo end
elif [ -z "$only" ]; then
    echo "family $family"
    grep '^role ' "$seen/said" | sort -u
    echo parts
else head -c 1000000 "$seen/said"; fi
exit 0
