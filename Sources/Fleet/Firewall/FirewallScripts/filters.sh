# shellcheck shell=sh
# What a node does with the filters of its guests. load_filters has the kernel keep guests to their filters, of which it reads a line
# each, UUID [TAP CHAIN]..., and load_filter UUID [TAP CHAIN]... one of them;
# drop_filter UUID ends that; tell_filters prints all that are there, a word and a value per line. with_filters COMMAND... runs
# one of them, or more, while nobody else does.
#
# Each guest has a file in "$filters": a line with the SHA-256 of what follows, its filter in words behind "#: ", and the commands
# for nft. All are in one table, which finds a guest's chains by the name of its tap, so that many guests cost no more than one.
# In "$filter_records" is what was loaded, the file and what the kernel has, so that a change of either is seen.
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

# without_chains ID... prints the commands that take guests' chains away, what leads to them, and what leads from interfaces that are
# no more: libvirt may give their names to another guest. "$now" is what kernel_filters prints. The table is kvmctl's alone: what
# else is in it goes, too.
without_chains() {
    printf '%s\n' "$now" | awk -v ids="$*" -v interfaces="$(ls /sys/class/net)" '
    function owner(name) { sub(/_.*/, "", name); return name }
    BEGIN {
        count = split(ids, id, " ")
        for (i = 1; i <= count; i++) meant[id[i]] = 1
        count = split(interfaces, interface, "\n")
        for (i = 1; i <= count; i++) present[interface[i]] = 1
        total = 0
    }
    $1 == "@" {
        if ($4 == "goto" && !(owner($5) in meant) && ($3 ~ /^kt/ || ($3 in present))) next
        print "delete element bridge kvmctl " $2 " { \"" $3 "\" }"
        next
    }
    $1 == "chain" && $3 == "{" {
        known = $2 == "arriving" || $2 == "leaving" || $2 ~ /^g.*_.*_in$/ || $2 ~ /^g.*_.*_out$/
        if (known && !(owner($2) in meant)) next
        chain[++total] = $2
    }
    END {
        for (i = 1; i <= total; i++) print "flush chain bridge kvmctl " chain[i]
        for (i = 1; i <= total; i++) print "delete chain bridge kvmctl " chain[i]
    }'
}

# The kernel takes all of them or none, and is read once before and once behind.
load_filters() {
    guests=$(cat)
    # shellcheck disable=SC2046 # Words: an ID each.
    set -- $(printf '%s\n' "$guests" | while read -r uuid _; do filter_id "$uuid"; done)
    printf '%s\n' "$guests" | while read -r uuid _; do
        sum=$(tail -n +2 "$filters/$uuid" | sha256sum)
        [ "$(head -n 1 "$filters/$uuid")" = "# ${sum%% *}" ] || { echo "$filters/$uuid was changed by hand: the next kvmctl apply writes it anew" >&2; exit 1; }
    done || return 1
    now=$(kernel_filters)
    {
        without_chains "$@"
        printf '%s\n' "$guests" | while read -r uuid taps; do
            id=$(filter_id "$uuid")
            cat "$filters/$uuid"
            # shellcheck disable=SC2086 # Words: a tap and its chain.
            set -- $taps
            while [ $# -ge 2 ]; do
                printf 'add element bridge kvmctl arriving { "%s" : goto %s_%s_in }\n' "$1" "$id" "$2"
                printf 'add element bridge kvmctl leaving { "%s" : goto %s_%s_out }\n' "$1" "$id" "$2"
                shift 2
            done
        done
    } | nft -f - || return 1
    mkdir -p "$filter_records" || return 1
    kernel_filters | awk -v guests="$guests" -v filters="$filters" -v records="$filter_records" "$filter_reading"'
    BEGIN {
        read_kernel()
        count = split(guests, line, "\n")
        for (i = 1; i <= count; i++) {
            split(line[i], word, " ")
            id = word[1]; gsub(/-/, "", id); id = "g" id
            new = records "/.new." word[1]
            printf "%s# kernel\n%s%s", content(filters "/" word[1]), text["base"], text[id] > new
            close(new)
        }
    }' || return 1
    printf '%s\n' "$guests" | while read -r uuid _; do
        mv "$filter_records/.new.$uuid" "$filter_records/$uuid" || exit 1
    done
}
load_filter() { printf '%s\n' "$*" | load_filters; }

# The file goes last: as long as it is there, the next run ends what this one does not.
drop_filter() {
    uuid=$1
    if command -v nft >/dev/null; then
        id=$(filter_id "$uuid")
        now=$(kernel_filters)
        {
            without_chains "$id"
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
    # shellcheck disable=SC2154 # Of hook-file.sh.
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
