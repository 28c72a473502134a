# shellcheck shell=sh
# Prints what the services of a role's attempt wrote last, those first that do not run: at most 12 lines of each.
role=$1
. ./engine.sh
[ "$manager" = systemd ] && command -v journalctl >/dev/null || exit 0
[ -s "$own/trying" ] || exit 0
read -r attempt rest <"$own/trying"
[ -s "$own/at/$attempt/services" ] || exit 0
say() {
    # shellcheck disable=SC2034 # Named for who reads this.
    while read -r name on_change run rest; do
        [ "$run" = yes ] || continue
        if systemctl -q is-active "$name" </dev/null 2>/dev/null; then state=well; else state=ill; fi
        [ "$state" = "$1" ] || continue
        journalctl -q -n 12 -o cat --since=-5min -u "$name" </dev/null 2>/dev/null | cut -c 1-500
    done <"$own/at/$attempt/services"
}
# Where one does not run, what the others say is beside the point.
said=$(say ill)
[ -n "$said" ] || said=$(say well)
printf '%s\n' "$said"
