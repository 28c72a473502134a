# shellcheck shell=sh
# Puts the hook in place that connects networks to other nodes whenever the node starts, and connects one now. Standard input:
# the network's XML, as libvirt writes it.
#
# hook: the text of the hook's file; sum: its SHA-256; text: the script in it.
network=$1 hook=$2 sum=$3 text=$4

. ./hook-file.sh
PATH=$PATH:/usr/sbin:/sbin
umask 022
for tool in ip bridge; do
    command -v "$tool" >/dev/null || { echo "the node has no program $tool, which is of the package iproute2" >&2; exit 1; }
done
if [ "$(hook_sum)" != "$sum" ]; then
    # Not in the folder itself, of which libvirt runs whatever is in it; two networks may be connected at once.
    new=${hook_file%/*/*}/.kvmctl.$$
    if ! { mkdir -p "${hook_file%/*}" && printf '%s' "$hook" >"$new" && chmod 755 "$new" && mv "$new" "$hook_file"; }; then
        rm -f "$new"
        exit 1
    fi
fi
sh -c "$text" kvmctl "$network" started kvmctl
