# shellcheck shell=sh
# hook_state prints the SHA-256 of kvmctl's hook of libvirt, and whether libvirt knows that it is there: "loaded" or "unknown". It
# prints nothing where there is none.
#
# libvirt looks for hooks when it starts and when it gets the signal HUP, and at no other time. A daemon that does not run looks
# when it starts. "$hook_file", "$hook_stamp" and "$hook_daemon" are set.
hook_file=/etc/libvirt/hooks/network.d/kvmctl
hook_stamp=/run/kvmctl/hook-loaded
hook_daemon() {
    for place in /run/virtnetworkd.pid /run/libvirt/virtnetworkd.pid /run/libvirtd.pid /run/libvirt/libvirtd.pid; do
        [ -s "$place" ] || continue
        read -r hook_daemon <"$place"
        [ -d "/proc/$hook_daemon" ] && return 0
    done
    hook_daemon=
    return 1
}
hook_state() {
    [ -e "$hook_file" ] || return 0
    sum=$(sha256sum <"$hook_file")
    sum=${sum%% *}
    state=loaded
    if hook_daemon; then
        begun=$(sed -n 's/^btime //p' /proc/stat)
        ticks=$(sed 's/.*) //' "/proc/$hook_daemon/stat" | cut -d ' ' -f 20)
        begun=$((begun + ticks / $(getconf CLK_TCK 2>/dev/null || echo 100)))
        # In the second in which it began it may have looked before the file was there.
        [ "$(stat -c %Y "$hook_file")" -lt "$begun" ] || [ "$(cat "$hook_stamp" 2>/dev/null)" = "$hook_daemon $sum" ] ||
            state=unknown
    fi
    echo "$sum $state"
}
