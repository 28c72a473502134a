// Made by .ci/embed-scripts from the files in FirewallScripts/: edit those, and run `make scripts`.
// swift-format-ignore-file

/// What a node runs to keep guests to what their firewalls let through.
enum FirewallScripts {
    /// Ends a guest's filter, and with the last one all that kvmctl has of them.
    static func clearFilter(filters: String, uuid: String) -> Script {
        Script(clearFilterText, [filters, uuid])
    }
    /// Its text, for a script that runs another.
    static let clearFilterText = [
#"""
filters=$1 uuid=$2

"""#,
        filters,
        hookFile,
#"""

clear_filter() {
    drop_filter "$uuid" || return 1
    rm -f "$filters/.new"
    rmdir "$filters" 2>/dev/null || return 0
    rm -f "$filter_hook"
    rmdir "${filter_hook%/*}" "$filter_records" "${filter_records%/*}" 2>/dev/null
    return 0
}
[ -d "$filters" ] || exit 0
with_filters clear_filter
"""#,
    ].joined()

    /// What a node does with the filters of its guests. load_filter UUID [TAP CHAIN]... has the kernel keep a guest to its filter;
    /// drop_filter UUID ends that; tell_filters prints all that are there, a word and a value per line. with_filters COMMAND... runs
    /// one of them, or more, while nobody else does.
    ///
    /// Each guest has a file in "$filters": a line with the SHA-256 of what follows, its filter in words behind "#: ", and the commands
    /// for nft. All are in one table, which finds a guest's chains by the name of its tap, so that many guests cost no more than one.
    /// In "$filter_records" is what was loaded, the file and what the kernel has, so that a change of either is seen.
    static let filters = #"""
filter_records=/run/kvmctl/firewall
PATH=$PATH:/usr/sbin:/sbin
LC_ALL=C
export PATH LC_ALL

# filter_id UUID prints what the names of a guest's chains begin with.
filter_id() { echo "g$(printf %s "$1" | tr -d -)"; }

# kernel_filters prints the table, without what guests ask for just now, and which tap leads where. Of a table alone nft reads that
# as well, which takes seconds for many guests; of all tables it does not. The last element of a map ends with a space, until
# another comes behind it.
kernel_filters() {
    nft -s -t list ruleset bridge 2>/dev/null | sed -n '/^table bridge kvmctl {/,/^}/p'
    for map in arriving leaving; do
        nft -s list map bridge kvmctl "$map" 2>/dev/null | sed -n 's/.*"\(.*\)" : \([a-z0-9_ ]*[a-z0-9_]\).*/@ '$map' \1 \2/p'
    done
}

# The functions of awk that read this: read_kernel() fills text, by the beginning of chains' names, and taps. All chains that are no
# guest's are "base".
filter_reading='
function owner(name) {
    sub(/_.*/, "", name)
    return name ~ /^g[0-9a-f]+$/ && length(name) == 33 ? name : "base"
}
function read_kernel(  line, word, name) {
    while ((getline line) > 0) {
        split(line, word, " ")
        if (word[1] == "@") {
            name = word[4] == "goto" ? owner(word[5]) : "base"
            text[name] = text[name] line "\n"
            if (word[2] == "arriving") taps[name] = taps[name] " " word[3]
            name = ""
        } else if (word[1] == "chain") {
            name = owner(word[2])
            text[name] = text[name] line "\n"
        } else if (word[1] == "}") name = ""
        else if (name != "") text[name] = text[name] line "\n"
    }
}
function content(path,  line, all) {
    while ((getline line < path) > 0) all = all line "\n"
    close(path)
    return all
}
'

# The lock is of a folder that is always there, so that nobody can take it away.
with_filters() {
    (
        flock -w 60 9 || { echo "another program has changed firewalls for 60 s (it holds the lock of /run); try again" >&2; exit 1; }
        umask 077
        "$@"
    ) 9</run
}

# Prints the commands that take a guest's chains away, what leads to them, and what leads from interfaces that are no more: libvirt
# may give their names to another guest.
without_chains() {
    id=$(filter_id "$1")
    now=$(kernel_filters)
    printf '%s\n' "$now" | while read -r sign map tap verdict chain; do
        [ "$sign" = @ ] || continue
        case $verdict/$chain in
            goto/"${id}"_*) ;;
            goto/*) case $tap in kt*) continue ;; *) [ ! -d "/sys/class/net/$tap" ] || continue ;; esac ;;
        esac
        echo "delete element bridge kvmctl $map { \"$tap\" }"
    done
    # The table is kvmctl's alone: what else is in it goes, too.
    chains=$(printf '%s\n' "$now" | sed -n 's/^[[:space:]]*chain \([^ ]*\) {.*/\1/p' | while read -r chain; do
        case $chain in
            "${id}"_*) echo "$chain" ;;
            arriving | leaving | g*_*_in | g*_*_out) ;;
            *) echo "$chain" ;;
        esac
    done)
    for chain in $chains; do echo "flush chain bridge kvmctl $chain"; done
    for chain in $chains; do echo "delete chain bridge kvmctl $chain"; done
}

load_filter() {
    uuid=$1 file=$filters/$1
    shift
    sum=$(tail -n +2 "$file" | sha256sum)
    [ "$(head -n 1 "$file")" = "# ${sum%% *}" ] || { echo "$file was changed by hand: the next kvmctl apply writes it anew" >&2; return 1; }
    id=$(filter_id "$uuid")
    {
        without_chains "$uuid"
        cat "$file"
        while [ $# -ge 2 ]; do
            printf 'add element bridge kvmctl arriving { "%s" : goto %s_%s_in }\n' "$1" "$id" "$2"
            printf 'add element bridge kvmctl leaving { "%s" : goto %s_%s_out }\n' "$1" "$id" "$2"
            shift 2
        done
    } | nft -f - || return 1
    mkdir -p "$filter_records" || return 1
    { cat "$file"; echo "# kernel"; kernel_filters | awk -v id="$id" "$filter_reading"'BEGIN { read_kernel(); printf "%s%s", text["base"], text[id] }'; } \
        >"$filter_records/.new" && mv "$filter_records/.new" "$filter_records/$uuid"
}

# The file goes last: as long as it is there, the next run ends what this one does not.
drop_filter() {
    uuid=$1
    if command -v nft >/dev/null; then
        id=$(filter_id "$uuid")
        {
            without_chains "$uuid"
            for set in asked served; do
                ! nft -t list ruleset bridge 2>/dev/null | grep -q "set ${id}_$set {" || echo "delete set bridge kvmctl ${id}_$set"
            done
        } | nft -f - || return 1
        # The table goes with the last of them.
        kernel_filters | grep -q '^[[:space:]]*chain g' || nft delete table bridge kvmctl 2>/dev/null
    fi
    rm -f "$filters/$uuid" "$filter_records/$uuid"
}

tell_filters() {
    # libvirt passes over a hook that is not executable.
    [ ! -x "$filter_hook" ] || { sum=$(sha256sum <"$filter_hook"); echo "filterhook ${sum%% *}"; }
    [ -d "$filters" ] || return 0
    kernel_filters | awk -v filters="$filters" -v records="$filter_records" -v names="$(ls "$filters")" "$filter_reading"'
    BEGIN {
        read_kernel()
        count = split(names, uuids, "\n")
        for (i = 1; i <= count; i++) {
            uuid = uuids[i]
            id = uuid; gsub(/-/, "", id); id = "g" id
            file = content(filters "/" uuid)
            record = content(records "/" uuid)
            state = record == file "# kernel\n" text["base"] text[id] && text[id] != "" ? "loaded" : record == "" ? "unloaded" : "edited"
            print "filter " uuid " " state
            many = split(file, line, "\n")
            for (j = 2; j <= many && line[j] ~ /^#: /; j++) print "filterline " uuid " " substr(line[j], 4)
            number = split(taps[id], tap, " ")
            for (j = 1; j <= number; j++) print "filtertap " uuid " " tap[j]
        }
    }'
}

"""#

    /// Where libvirt looks for what it is to run when a guest starts. It looks when it starts itself, and at SIGHUP, which it is not sent:
    /// that would start networks that somebody has stopped. The names of taps do not change, so until then the rules that kvmctl loaded
    /// hold for a guest that somebody else starts.
    static let hookFile = #"""
filter_hook=/etc/libvirt/hooks/qemu.d/kvmctl

"""#

    /// Has the kernel keep a guest to its filter before it starts or arrives here: what libvirt runs then. Standard input: the domain's
    /// XML, an element in each line. A guest whose filter cannot be loaded does not start; one without a filter is none of its business.
    ///
    /// Only other scripts run it.
    static let hookText = [
#"""
filters=$1 event=$2 stage=$3

"""#,
        filters,
#"""

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
        [ -z "$taps" ] || with_filters load_filter "$uuid" $taps ;;
    # What was loaded for a tap that it had is another guest's tap one day.
    release/end) with_filters load_filter "$uuid" || exit 0 ;;
esac
"""#,
    ].joined()

    /// Keeps a guest to a filter, now and whenever it starts. Standard input: the filter's file. Of a tap whose name libvirt chose come the
    /// name and the chain that is meant.
    static func setFilter(filters: String, uuid: String, hook: String, sum: String, _ more: [String]) -> Script {
        Script(setFilterText, [filters, uuid, hook, sum] + more)
    }
    /// Its text, for a script that runs another.
    static let setFilterText = [
#"""
filters=$1 uuid=$2 hook=$3 sum=$4
shift 4

"""#,
        filters,
        hookFile,
#"""

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
"""#,
    ].joined()
}
