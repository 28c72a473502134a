# shellcheck shell=sh
# Says whose packages the guest has, "missing NAME" for each of some that it lacks, and what the closure of those
# depends on: its distribution, release and architectures and, after a line "status", what is installed, as dpkg has it.
# That is compressed.
role=$1
shift 1
. ../../Drive/PackageScripts/engine.sh
. ../../Drive/PackageScripts/families.sh
echo "family $family"
needed=$(missing "$@")
[ -n "$needed" ] || exit 0
for name in $needed; do echo "missing $name"; done
[ "$family" = debian ] || exit 0
# shellcheck source=/dev/null
(. /etc/os-release && printf 'distribution %s\nrelease %s\n' "${ID:-}" "${VERSION_CODENAME:-}") || exit 1
echo "architecture $(dpkg --print-architecture)"
for name in $(dpkg --print-foreign-architectures); do echo "foreign $name"; done
echo status
fields=
for field in Package Status Essential Architecture Multi-Arch Version Provides Pre-Depends Depends Conflicts Breaks \
    Replaces; do
    fields="$fields$field: \${$field}\\n"
done
dpkg-query -W -f "$fields\\n" | sed '/^[^ ]*: *$/d' | gzip -c | base64
