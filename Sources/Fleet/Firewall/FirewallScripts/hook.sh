# shellcheck shell=sh
# Has the kernel keep a guest to its filter before it starts or arrives here: what libvirt runs then. Standard input: the domain's
# XML. A guest whose filter cannot be loaded does not start.
#
# Only other scripts run it.
filters=$1 event=$2 stage=$3

. ./filters.sh
uuid=$(sed -n 's:^ *<uuid>\([0-9a-f-]*\)</uuid>.*:\1:p' | head -n 1)
case $event/$stage in
    # Once more at its end: what was loaded for the tap that it had is another's tap now.
    prepare/begin) load_filter "$uuid" ;;
    release/end) load_filter "$uuid" || exit 0 ;;
esac
