# shellcheck shell=sh
# Prints what the guest has of every role of a package; nothing is changed. The last line is "end".
#
# Standard input says what is wanted: "role NAME", and "secret INPUT SHA256" for each secret of it that could be read.
# Secrets are compared here, by salted digests, and none of them is printed. Few programs are run however many roles
# there are.

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
for list in records salting units packages paths; do : >"$seen/$list"; done
salt=
[ ! -s "$all/.salt" ] || read -r salt <"$all/.salt"
{
    echo "family $family"
    for own in "$all"/*/; do
        own=${own%/}; role=${own##*/}
        [ -e "$own/attempt" ] || continue
        look_at_role
    done
    look_at_files
    look_at_secrets
    look_at_units
    look_at_packages
    for own in "$all"/*/; do
        own=${own%/}; role=${own##*/}
        [ -e "$own/current/state" ] || continue
        look_at_ports
        look_by_check
    done
} >"$seen/said" </dev/null
# A reply has its limits, and one that was cut has no end.
head -c 65000 "$seen/said"
echo end
exit 0
