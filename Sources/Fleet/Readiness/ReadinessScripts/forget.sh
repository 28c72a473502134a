# shellcheck shell=sh
# Drops what the kernel knows of addresses and MACs, so that the next to ask is answered anew; what somebody wrote into the
# table by hand stays. Arguments: the addresses and MACs.
#
# Without ip nothing can be dropped; "ask" then believes only what it hears itself.
shift 0
command -v ip >/dev/null && [ $# -gt 0 ] || exit 0
wanted=" $* "
ip -4 neigh show | while read -r address _ device word mac rest; do
    case "$word $rest" in *PERMANENT*|*NOARP*|proxy*) continue ;; esac
    case "$wanted" in
        *" $address "*|*" ${mac:-none} "*) ip neigh del "$address" dev "$device" 2>/dev/null ;;
    esac
done
exit 0
