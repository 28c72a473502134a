# shellcheck shell=sh
# What a node does with the filters of its guests. load_filter UUID [TAP CHAIN]... has the kernel keep a guest to its filter;
# drop_filter UUID ends that; tell_filters prints all that are there, a word and a value per line.
#
# Each guest has a file in "$filters": a line with the checksum of what follows, its filter in words behind "#: ", and the commands
# for nft. All are in one table, which finds a guest's chains by the name of its tap, so that many guests cost no more than one.
# In "$filter_records" is what was loaded, the file and what the kernel has, so that a change of either is seen.
filter_records=/run/kvmctl/firewall
PATH=$PATH:/usr/sbin:/sbin
LC_ALL=C
export PATH LC_ALL

# filter_id UUID prints what the names of a guest's chains begin with.
filter_id() { echo "g$(printf %s "$1" | tr -d -)"; }

# kernel_filters prints the table, without what guests ask for just now, and which tap leads where.
kernel_filters() {
    nft -s -t list table bridge kvmctl 2>/dev/null || return 0
    for map in arriving leaving; do nft -s list map bridge kvmctl "$map" | sed -n 's/.*"\(.*\)" : goto \([a-z0-9_]*\).*/@ '$map' \1 \2/p'; done
}

# The functions of awk that read this: read_kernel() fills text, by the beginning of chains' names, and taps.
filter_reading='
function read_kernel(  line, word, name) {
    while ((getline line) > 0) {
        split(line, word, " ")
        if (word[1] == "@") {
            id = word[4]; sub(/_.*/, "", id)
            text[id] = text[id] line "\n"
            if (word[2] == "arriving") taps[id] = taps[id] " " word[3]
        } else if (word[1] == "chain") {
            name = word[2]; sub(/_.*/, "", name)
            if (name == "arriving" || name == "leaving") name = "base"
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

# with_filters COMMAND... runs a command that nobody else runs meanwhile: libvirt and kvmctl may load filters at once.
with_filters() {
    umask 077
    mkdir -p "$filter_records" || return 1
    (
        flock -w 30 9 || { echo "somebody else has changed filters for 30 s" >&2; exit 1; }
        "$@"
    ) 9>"${filter_records%/*}/firewall.lock"
}

# Prints the commands that take a guest's chains away, and what leads to them.
without_chains() {
    id=$(filter_id "$1")
    now=$(kernel_filters)
    printf '%s\n' "$now" | sed -n "s/^@ \([a-z]*\) \(.*\) ${id}_.*/delete element bridge kvmctl \1 { \"\2\" }/p"
    printf '%s\n' "$now" | sed -n "s/^[[:space:]]*chain \(${id}_[a-z0-9_]*\) {.*/flush chain bridge kvmctl \1/p"
    printf '%s\n' "$now" | sed -n "s/^[[:space:]]*chain \(${id}_[a-z0-9_]*\) {.*/delete chain bridge kvmctl \1/p"
}

load_filter() { with_filters load_locked "$@"; }

load_locked() {
    uuid=$1 file=$filters/$1
    shift
    [ -e "$file" ] || return 0
    sum=$(tail -n +2 "$file" | sha256sum)
    [ "$(head -n 1 "$file")" = "# ${sum%% *}" ] || { echo "$file was changed by hand: the next kvmctl apply writes it anew" >&2; return 1; }
    command -v nft >/dev/null || { echo "the node has no program nft, which is of the package nftables: firewalls need it" >&2; return 1; }
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
    { cat "$file"; echo "# kernel"; kernel_filters | awk -v id="$id" "$filter_reading"'BEGIN { read_kernel(); printf "%s%s", text["base"], text[id] }'; } \
        >"$filter_records/.new" && mv "$filter_records/.new" "$filter_records/$uuid"
}

drop_filter() { with_filters drop_locked "$@"; }

drop_locked() {
    uuid=$1
    rm -f "$filters/$uuid" "$filters/.$uuid" "$filter_records/$uuid"
    command -v nft >/dev/null || return 0
    id=$(filter_id "$uuid")
    {
        without_chains "$uuid"
        nft list set bridge kvmctl "${id}_talks" >/dev/null 2>&1 && echo "delete set bridge kvmctl ${id}_talks"
    } | nft -f - || return 1
    # The table goes with the last of them.
    nft -s -t list table bridge kvmctl 2>/dev/null | grep -q '^[[:space:]]*chain g' || nft delete table bridge kvmctl 2>/dev/null
    return 0
}

tell_filters() {
    [ ! -e "$filter_hook" ] || { sum=$(sha256sum <"$filter_hook"); echo "filterhook ${sum%% *}"; }
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
