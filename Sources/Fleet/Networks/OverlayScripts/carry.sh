# shellcheck shell=sh
# Puts the hook in place that connects networks to other nodes whenever they start, and connects one now. Standard input: the
# network's XML, as libvirt writes it.
#
# hook: the text of the hook's file; sum: its SHA-256; text: the script in it.
network=$1 hook=$2 sum=$3 text=$4

. ./hook-state.sh
PATH=$PATH:/usr/sbin:/sbin
umask 022
for tool in ip bridge; do
    command -v "$tool" >/dev/null || { echo "the node has no program $tool, which is of iproute2" >&2; exit 1; }
done
state=$(hook_state)
if [ "${state% *}" != "$sum" ]; then
    mkdir -p "${hook_file%/*}" && printf '%s' "$hook" >"$hook_file.new" && chmod 755 "$hook_file.new" &&
        mv "$hook_file.new" "$hook_file" || exit 1
    state=$(hook_state)
fi
if [ "${state#* }" != loaded ] && hook_daemon; then
    kill -HUP "$hook_daemon" || exit 1
    mkdir -p "${hook_stamp%/*}" && echo "$hook_daemon $sum" >"$hook_stamp" || exit 1
fi
sh -c "$text" kvmctl "$network" started kvmctl
