# shellcheck shell=sh
# Keeps a guest to a filter, now and whenever it starts. Standard input: the filter's file. Of a tap whose name libvirt chose come the
# name and the chain that is meant.
filters=$1 uuid=$2 hook=$3 sum=$4
shift 4

. ./filters.sh
. ./hook-file.sh
for tool in nft flock; do
    command -v "$tool" >/dev/null || { echo "the node has no program $tool, which firewalls need: it is of the package $([ "$tool" = nft ] && echo nftables || echo util-linux)" >&2; exit 1; }
done
umask 077
mkdir -p "$filters" && cat >"$filters/.$uuid" || exit 1
if [ "$(sha256sum 2>/dev/null <"$filter_hook")" != "$sum  -" ]; then
    umask 022
    # Not in the folder itself, of which libvirt runs whatever is in it; two guests may get filters at once.
    new=${filter_hook%/*/*}/.kvmctl.$$
    if ! { mkdir -p "${filter_hook%/*}" && printf '%s' "$hook" >"$new" && chmod 755 "$new" && mv "$new" "$filter_hook"; }; then
        rm -f "$new" "$filters/.$uuid"
        exit 1
    fi
fi
mv "$filters/.$uuid" "$filters/$uuid" && load_filter "$uuid" "$@"
