# shellcheck shell=sh
# Keeps guests to their filters, now and whenever they start. Standard input: of each guest a line "guest UUID LINES [TAP CHAIN]...",
# and behind it as many lines, which are its filter's file. A tap is named whose name libvirt chose, with the chain that is meant.
filters=$1 hook=$2 sum=$3

. ./filters.sh
. ./hook-file.sh
for tool in nft:nftables flock:util-linux awk:mawk; do
    command -v "${tool%:*}" >/dev/null ||
        { echo "the node has no program ${tool%:*}, which firewalls need: it is in the package ${tool#*:}" >&2; exit 1; }
done
set_filters() {
    # All of it is there, or what was there before.
    mkdir -p "$filters" && rm -f "$filters"/.new* || return 1
    guests=$(awk -v folder="$filters" '
        left == 0 {
            if ($1 != "guest" || $3 < 1) { bad = 1; exit }
            path = folder "/.new." $2; left = $3
            line = $2
            for (i = 4; i <= NF; i++) line = line " " $i
            print line
            next
        }
        { print > path; if (--left == 0) close(path) }
        END { if (bad || left) exit 1 }') || return 1
    if ! { [ -x "$filter_hook" ] && [ "$(sha256sum <"$filter_hook")" = "$sum  -" ]; }; then
        # Not in the folder itself, of which libvirt runs whatever is in it.
        new=${filter_hook%/*/*}/.kvmctl-firewall
        # libvirt reads the hooks' folders as another user on some systems.
        (umask 022 && mkdir -p "${filter_hook%/*}" && printf '%s' "$hook" >"$new" && chmod 755 "$new" && mv "$new" "$filter_hook") || return 1
    fi
    printf '%s\n' "$guests" | while read -r uuid _; do
        mv "$filters/.new.$uuid" "$filters/$uuid" || exit 1
    done || return 1
    printf '%s\n' "$guests" | load_filters
}
with_filters set_filters
