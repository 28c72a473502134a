extension CommandShell {
    /// Reads requests from standard input and writes a reply for each when its command has ended.
    ///
    /// The first line of standard input is the mark that ends every request and reply. A request is the line
    /// `run NUMBER TEXT INPUT LIMIT`, as many bytes of shell text, as many bytes of standard input for it, and the mark:
    /// without it the request was cut off, and is not run. `end NUMBER` sends TERM to what runs for that request. A reply
    /// is the line `done NUMBER STATUS OUTPUT ERRORS`, the bytes, and the mark; or `large NUMBER` or `full NUMBER` and the mark.
    ///
    /// What a command writes goes into files of a folder of root's in memory and is sent when the command has ended, so that
    /// its length is known, replies never mix, and what a process that it left behind writes reaches nobody.
    /// Where one of the two loops is killed, the other ends as well: by `over`, or by writing `begun` to nobody. A file that
    /// could not grow would make an answer shorter than it is: that shows in that no other can be made then. `dd` takes exactly as many
    /// bytes as it is told; `head` and `cat` may read ahead. Files of a shell that was killed are removed by the next.
    static let script = #"""
        read -r nonce || exit 1
        newline='
        '
        folder=
        for parent in /run /dev/shm /tmp; do
            for old in "$parent"/kvmctl-shell-*; do
                owner=${old#*/kvmctl-shell-}
                [ ! -d "$old" ] || [ -d "/proc/${owner%%-*}" ] || rm -rf -- "$old"
            done
            folder=$(mktemp -d "$parent/kvmctl-shell-$$-XXXXXX" 2>/dev/null) && break
        done
        [ -n "$folder" ] || { echo 'no folder for what commands write' >&2; exit 1; }
        trap 'rm -rf -- "$folder"' EXIT
        trap 'exit 1' HUP INT TERM PIPE

        work() {
            stopped= program=
            trap 'stopped=1; [ -z "$program" ] || kill "$program" 2>/dev/null' TERM
            exec 4<"$folder/$id.in"
            [ "$input" = 0 ] || rm -f -- "$folder/$id.in"
            eval "exec $command" <&4 >"$folder/$id.out" 2>"$folder/$id.err" 3>&- 4<&- &
            program=$!
            exec 4<&-
            [ -z "$stopped" ] || kill "$program" 2>/dev/null
            wait "$program"; status=$?
            while [ -n "$stopped" ]; do
                stopped=
                wait "$program"; status=$?
            done
            echo "$id $status $limit" >&3
        }

        requests() {
            while read -r word id size input limit; do
                jobs >/dev/null
                case $word in
                    run)
                        echo begun
                        command=$(dd bs="$size" count=1 iflag=fullblock 2>/dev/null && echo .) || break
                        command=${command%.}
                        if [ "$input" = 0 ]; then
                            : >"$folder/$id.in" || break
                        else
                            dd bs="$input" count=1 iflag=fullblock of="$folder/$id.in" 2>/dev/null || break
                        fi
                        read -r end && [ "$end" = "$nonce" ] || break
                        work >/dev/null &
                        eval "work_$id=$!"
                        ;;
                    end) eval "kill \"\$work_$id\"" 2>/dev/null ;;
                    *) break ;;
                esac
            done
            exec <&-
            jobs -p >"$folder/jobs"
            while read -r left; do kill "$left" 2>/dev/null; done <"$folder/jobs"
            wait
        }

        replies() {
            left='' count=0
            while read -r id status limit; do
                case $id in begun) continue ;; over) break ;; esac
                out=0 err=0
                if [ -s "$folder/$id.out" ] || [ -s "$folder/$id.err" ]; then
                    out=$(stat -c %s -- "$folder/$id.out" "$folder/$id.err")
                    err=${out#*"$newline"} out=${out%%"$newline"*}
                fi
                if ! { echo >"$folder/$id.end"; } 2>/dev/null; then
                    echo "full $id"
                elif [ "$out" -gt "$limit" ] || [ "$err" -gt "$limit" ]; then
                    echo "large $id"
                else
                    echo "done $id $status $out $err"
                    [ "$out" = 0 ] || head -c "$out" -- "$folder/$id.out"
                    [ "$err" = 0 ] || head -c "$err" -- "$folder/$id.err"
                fi
                echo "$nonce"
                # A process for every sixteenth reply, unless it was large.
                left="$left $folder/$id.in $folder/$id.out $folder/$id.err $folder/$id.end" count=$((count + 1))
                if [ "$count" -ge 16 ] || [ $((out + err)) -gt 65536 ]; then
                    # Not quoted: a list of paths without spaces.
                    rm -f -- $left
                    left='' count=0
                fi
            done
        }

        printf '\nkvmctl-shell %s\n' "$nonce"
        # What it said of processes that were killed would only fill memory here.
        exec 2>/dev/null
        { (requests) 3>&1; echo over; } | replies
        """#
}
