# shellcheck shell=sh
# Runs the shell commands on standard input as root, for "$limit" seconds at most; they get nothing to read themselves.
#
# They stand in no argument: the guest's agent writes those into the journal, and everybody there can list them. What
# takes longer is ended with its whole process group, as BusyBox' timeout does not, and the exit code is then 124. That
# happens even where this script is killed before.
limit=$1
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=${HOME:-/root}; export PATH HOME
cd "$HOME" 2>/dev/null || cd / || exit 1
start=$(date +%s)
# What runs beside a script gets no input otherwise.
exec 3<&0
# shellcheck disable=SC2016 # They are the inner shell's.
setsid /bin/sh -c 'text=$(cat) || exit 1
exec </dev/null
eval "$text"' <&3 3<&- &
command=$!
# shellcheck disable=SC2016 # They are the inner shell's.
setsid /bin/sh -c '(sleep "$(($1 + 5))"; kill -KILL "-$2") & sleep "$1"; kill -TERM "-$2"; exit 0' \
    kvmctl "$limit" "$command" </dev/null >/dev/null 2>&1 3<&- &
guard=$!
trap 'kill -KILL "-$command" 2>/dev/null' EXIT
trap 'exit 1' HUP INT TERM PIPE
wait "$command"
code=$?
# It may be too new to be a group.
kill -KILL "-$guard" 2>/dev/null || kill -KILL "$guard" 2>/dev/null
wait "$guard" 2>/dev/null
struck=$?
case $code in 137|143) [ $(($(date +%s) - start)) -lt "$limit" ] || struck=0 ;; esac
if [ "$struck" = 0 ]; then
    # Who was asked to end may go on in spite of it, and its parent's end says nothing of that.
    tries=0
    while kill -0 "-$command" 2>/dev/null && [ "$tries" -lt 5 ]; do
        sleep 1
        tries=$((tries + 1))
    done
    kill -KILL "-$command" 2>/dev/null
    case $code in 137|143) code=124 ;; esac
fi
# What a command that ended in time left running may go on.
trap - EXIT
exit "$code"
