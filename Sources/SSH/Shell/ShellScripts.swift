// Made by .ci/embed-scripts from the files in ShellScripts/: edit those, and run `make scripts`.
// swift-format-ignore-file

/// The shell that runs a node's commands.
enum ShellScripts {
    /// Reads requests from standard input and writes a reply for each when its command has ended.
    ///
    /// The first line of standard input is the mark that ends every request and every part of a reply. A request is the line
    /// `run NUMBER TEXT INPUT LIMIT`, as many bytes of shell text, as many bytes of standard input for it, and the mark: without it
    /// the request was cut off, and is not run. `end NUMBER` sends TERM to what runs for that request; `look NUMBER` asks whether
    /// anybody still waits for it here. A reply is the line `done NUMBER STATUS`, the output, the mark, the
    /// errors and the mark; or `large NUMBER` or `full NUMBER` and the mark.
    ///
    /// A command writes into two pipes, and a reader for each keeps it in a file of a folder of root's in memory: no more than its
    /// limit, and where a file could not grow, the reader's end says so. It is sent when the command has ended, so that replies never
    /// mix, and what a process that it left behind writes reaches nobody. Where one of the two loops is killed, the other ends as
    /// well: by `over`, or by writing `begun` to nobody; SIGPIPE may be ignored, so that every write is looked at. `dd` takes exactly
    /// as many bytes as it is told; `head` and `cat` may read ahead. Files of a shell that was killed are removed by the next.
    static let runRequests = #"""
read -r nonce || exit 1
folder=
for parent in /run /dev/shm /tmp; do
    for old in "$parent"/kvmctl-shell-*; do
        owner=${old#*/kvmctl-shell-}
        [ ! -d "$old" ] || [ -d "/proc/${owner%%-*}" ] || rm -rf -- "$old"
    done
    folder=$(mktemp -d "$parent/kvmctl-shell-$$-XXXXXX") || { folder=; continue; }
    # Room for the list of what runs, also where there is none later.
    printf '%16384s' '' >"$folder/jobs" && break
    rm -rf -- "$folder"
    folder=
done
[ -n "$folder" ] || exit 1
trap 'rm -rf -- "$folder"' EXIT
trap 'exit 1' HUP INT TERM PIPE

# Makes the pipes of the next commands, for what each writes.
make_pipes() {
    names='' number=$slot
    while [ "$number" -lt $((slot + 16)) ]; do
        names="$names $folder/$number.out $folder/$number.err"
        number=$((number + 1))
    done
    rm -f -- $names && mkfifo -m 600 -- $names && made=$number
}

# Keeps what it reads in a file, and no more than is wanted. What cannot be written makes it fail.
keep() {
    trap '' XFSZ
    ulimit -f $((limit / 512 + 1))
    exec cat
}

# Waits until a reader has read everything. It has when it ends, or when it sleeps on three looks although the command has
# ended: somebody who was left behind holds its pipe. It is looked at, and not waited for: bash's `wait` loses the status of what
# it waits for when a signal comes at its end.
settle() {
    idle=0 looks=0
    while [ "$idle" -lt 3 ]; do
        state=
        # One line in one read: bash goes back after each line, and a file of several lines is another one when the reader has
        # become `cat` in between.
        read -r line <"/proc/$1/stat" && state=${line##*) }
        case $state in '' | Z*) wait "$1" || short=1; return ;; esac
        # Mostly it ends at once: a process to sleep would cost more.
        looks=$((looks + 1))
        [ "$looks" -gt 30 ] || continue
        case $state in S*) idle=$((idle + 1)) ;; *) idle=0 ;; esac
        sleep 0.02 || sleep 1
    done
}

# Ends the program with its process group, where it has one. GNU's timeout alone would not do: a signal that comes while it
# starts its command ends it and not the command (coreutils 9.1, cleanup() before fork() has returned).
stop() { kill -TERM "-$program" || kill "$program"; }

work() {
    interrupted='' stopped='' program='' short=0
    trap 'interrupted=1 stopped=1; [ -z "$program" ] || stop' TERM
    # Open for both at first: to open one end alone waits for the other.
    exec 5<>"$name.out" 6<"$name.out" 7>"$name.out" 5<>"$name.err" 8<"$name.err" 9>"$name.err" 5>&-
    eval "exec $leader $command" <&4 >&7 2>&9 3>&- 4<&- 6<&- 7>&- 8<&- 9>&- &
    program=$!
    [ -z "$stopped" ] || stop
    keep <&6 >"$name.output" 3>&- 4<&- 6<&- 7>&- 8<&- 9>&- &
    output=$!
    keep <&8 >"$name.errors" 3>&- 4<&- 6<&- 7>&- 8<&- 9>&- &
    errors=$!
    exec 4<&- 6<&- 7>&- 8<&- 9>&-
    wait "$program"; status=$?
    while [ -n "$interrupted" ]; do
        interrupted=
        wait "$program"; status=$?
    done
    # What bash gives where a signal came at the end.
    case $status in -*) status=143 ;; esac
    # GNU's timeout does this itself when its time is up.
    group=$program program=''
    [ -z "$leader$stopped" ] || case $status in 124 | 137 | 143) kill -TERM "-$group" ;; esac
    settle "$output"
    settle "$errors"
    echo "$id $slot $status $limit $short" >&3
}

# Sends a signal to what still runs: number $2, or all.
signal() {
    # Not made anew: it has its room. In words that are the same everywhere.
    { LC_ALL=C jobs -l; echo over; } 1<>"$folder/jobs"
    while read -r line && [ "$line" != over ]; do
        case $line in *Running*) ;; *) continue ;; esac
        # Not quoted: words.
        for word in $line; do
            case $word in *[!0-9]*) continue ;; esac
            [ "${2-$word}" != "$word" ] || kill -s "$1" "$word"
            break
        done
    done <"$folder/jobs"
}

# Opens the input of the command as descriptor 4: a file that has no name any more when the first byte is in it.
take_input() {
    if [ "$input" = 0 ]; then
        exec 4</dev/null
    elif true >"$name.in"; then
        exec 5>"$name.in" 4<"$name.in"
        rm -f -- "$name.in"
        dd bs="$input" count=1 iflag=fullblock >&5 4<&- 5>&- || room=
        exec 5>&-
    else
        room=
        exec 4</dev/null
        dd bs="$input" count=1 iflag=fullblock >/dev/null
    fi
}

requests() {
    # Where nobody reads replies any more, what runs is ended below.
    trap : PIPE
    slot=0 made=0
    while read -r word id size input limit; do
        jobs >/dev/null
        case $word in
            run)
                echo begun || break
                command=$(dd bs="$size" count=1 iflag=fullblock) || break
                room=1
                [ "$slot" -lt "$made" ] || make_pipes || room=
                name=$folder/$slot
                take_input
                if ! read -r end || [ "$end" != "$nonce" ]; then break; fi
                if [ -n "$room" ]; then
                    work >/dev/null &
                    eval "work_$id=$!"
                else
                    echo "$id $slot 0 0 1" || break
                fi
                exec 4<&-
                slot=$((slot + 1))
                ;;
            end) eval "signal TERM \"\$work_$id\"" ;;
            # Where who waits for the command was killed, nobody else answers.
            look) eval "kill -0 \"\$work_$id\"" || echo "$id gone 0 0 1" || break ;;
            *) break ;;
        esac
    done
    exec <&-
    signal TERM
    wait
}

# Whether more was written than is wanted, where something is missing.
is_large() {
    size=$(stat -c %s -- "$1") && [ "$size" -gt "$limit" ]
}

answer() {
    if [ "$short" = 0 ]; then
        echo "done $id $status" || return
        [ ! -s "$name.output" ] || cat -- "$name.output" || return
        echo "$nonce" || return
        [ ! -s "$name.errors" ] || cat -- "$name.errors" || return
    elif is_large "$name.output" || is_large "$name.errors"; then
        echo "large $id" || return
    else
        echo "full $id" || return
    fi
    echo "$nonce"
}

replies() {
    left='' count=0
    while read -r id slot status limit short; do
        case $id in begun) continue ;; over) break ;; esac
        name=$folder/$slot
        answer || break
        # Its room is free again at once, its names later.
        for kept in "$name.output" "$name.errors"; do [ ! -s "$kept" ] || true >"$kept"; done
        # A process for every sixteenth reply.
        left="$left $name.out $name.err $name.output $name.errors" count=$((count + 1))
        if [ "$count" -ge 16 ]; then
            rm -f -- $left
            left='' count=0
        fi
    done
}

printf '\nkvmctl-shell %s\n' "$nonce"
# What it said of processes that were killed would only fill memory here.
exec 2>/dev/null
# Where timeout has no process group, as BusyBox's, each command gets one.
leader=
read -r _ _ _ _ group _ </proc/self/stat
if timeout 9 sh -c 'read -r _ _ _ _ group _ </proc/self/stat && [ "$group" = "$1" ]' sh "$group"; then
    leader=setsid
fi
{ (requests) 3>&1; echo over; } | replies

"""#
}
