# shellcheck shell=sh
# Keeps a guest to a filter, now and whenever it starts. Standard input: the filter's file. Of a tap whose name libvirt chose come the
# name and the chain that is meant.
filters=$1 uuid=$2 hook=$3 sum=$4
shift 4

. ./filters.sh
. ./hook-file.sh
for tool in nft:nftables flock:util-linux awk:mawk; do
    command -v "${tool%:*}" >/dev/null ||
        { echo "the node has no program ${tool%:*}, which firewalls need: it is in the package ${tool#*:}" >&2; exit 1; }
done
set_filter() {
    # All of it is there, or what was there before.
    mkdir -p "$filters" && cat >"$filters/.new" || return 1
    if ! { [ -x "$filter_hook" ] && [ "$(sha256sum <"$filter_hook")" = "$sum  -" ]; }; then
        # Not in the folder itself, of which libvirt runs whatever is in it.
        new=${filter_hook%/*/*}/.kvmctl-firewall
        # libvirt reads the hooks' folders as another user on some systems.
        (umask 022 && mkdir -p "${filter_hook%/*}" && printf '%s' "$hook" >"$new" && chmod 755 "$new" && mv "$new" "$filter_hook") || return 1
    fi
    mv "$filters/.new" "$filters/$uuid" && load_filter "$uuid" "$@"
}
with_filters set_filter "$@"
