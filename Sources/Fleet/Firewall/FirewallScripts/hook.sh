# shellcheck shell=sh
# Has the kernel keep a guest to its filter before it starts or arrives here: what libvirt runs then. Standard input: the domain's
# XML, an element in each line. A guest whose filter cannot be loaded does not start; one without a filter is none of its business.
#
# Only other scripts run it.
filters=$1 event=$2 stage=$3

. ./filters.sh
xml=$(cat)
uuid=$(printf '%s\n' "$xml" | sed -n 's:^ *<uuid>\([0-9a-f-]*\)</uuid>.*:\1:p' | head -n 1)
[ -n "$uuid" ] && [ -e "$filters/$uuid" ] || exit 0

# The taps with names that libvirt chose, as of a guest that resumes with a definition of before, each with its chain: they are made
# between the two events.
chosen_taps() {
    printf '%s\n' "$xml" | awk -v file="$filters/$uuid" '
    function value(line) { sub(/^[^=]*=["\047]/, "", line); sub(/["\047].*/, "", line); return line }
    BEGIN { while ((getline line < file) > 0) if (line ~ /^#: [^ ]+ is /) { split(line, word, " "); chain[word[4]] = count++ } }
    /<interface / { mac = ""; tap = "" }
    /<mac address=/ { mac = value($0) }
    /<target dev=/ { tap = value($0) }
    /<\/interface>/ { if (mac in chain && tap != "" && tap !~ /^kt/ && tap ~ /^[A-Za-z0-9._-]+$/) print tap, chain[mac] }'
}
case $event/$stage in
    prepare/begin) with_filters load_filter "$uuid" ;;
    start/begin)
        taps=$(chosen_taps)
        # shellcheck disable=SC2086 # Words: a tap and its chain.
        [ -z "$taps" ] || with_filters load_filter "$uuid" $taps ;;
    # What was loaded for a tap that it had is another guest's tap one day.
    release/end) with_filters load_filter "$uuid" || exit 0 ;;
esac
