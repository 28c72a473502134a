// Made by .ci/embed-scripts from the files in PackageScripts/: edit those, and run `make scripts`.
// swift-format-ignore-file

import Fleet

/// What is run in a guest for its packages' roles, as root: Debian, RHEL and Alpine with their families, systemd and
/// OpenRC.
///
/// A change: begin, install, place (or place alone, which then begins), hook, ask until it is healthy, commit;
/// roll-back where one of them fails. Between: move, which takes a member out of a role's list and puts it back. When
/// the role goes: remove. A plan runs read alone. Each may be cut off anywhere and run again.
///
/// Below `/var/lib/kvmctl/roles/NAME/`, `current` leads to what was committed last, a folder of `at/`: `state`,
/// `inputs` (one line of JSON without secrets), `secrets`, `files`, `services` (with how each was before all roles),
/// `watched` (the files that they read), `packages`, `ports`, `package/` (its scripts), `given/` (inputs that are no
/// secrets, for those scripts) and `outputs/`. An attempt fills another folder of `at/`; committing leads the link
/// there, in one step. Beside them: `attempt` (the highest number ever used), `trying` (what is not committed yet),
/// `failed`, `before/` (what an attempt changes, as it was), `original/` (what was there before the role), `installed`
/// and `opened` (packages and ports that are there because of the role), `taken` (files that another role took over),
/// `drained`, `private/`, and `delivery/` while packages that were delivered are installed. Beside the roles, `.attempt`
/// is the highest number of those that have gone. What holds secrets and must not outlive a reboot is in
/// `/run/kvmctl-roles/NAME/`.
///
/// What two roles have goes from one to the other: who comes second has what was there before both, and who goes
/// leaves what the other has. So a role can get another name, and the owner's file, service and port are back when the
/// last one goes. What is kept for going back is on the disk before anything changes.
///
/// How they end: 3 a file cannot have its place, 4 a script of the package failed, 5 a service does not start, 6 a
/// package cannot be installed, 7 it could not be installed now, 10 another script is at work, 11 the guest is in another
/// attempt, 12 an output is missing, 13 what came in is not whole, 14 a new file does not pass its check, 15 something
/// took too long (124 would be taken for the way here).
enum PackageScripts {
    /// Asks whether a role is healthy, by its package's own command within "$limit" seconds: prints "health 0", or its
    /// status and what it said first. "$which" is attempt or current, or services for those of the attempt alone. Prints "main UNIT STATE PID SUBSTATE" of each of its
    /// services as well.
    static func ask(role: String, which: String, limit: String) -> Script {
        Script(askText, [role, which, limit])
    }
    /// Its text, for a script that runs another.
    static let askText = [
#"""
role=$1 which=$2 limit=$3

"""#,
        engine,
        jobs,
#"""
folder=$own/current
if [ "$which" != current ] && [ -s "$own/trying" ]; then
    read -r attempt rest <"$own/trying"
    folder=$own/at/$attempt
fi
if [ "$which" != services ] && [ -f "$folder/package/health" ]; then
    said=$(mktemp /run/kvmctl-roles.said.XXXXXX) || exit 1
    trap 'rm -f "$said"' EXIT
    trap 'exit 1' HUP INT TERM PIPE
    KVMCTL_INPUTS=$folder/given; export KVMCTL_INPUTS
    job_variables "$folder"
    shell_of "$folder/package/health"
    timeout -k 2 "$limit" $by "$folder/package/health" <"$folder/inputs" >"$said" 2>&1 9>&-
    code=$?
    # It went to a file: who reads a pipe waits for all that it left behind as well.
    printf 'health %s %s\n' "$code" "$(head -n 1 "$said" | tr -d '\000' | without_made | cut -c 1-500)"
fi
[ "$manager" = systemd ] && [ -s "$folder/services" ] || exit 0
while read -r name on_change run rest; do
    [ "$run" = yes ] || continue
    # Their order is systemd's own.
    facts=$(systemctl show -p ActiveState -p MainPID -p SubState "$name" </dev/null 2>/dev/null | sort)
    echo "main $name $(printf '%s\n' "$facts" | cut -d = -f 2 | tr '\n' ' ')"
done <"$folder/services"
exit 0
"""#,
    ].joined()

    /// begin_attempt gives what is in "$work/header" a number that was never used; what another attempt left is undone
    /// first.
    static let attempts = #"""
begin_attempt() {
    target=; wanted=; exact=; units=
    while read -r word value rest; do
        case $word in
            digest) wanted=$value ;;
            target) target=$value ;;
            attempt) exact=$value ;;
            unit) units="$units $value" ;;
        esac
    done <"$work/header"
    await_job
    grep -qs '^# Made by kvmctl' /usr/sbin/policy-rc.d && rm -f /usr/sbin/policy-rc.d
    awaitCloudInit "$(patience)"
    mkdir -p "$own/at" "$own/private" || exit 1
    sweep
    if [ ! -s "$all/.salt" ]; then
        head -c 32 /dev/urandom | base64 | put "$all/.salt" || exit 1
    fi
    settle
    settle_packages || { say_unread; exit 7; }
    before=
    if [ -s "$own/trying" ]; then
        read -r before old_digest old_target phase <"$own/trying"
        if [ "$old_target" != "$target" ]; then
            go_back
            forget_attempt
        fi
    fi
    tidy
    highest=0
    [ ! -s "$all/.attempt" ] || read -r highest <"$all/.attempt"
    [ ! -s "$own/attempt" ] || read -r highest <"$own/attempt"
    attempt=$((highest + 1))
    if [ -n "$exact" ]; then
        if [ "$exact" -le "$highest" ]; then
            echo "the guest has begun attempt $highest since it was looked at" >&2
            exit 11
        fi
        attempt=$exact
    fi
    echo "$attempt" | put "$own/attempt" || exit 1
    mkdir -p "$own/at/$attempt" "$own/before/tree" || exit 1
    # What goes back has to know them.
    for list in services watched; do
        if [ -n "$before" ] && [ -s "$own/at/$before/$list" ]; then
            cp "$own/at/$before/$list" "$own/at/$attempt/" || exit 1
        fi
    done
    [ ! -s "$own/current/services" ] || units="$units $(cut -d ' ' -f 1 "$own/current/services" | tr '\n' ' ')"
    unit_facts $units >"$work/facts"
    # How one was first is how it was before.
    for list in "$own/before/units" "$work/facts"; do [ ! -s "$list" ] || cat "$list"; done |
        awk '!had[$1]++' | put "$own/before/units" || exit 1
    echo "$attempt $wanted $target installing" | put "$own/trying" || exit 1
    tidy
    echo "family $family"
    echo "attempt $attempt"
    echo "manager $manager"
}
# Goes on with the attempt that the guest is in; $1 is its target, $2 its number.
resume_attempt() {
    attempt=; old_target=
    [ ! -s "$own/trying" ] || read -r attempt wanted old_target phase <"$own/trying"
    if [ -z "$attempt" ] || [ "$old_target $attempt" != "$1 $2" ]; then
        echo 'the guest is in another attempt' >&2
        exit 11
    fi
}
# Says how far the attempt is.
reach() { echo "$attempt $wanted $target $1" | put "$own/trying" || exit 1; }

"""#

    /// go_back undoes what the attempt in "$own/trying" did; "$stopped" has the services that do not run as before.
    static let back = #"""
go_back() {
    read -r tried rest <"$own/trying"
    failures=; refused=
    look_at_others
    note_units
    take_down "$work/units"
    if [ -s "$own/before/changed" ]; then
        while read -r path; do
            if is_any "$own/before/tree$path"; then
                is_there "$own/before/tree$path" "$path" || put_file "$own/before/tree$path" "$path" back ||
                    failures="$failures $path"
            else drop_file "$path" || failures="$failures $path"; fi
        done <"$own/before/changed"
        reread "$own/before/changed"
    fi
    bring_up "$work/units" "$own/before/changed" "$own/at/$tried/watched" "$own/current/watched"
    stopped=$refused
    shut_ports "$own/current/ports" || failures="$failures its ports"
    if [ -s "$own/current/ports" ]; then
        while read -r port; do open_port "$port" || failures="$failures $port"; done <"$own/current/ports"
    fi
    if [ -n "$failures" ]; then
        echo "not as before:$failures" >&2
        exit 1
    fi
    # What comes next forgets how it was.
    [ ! -s "$own/before/changed" ] || sync
}
# Notes in "$work/units" the services that the attempt could change, with how they were before it, or as another role
# wants them by now.
note_units() {
    : >"$work/units"
    [ -s "$own/before/units" ] || return 0
    while read -r name was_active was_enabled; do
        on_change=none
        for services in "$own/current/services" "$own/at/$tried/services"; do
            [ -s "$services" ] || continue
            on_change=$(awk -v name="$name" -v change="$on_change" '
                $1 == name { change = $2 }
                END { print change }' "$services")
        done
        case $(elsewhere "$name" current) in
            'no '*) was_active=inactive; was_enabled=disabled ;;
            'yes yes '*) was_active=active; was_enabled=enabled ;;
            'yes '*) was_active=active ;;
        esac
        echo "$name $on_change - - $was_active $was_enabled"
    done <"$own/before/units" >"$work/units"
}
# Ends an attempt that is committed, and was cut off before it could say so.
settle() {
    [ -s "$own/trying" ] || return 0
    read -r tried rest <"$own/trying"
    [ "$(readlink "$own/current")" != "at/$tried" ] || forget_attempt
}
# Ends the attempt, of which nothing is left to undo.
forget_attempt() {
    rm -rf "$own/before.gone"
    [ ! -e "$own/before" ] || mv -fT "$own/before" "$own/before.gone" || exit 1
    rm -f "$own/trying"
    tidy
}
# Whether the committed role has the path $1.
is_recorded() {
    [ -s "$own/current/files" ] && awk -v path="$1" '$1 == path { found = 1 } END { exit !found }' "$own/current/files"
}
# Removes what no attempt and no state needs.
tidy() {
    rm -rf "$own/before.gone" "$own/delivery" "$own"/*.new
    trying=
    if [ -s "$own/trying" ]; then read -r trying rest <"$own/trying"; else rm -rf "$own/before"; fi
    committed=$(readlink "$own/current")
    for folder in "$own/at"/*; do
        case ${folder##*/} in "${committed##*/}" | "$trying") ;; *) rm -rf "$folder" ;; esac
    done
}

"""#

    /// Begins an attempt, and prints its number and whose packages the guest has. Standard input says what is wanted,
    /// without bytes.
    static func begin(role: String) -> Script {
        Script(beginText, [role])
    }
    /// Its text, for a script that runs another.
    static let beginText = [
#"""
role=$1

"""#,
        engine,
        families,
        units,
        SharedScripts.firewalls,
        ports,
        SharedScripts.privateFolder,
        places,
        others,
        back,
        payload,
        SharedScripts.cloudInit,
        attempts,
#"""
lock
take stdin
begin_attempt
"""#,
    ].joined()

    /// choose_files notes in "$work/doing" what is to be done with files, and in "$work/changing" the paths that change by it;
    /// those in "$work/staying" come to the role as they are. Nothing changes here. Prints what stays of what leaves.
    static let choosing = #"""
choose_files() {
    : >"$work/doing"; : >"$work/changing"; : >"$work/staying"
    if [ -s "$own/current/files" ]; then
        while read -r path kind hash rest; do
            lists "$work/names" "$path" || leave "$path" "$kind" "$hash"
        done <"$own/current/files"
    fi
    while read -r word kind path; do
        if [ "$word" = absent ]; then
            ! is_any "$path" || change drop "$path"
        elif ! is_there "$now/staged$path" "$path"; then change put "$path"
        elif ! is_recorded "$path"; then echo "$path" >>"$work/staying"; fi
    done <"$work/paths"
}
change() {
    echo "$1 $2" >>"$work/doing"
    echo "$2" >>"$work/changing"
}
# Gives up the path $1 of the role's, which holds what it was told by $2 and $3; what somebody edited stays, with the
# owner's beside it.
leave() {
    if is_handed_over "$1" || is_original "$1"; then return; fi
    if ! is_edited "$1" "$2" "$3"; then
        change original "$1"
        return
    fi
    aside=
    if find_aside "$1" && ! is_any "$aside"; then
        echo "aside $aside $1" >>"$work/doing"
        echo "$aside" >>"$work/changing"
    fi
    say_kept "$1"
}
# Does what was noted.
change_files() {
    while read -r word path whose; do
        case $word in
            put) put_file "$now/staged$path" "$path" new ;;
            drop) drop_file "$path" ;;
            original) put_original "$path" ;;
            aside) put_file "$own/original$whose" "$path" new ;;
        esac || exit
    done <"$work/doing"
}

"""#

    /// The parts of a role's removal.
    static let clearing = #"""
run_remove() {
    [ -f "$own/current/package/remove" ] || return 0
    KVMCTL_INPUTS=$own/current/given; export KVMCTL_INPUTS
    job_variables "$own/current"
    job "$own/current/package/remove" "$limit" "$own/current/inputs"
    code=$?
    case $code in
        0) return ;;
        124) last_lines; echo "remove took longer than $limit s" >&2; exit 15 ;;
        *) last_lines; echo "remove ended with status $code" >&2; exit 4 ;;
    esac
}
# The paths that have gone are known for as long as the removal is not done: who reads them is told then.
remove_files() {
    [ -s "$own/current/files" ] || return 0
    while read -r path kind hash rest; do
        if is_handed_over "$path" || is_original "$path"; then continue; fi
        if is_edited "$path" "$kind" "$hash"; then
            aside=
            if find_aside "$path" && ! is_any "$aside"; then put_file "$own/original$path" "$aside" new || exit; fi
            say_kept "$path"
            continue
        fi
        echo "$path" >>"$work/gone"
        put_original "$path" || exit
    done <"$own/current/files"
}
# Numbers of attempts go on after the role: what answers with an old one would be taken for a new state.
keep_number() {
    last=0; highest=0
    [ ! -s "$own/attempt" ] || read -r last <"$own/attempt"
    [ ! -s "$all/.attempt" ] || read -r highest <"$all/.attempt"
    [ "$last" -le "$highest" ] || echo "$last" | put "$all/.attempt"
}
# Packages that came with the role go, where nothing else goes with them and no other role has them.
remove_packages() {
    if ! settle_packages; then
        echo "kept $(tr '\n' ' ' <"$own/installing")packages, since the guest's record of its packages cannot be read"
    fi
    [ -s "$own/installed" ] || return 0
    set --
    while read -r name; do
        for other in "$all"/*/at/*/packages; do
            case $other in "$own/"*) continue ;; esac
            if [ -s "$other" ] && grep -q "^$name " "$other"; then
                # It came for this role, and now belongs to the other one.
                other=${other%/at/*}
                lists "$other/installed" "$name" || add_to "$other/installed" "$name" || exit 1
                name=
                break
            fi
        done
        [ -z "$name" ] || set -- "$@" "$name"
    done <"$own/installed"
    if [ $# -gt 0 ] && ! there=$(installed "$@"); then
        echo "kept $* packages, since the guest's record of its packages cannot be read"
        return 0
    fi
    [ $# = 0 ] || set -- $there
    [ $# -gt 0 ] || return 0
    {
        echo "family=$family"
        cat <<'END'
DEBIAN_FRONTEND=noninteractive; NEEDRESTART_SUSPEND=1; export DEBIAN_FRONTEND NEEDRESTART_SUSPEND
END
        case $family in
            debian)
                others=$(apt-get -s -q remove "$@" 2>/dev/null |
                    awk -v names=" $* " '/^Remv / && !index(names, " " $2 " ") { print $2 }')
                if [ -n "$others" ]; then
                    echo "kept $* packages, which $(printf '%s' "$others" | tr '\n' ' ') need" >&3
                    return 0
                fi
                echo "apt-get -q -y -o DPkg::Lock::Timeout=600 remove $*" ;;
            rhel) echo "rpm -e $*" ;;
            alpine) echo "apk del --wait 600 $*" ;;
        esac
    } 3>&1 >"$work/uninstall"
    grep -qE '^(apt-get|rpm|apk) ' "$work/uninstall" || return 0
    job "$work/uninstall" "$limit" /dev/null || echo "kept $* packages, which others may need"
}

"""#

    /// Takes the attempt for good, in one step. Standard input: "output NAME plain|secret", followed by " = VALUE" where
    /// apply does not write it, and "member NAME ADDRESS PORT" for each that is listed; who of them is drained is drained
    /// again, since a reload forgets it.
    static func commit(role: String) -> Script {
        Script(commitText, [role])
    }
    /// Its text, for a script that runs another.
    static let commitText = [
#"""
role=$1

"""#,
        engine,
        families,
        others,
        back,
        jobs,
        moving,
#"""
lock
mkdir -p "$work" || exit 1
cat >"$work/commit" || exit 1
if [ ! -s "$own/trying" ]; then
    # It was cut off after all was done.
    [ -e "$own/current/state" ] && { tidy; exit 0; }
    echo 'the guest is in no attempt' >&2
    exit 11
fi
read -r attempt wanted target phase <"$own/trying"
now=$own/at/$attempt
if [ "$phase" = placed ]; then
    if [ ! -s "$work/state" ]; then
        echo 'the guest was started again during the attempt' >&2
        exit 11
    fi
    mkdir -p "$now/outputs" "$own/original" || exit 1
    look_at_others
    while read -r word name kind equals value; do
        [ "$word" = output ] || continue
        if [ "$equals" = = ]; then printf '%s\n' "$value" | put "$now/outputs/$name" || exit 1
        elif grep -q "^$name=" "$work/said" 2>/dev/null; then
            sed -n "s/^$name=//p" "$work/said" | tail -n 1 | put "$now/outputs/$name" || exit 1
        elif [ ! -f "$now/outputs/$name" ]; then
            echo "the output $name is missing" >&2
            exit 12
        fi
        [ "$kind" = secret ] || continue
        # It tells who uses the output whether it is another, and nothing else.
        if cmp -s "$now/outputs/$name" "$own/current/outputs/$name" && [ -s "$own/current/outputs/$name.id" ]; then
            cp "$own/current/outputs/$name.id" "$now/outputs/$name.id" || exit 1
        elif [ ! -s "$now/outputs/$name.id" ]; then
            od -An -N8 -tx1 /dev/urandom | tr -d ' \n' | put "$now/outputs/$name.id" || exit 1
        fi
    done <"$work/commit"
    if [ -s "$own/drained" ] && [ -f "$now/package/drain" ]; then
        while read -r name address port; do
            grep -q "^member $name " "$work/commit" || continue
            move "$now" drain "$name" "$address" "$port" </dev/null || exit
        done <"$own/drained"
    fi
    # What was there before the role stays for the day it goes.
    while read -r path rest; do
        is_recorded "$path" && continue
        rm -rf "$own/original.new" "$own/original$path"
        kept=$(inherited "$path") || exit 1
        [ -e "$kept" ] || [ -L "$kept" ] || continue
        mkdir -p "$own/original${path%/*}" && cp -a -- "$kept" "$own/original.new" &&
            mv -fT -- "$own/original.new" "$own/original$path" || exit 1
    done <"$now/files"
    # What the role gave up is not wanted back.
    if [ -s "$own/taken" ]; then
        while read -r path; do
            if [ -n "$(holder "$path" "$work/theirs")" ] &&
                awk -v path="$path" '$1 == path { found = 1 } END { exit !found }' "$now/files"; then echo "$path"; fi
        done <"$own/taken" | put "$own/taken" || exit 1
    fi
    rm -rf "$now/staged"
    { echo 'format 1'; cat "$work/state"; echo "attempt $attempt"; echo "family $family"; echo "since $(date +%s)"; } |
        put "$now/state" || exit 1
    sync
    echo "$attempt $wanted $target verified" | put "$own/trying" || exit 1
fi
[ "$phase" = placed ] || [ "$phase" = verified ] || { echo "the attempt is $phase only" >&2; exit 11; }
ln -sfn "at/$attempt" "$own/current.new" && mv -fT "$own/current.new" "$own/current" || exit 1
# Who left the list is drained no more.
still_drained() {
    while read -r name rest; do
        ! grep -q "^member $name " "$work/commit" || echo "$name $rest"
    done <"$own/drained"
}
[ ! -s "$own/drained" ] || still_drained | put "$own/drained"
rm -f "$own/failed" "$own/failed.secrets"
forget_attempt
rm -rf "$work"
exit 0
"""#,
    ].joined()

    /// What all of them use.
    static let engine = #"""
umask 077
LC_ALL=C; HOME=/root; PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export LC_ALL HOME PATH
all=/var/lib/kvmctl/roles
own=$all/${role:-}
# In memory, for what must not outlive a reboot.
work=/run/kvmctl-roles/${role:-}
if [ -d /run/systemd/system ]; then manager=systemd
elif command -v rc-service >/dev/null; then manager=openrc
else manager=none; fi
# All waits for others together end at that second of the guest's life: whoever runs a script waits no longer either.
read -r clock rest </proc/uptime
patience_end=$((${clock%.*} + 900))
# How many seconds of it are left.
patience() {
    read -r clock rest </proc/uptime
    echo $((patience_end - ${clock%.*}))
}
# Waits a second; fails where there is no patience left.
wait_on() {
    read -r clock rest </proc/uptime
    [ "${clock%.*}" -lt "$patience_end" ] || return 1
    sleep 1
}
# Waits until no other script is at work in this guest. What goes on when it ends must not hold the lock: 9>&-.
lock() {
    exec 9>/run/kvmctl-roles.lock || exit 1
    until flock -n 9; do
        wait_on || { echo 'another run of kvmctl is at work in the guest' >&2; exit 10; }
    done
    # What a removal that was cut off had left to do.
    rm -rf "$all/.gone"
}
# Whether what a killed run started is still at work.
still_runs() {
    if [ "$manager" = systemd ]; then systemctl is-active --quiet "kvmctl-role-$role.service"
    else [ -s "$work/started" ] && kill -0 "$(cat "$work/started")" 2>/dev/null; fi
}
# Waits until that has ended: nothing is done beside it.
await_job() {
    while still_runs; do
        wait_on || { echo 'what an earlier run started is still at work in the guest' >&2; exit 10; }
    done
}
# Puts standard input into the file $1, whole or not at all.
put() {
    cat >"$1.new" || return 1
    sync "$1.new" 2>/dev/null
    mv -fT -- "$1.new" "$1"
}
# Adds the line $2 to the list $1, whole or not at all.
add_to() { { [ ! -s "$1" ] || cat "$1"; echo "$2"; } | put "$1"; }
# Adds the lines of the lists that follow to the list $1, each once.
add_all() {
    sum=$1
    for list; do [ ! -s "$list" ] || cat "$list"; done | awk '!had[$0]++' | put "$sum"
}
# Whether the list $1 has the line $2.
lists() { [ -s "$1" ] && grep -qxF -e "$2" -- "$1"; }
digest() { sha256sum | cut -c1-64; }
# A digest of a digest that tells nobody who has not the salt what was there.
salted() { printf '%s\n%s' "$(cat "$all/.salt")" "$1" | digest; }

"""#

    /// Which packages a guest has; "$family" says whose they are.
    static let families = #"""
if command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; then family=debian
elif command -v rpm >/dev/null && command -v dnf >/dev/null; then family=rhel
elif command -v apk >/dev/null; then family=alpine
else family=unknown; fi
# What looks into the record of packages, and is in it in every guest of the family.
case $family in debian) always=dpkg ;; rhel) always=rpm ;; alpine) always=apk-tools ;; *) always= ;; esac
# Prints those of some packages that are installed; fails, and prints nothing, where nobody can tell. A record that
# cannot be read has nothing in it: so what looks into it, which every guest has, is asked for as well.
installed() {
    case $family in
        debian)
            found=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' -- "$always" "$@" 2>/dev/null)
            # 1 is that one of them is not there.
            [ $? -le 1 ] || return 1
            found=$(printf '%s\n' "$found" | sed -n 's/ installed$//p') ;;
        rhel) found=$(rpm -q --qf '%{NAME}\n' -- "$always" "$@" 2>/dev/null | grep -v ' ') ;;
        alpine) found=$(apk info -e -- "$always" "$@" 2>/dev/null) ;;
        *) return 0 ;;
    esac
    printf '%s\n' "$found" | grep -qxF -e "$always" || return 1
    for package; do
        [ "$package" != "$always" ] || echo "$package"
    done
    printf '%s\n' "$found" | grep -vxF -e "$always"
    return 0
}
# Says that nobody can tell which packages the guest has.
say_unread() { echo "the guest's record of its packages cannot be read: repair it ($always)" >&2; }
# Prints those that are not; fails where nobody can tell.
missing() {
    [ $# -gt 0 ] || return 0
    there=$(installed "$@") || return 1
    there=" $(printf '%s' "$there" | tr '\n' ' ') "
    for package; do
        case $there in *" $package "*) ;; *) echo "$package" ;; esac
    done
}
# What is about to be installed is in "$own/installing": of that, the role has brought what is there by now, and nothing
# else. Fails where nobody can tell.
settle_packages() {
    [ -s "$own/installing" ] || return 0
    brought=$(installed $(cat "$own/installing")) || return 1
    for package in $brought; do
        lists "$own/installed" "$package" || add_to "$own/installed" "$package" || return 1
    done
    rm -f "$own/installing"
}

"""#

    /// Runs a script of the attempt's package, such as apply, within "$limit" seconds. Arguments: the outputs that it has
    /// to give.
    ///
    /// It gets the inputs as JSON, and each as a file in the folder "$KVMCTL_INPUTS"; it writes outputs to its descriptor
    /// 3, a line NAME=VALUE each. Ends with 4 where it fails, with 12 where an output is missing; what it said last is
    /// told.
    static func hook(role: String, hook: String, limit: String, _ more: [String]) -> Script {
        Script(hookText, [role, hook, limit] + more)
    }
    /// Its text, for a script that runs another.
    static let hookText = [
#"""
role=$1 hook=$2 limit=$3
shift 3

"""#,
        engine,
        jobs,
#"""
lock
if [ ! -s "$own/trying" ] || [ ! -s "$work/live" ]; then
    echo 'the guest is in no attempt' >&2
    exit 11
fi
read -r attempt rest <"$own/trying"
KVMCTL_INPUTS=$work/inputs; export KVMCTL_INPUTS
job_variables "$own/at/$attempt"
job "$own/at/$attempt/package/$hook" "$limit" "$work/live"
code=$?
case $code in
    0) ;;
    124) last_lines; echo "$hook took longer than $limit s" >&2; exit 15 ;;
    *) last_lines; echo "$hook ended with status $code" >&2; exit 4 ;;
esac
for output; do
    line=$(grep "^$output=" "$work/said" 2>/dev/null | tail -n 1)
    [ -n "$line" ] || { last_lines; echo "$hook did not write the output $output" >&2; exit 12; }
    [ ${#line} -le 8300 ] || { echo "the output $output is longer than 8 KiB" >&2; exit 12; }
done
exit 0
"""#,
    ].joined()

    /// Installs those of some packages that are missing, within "$limit" seconds; their services do not start before they
    /// have their files. Prints their names. Ends with 6 where they cannot be installed, and with 7 where they could not now.
    static func install(role: String, limit: String, _ more: [String]) -> Script {
        Script(installText, [role, limit] + more)
    }
    /// Its text, for a script that runs another.
    static let installText = [
#"""
role=$1 limit=$2
shift 2

"""#,
        engine,
        families,
        jobs,
#"""
lock
mkdir -p "$own" "$work" || exit 1
await_job
# What another installation that was cut off has brought is the role's.
if ! settle_packages || ! needed=$(missing "$@"); then
    say_unread
    exit 7
fi
[ -n "$needed" ] || exit 0
if [ "$family" = unknown ]; then
    echo 'the guest has neither apt, dnf nor apk' >&2
    exit 6
fi
# What is there in the end is known afterwards, and until then what may be.
printf '%s\n' "$needed" | put "$own/installing" || exit 1
printf '%s\n' "$needed" >"$work/needed" || exit 1
# What was delivered is all that there is.
delivery=
[ ! -s "$own/delivery/sources.list" ] || delivery=$own/delivery
{
    echo "family=$family work=$work delivery=$delivery"
    cat <<'END'
DEBIAN_FRONTEND=noninteractive; NEEDRESTART_SUSPEND=1; export DEBIAN_FRONTEND NEEDRESTART_SUSPEND
policy=/usr/sbin/policy-rc.d
from=
[ -z "$delivery" ] ||
    from="-o Dir::Etc::SourceList=$delivery/sources.list -o Dir::Etc::SourceParts=$delivery/none
        -o Dir::State::Lists=$delivery/lists -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=
        -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null
        -o Acquire::Languages=none -o APT::Sandbox::User=root"
apt() {
    apt-get $from -q -y -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confdef \
        -o Dpkg::Options::=--force-confold --no-install-recommends "$@"
}
set --
while read -r name; do set -- "$@" "$name"; done <"$work/needed"
# Others have apt's locks at a first boot, and it waits for the one of dpkg alone.
are_locked() {
    for lock in /var/lib/apt/lists/lock /var/cache/apt/archives/lock; do
        [ ! -e "$lock" ] || ! grep -q ":$(stat -c %i "$lock") " /proc/locks || return 0
    done
    return 1
}
# Has apt do something for up to five minutes while that is so, and $1 times where it is not.
patiently() {
    rounds=60 vain=$1
    shift
    until apt "$@"; do
        are_locked || vain=$((vain - 1))
        rounds=$((rounds - 1))
        [ $rounds -gt 0 ] && [ "$vain" -gt 0 ] || return 1
        sleep 5
    done
}
# Whether an installation was cut off, of these packages or others: apt installs nothing beside that.
are_unfinished() {
    dpkg-query -W -f '${db:Status-Status} ${db:Status-Eflag}\n' 2>/dev/null |
        grep -qE '^(unpacked|half-configured|half-installed) | reinstreq$'
}
# What cannot be had though all lists are new can never be: "$work/never" says so. What was delivered was found for the
# guest as it was: another delivery may fit.
case $family in
    debian)
        # It lets services start again as soon as this has ended, however it does.
        if [ ! -e "$policy" ]; then
            echo $$ >/run/kvmctl-roles/installing
            printf '%s\n' '#!/bin/sh' '# Made by kvmctl while it installs packages.' \
                'read -r pid </run/kvmctl-roles/installing && kill -0 "$pid" || exit 0' 'exit 101' >"$policy.new" &&
                chmod 0755 "$policy.new" && mv -f "$policy.new" "$policy"
        fi
        code=0
        if [ -n "$delivery" ] || ! apt install -- "$@"; then
            dpkg --configure -a
            patiently 2 -o APT::Update::Error-Mode=any update && is_new=yes || is_new=
            ! are_unfinished || patiently 1 --no-remove -f install
            if ! patiently 1 install -- "$@"; then
                code=1
                [ -n "$delivery" ] || [ -z "$is_new" ] || are_unfinished || apt -s install -- "$@" >/dev/null ||
                    : >"$work/never"
            fi
        fi
        grep -qs '^# Made by kvmctl' "$policy" && rm -f "$policy"
        [ -z "$delivery" ] || rm -rf "$delivery"
        exit $code ;;
    rhel)
        try() { dnf -q -y --setopt=install_weak_deps=False install "$@"; }
        try "$@" || { dnf -q makecache && is_new=yes || is_new=; try "$@"; } ||
            { [ -z "$is_new" ] || : >"$work/never"; exit 1; } ;;
    alpine)
        try() { apk add --no-progress --wait 600 "$@"; }
        try "$@" || { apk update --wait 600 && is_new=yes || is_new=; try "$@"; } ||
            { [ -z "$is_new" ] || : >"$work/never"; exit 1; } ;;
esac
END
} >"$work/install" || exit 1
rm -f "$work/never"
job "$work/install" "$limit" /dev/null
code=$?
rm -rf "$own/delivery"
grep -qs '^# Made by kvmctl' /usr/sbin/policy-rc.d && rm -f /usr/sbin/policy-rc.d
if ! left=$(missing "$@") || ! settle_packages; then
    last_lines
    say_unread
    exit 7
fi
left=$(printf '%s' "$left" | tr '\n' ' ')
if [ -n "$left" ]; then
    last_lines
    [ $code != 124 ] || { echo "installing ${left% } took longer than $limit s" >&2; exit 15; }
    if [ -e "$work/never" ]; then
        echo "the guest has no ${left% }, and it cannot be installed there" >&2
        exit 6
    fi
    echo "the guest has no ${left% }, and it could not be installed there now" >&2
    exit 7
fi
printf '%s\n' "$needed"
"""#,
    ].joined()

    /// job runs the script $1 with a limit of $2 seconds, apart from who waits for it. What it says is in "$work/log" and,
    /// on its descriptor 3, in "$work/said"; standard input is the file $3. Ends as it does, with 124 where it took too
    /// long.
    static let jobs = #"""
job_variables() {
    KVMCTL_ROLE=$role; export KVMCTL_ROLE
    [ ! -s "$1/variables" ] || while read -r key value; do export "KVMCTL_$key=$value"; done <"$1/variables"
}
# Sets "$by" to what runs the script $1: nothing where it says so itself.
shell_of() {
    first=
    # A file of bytes has no such line.
    read -r first <"$1"
    case $first in '#!'*) by='' ;; *) by='sh' ;; esac
}
job() {
    rm -f "$work/rc" "$work/log" "$work/said"
    # Its text has no values: they are in files.
    printf '%s\n' "$work" "$1" "$3" >"$work/job.words" || exit 1
    env | sed -n 's/^KVMCTL_/export KVMCTL_/p' >"$work/job.variables" || exit 1
    cat >"$work/job" <<'END' || exit 1
{ read -r work; read -r script; read -r input; } <"${0}.words"
umask 077
LC_ALL=C; HOME=/root; PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export LC_ALL HOME PATH
while read -r word variable; do export "$variable"; done <"${0}.variables"
cd / || exit 1
first=
read -r first <"$script"
case $first in
    '#!'*) "$script" <"$input" >"$work/log" 2>&1 3>"$work/said" ;;
    *) sh "$script" <"$input" >"$work/log" 2>&1 3>"$work/said" ;;
esac
echo $? >"$work/rc.new" && mv -f "$work/rc.new" "$work/rc"
END
    unit=kvmctl-role-$role.service
    if [ "$manager" = systemd ]; then
        systemctl reset-failed "$unit" 2>/dev/null
        systemd-run --quiet --unit="$unit" -p RuntimeMaxSec="$2" -p TimeoutStopSec=5 \
            /bin/sh "$work/job" </dev/null 9>&- || return 1
        round=0
        while [ ! -s "$work/rc" ]; do
            sleep 0.2 2>/dev/null || sleep 1
            round=$((round + 1))
            # A process costs more than a look at a file.
            [ $((round % 10)) = 0 ] || continue
            systemctl is-active --quiet "$unit" && continue
            [ ! -s "$work/rc" ] || break
            if systemctl show -p Result "$unit" | grep -qx Result=timeout; then return 124; fi
            return 137
        done
    else
        setsid timeout -k 5 "$2" sh "$work/job" </dev/null >/dev/null 2>&1 9>&- &
        started=$!
        echo "$started" >"$work/started"
        wait "$started"
        rm -f "$work/started"
        kill -9 "-$started" 2>/dev/null
        [ -s "$work/rc" ] || return 124
    fi
    read -r code <"$work/rc"
    return "$code"
}
# The end of what it said, for somebody who looks for the reason of a failure.
last_lines() { tail -n 20 "$work/log" 2>/dev/null | without_made | cut -c 1-500 >&2; }
# Hides what apply has made of outputs that are secrets, in lines that people see: nobody outside knows it. Those that
# were made before are hidden as well.
without_made() {
    if [ -s "$work/said" ] && grep -qs '^hide ' "$work/header"; then
        without "$work/said" "$work/header"
    else without_kept; fi
}
# Hides those that the role has for good.
without_kept() { without /dev/null /dev/null; }
without() {
    secrets=
    for file in "$own/current/outputs"/*.id; do [ ! -s "$file" ] || secrets="$secrets ${file%.id}"; done
    if [ "$1" = /dev/null ] && [ -z "$secrets" ]; then cat; return; fi
    awk -v said="$1" -v header="$2" -v secrets="$secrets" '
        function hide(value) {
            if (value == "") return
            # The longest is first: another may be a part of it.
            for (place = ++count; place > 1 && length(made[place - 1]) < length(value); place--)
                made[place] = made[place - 1]
            made[place] = value
        }
        BEGIN {
            while ((getline line <header) > 0)
                if (split(line, words, " ") == 2 && words[1] == "hide") hidden[words[2]] = 1
            while ((getline line <said) > 0) {
                at = index(line, "=")
                if (at && substr(line, 1, at - 1) in hidden) hide(substr(line, at + 1))
            }
            number = split(secrets, files, " ")
            for (file = 1; file <= number; file++) while ((getline line <files[file]) > 0) hide(line)
        }
        {
            line = $0
            for (number = 1; number <= count; number++) {
                done = ""
                while ((at = index(line, made[number])) > 0) {
                    done = done substr(line, 1, at - 1) "•••"
                    line = substr(line, at + length(made[number]))
                }
                line = done line
            }
            print line
        }'
}

"""#

    /// Prints what the services of a role's attempt wrote last, each since it started and since the attempt began; only those
    /// that do not run, where there are such. What is another role's as well says nothing: its words may be that role's.
    static func lastWords(role: String) -> Script {
        Script(lastWordsText, [role])
    }
    /// Its text, for a script that runs another.
    static let lastWordsText = [
#"""
role=$1

"""#,
        engine,
        jobs,
#"""
[ "$manager" = systemd ] && command -v journalctl >/dev/null || exit 0
[ -s "$own/trying" ] || exit 0
read -r attempt rest <"$own/trying"
folder=$own/at/$attempt
[ -s "$folder/services" ] || exit 0
since=$(stat -c %Y "$folder/services")
is_shared() {
    for other in "$all"/*/at/*/services; do
        case $other in "$own"/*) continue ;; esac
        ! grep -qs "^$1 " "$other" || return 0
    done
    return 1
}
say() {
    while read -r name on_change run rest; do
        [ "$run" = yes ] || continue
        if systemctl -q is-active "$name" </dev/null 2>/dev/null; then state=well; else state=ill; fi
        [ "$state" = "$1" ] || continue
        ! is_shared "$name" || continue
        id=$(systemctl show -p InvocationID "$name" </dev/null 2>/dev/null | cut -d = -f 2)
        [ -n "$id" ] || continue
        journalctl -q -n 8 -o cat --since="@$since" "_SYSTEMD_INVOCATION_ID=$id" </dev/null 2>/dev/null
    done <"$folder/services"
}
said=$(say ill)
[ -n "$said" ] || said=$(say well)
printf '%s\n' "$said" | without_made | cut -c 1-300
"""#,
    ].joined()

    /// The parts of looking at all roles: what is told of one comes after a line "role NAME", in several pieces.
    static let looking = #"""
say_lines() {
    [ -s "$2" ] || return 0
    while read -r line || [ -n "$line" ]; do printf '%s%s\n' "$1" "$line"; done <"$2"
}
# Adds the first word of each line of the role's list $1 to the list $2 of all roles.
say_first() {
    [ -s "$own/current/$1" ] || return 0
    while read -r name rest; do echo "$role $name" >>"$seen/$2"; done <"$own/current/$1"
}
look_at_role() {
    echo "role $role"
    say_lines '' "$own/current/state"
    say_lines 'inputs ' "$own/current/inputs"
    say_lines 'trying ' "$own/trying"
    say_lines 'drained ' "$own/drained"
    say_lines 'highest ' "$own/attempt"
    if [ -s "$own/failed" ]; then
        prefix='failed '
        while read -r line; do printf '%s%s\n' "$prefix" "$line"; prefix='because '; done <"$own/failed"
    fi
    for file in "$own/private"/.kvmctl.*; do
        [ -f "$file" ] || continue
        read -r around <"$file"
        [ ! -d "${around%/}/${file##*/}" ] || echo "left ${around%/}/${file##*/}"
    done
    if [ ! -s "$own/trying" ]; then
        committed=$(readlink "$own/current")
        for folder in "$own/at"/*; do
            case ${folder##*/} in "${committed##*/}" | '*') ;; *) echo "left $folder" ;; esac
        done
    fi
    for file in "$own/current/outputs"/*; do
        case $file in *.id) continue ;; esac
        [ -f "$file" ] || continue
        name=${file##*/}
        if [ -s "$file.id" ]; then say_lines "output $name secret " "$file.id"
        else say_lines "output $name plain " "$file"; fi
    done
    [ ! -s "$own/current/files" ] || while read -r path rest; do
        echo "$role $path $rest" >>"$seen/records"
        echo "$path" >>"$seen/paths"
    done <"$own/current/files"
    say_first services units
    say_first packages packages
}
# What is at the places of all roles' files: one program looks, and one reads. A larger file is none that was put
# there.
look_at_files() {
    [ -s "$seen/paths" ] || return 0
    tr '\n' '\0' <"$seen/paths" | xargs -0 -r stat -c '%n %s %a %U:%G %F' >"$seen/stats" 2>/dev/null
    awk '$5 == "regular" && $2 <= 4194304 { print $1 }' "$seen/stats" | tr '\n' '\0' |
        xargs -0 -r sha256sum >"$seen/sums" 2>/dev/null
    # The digest of a secret is salted before it is compared with the record.
    awk -v sums="$seen/sums" '
        BEGIN { while ((getline <sums) > 0) sum[$2] = $1 }
        $3 == "secret" && ($2 in sum) { print "file " $2 " " sum[$2] }' "$seen/records" >>"$seen/salting"
}
# Has all digests salted at once, of files and of wanted secrets, and prints what comes of it.
look_at_secrets() {
    role=
    while read -r word name sum; do
        case $word in
            role) role=$name ;;
            secret) echo "input $role $name $sum" >>"$seen/salting" ;;
        esac
    done <"$seen/wanted"
    mkdir "$seen/salted" || return 1
    number=0
    while read -r word rest; do
        number=$((number + 1))
        printf '%s\n%s' "$salt" "${rest##* }" >"$seen/salted/$number"
    done <"$seen/salting"
    [ "$number" = 0 ] || (cd "$seen/salted" && sha256sum -- *) >"$seen/answers"
    for own in "$all"/*/; do
        own=${own%/}
        say_lines "had ${own##*/} " "$own/current/secrets"
        say_lines "failed ${own##*/} " "$own/failed.secrets"
    done >"$seen/had"
    for list in answers stats sums; do [ -e "$seen/$list" ] || : >"$seen/$list"; done
    judge
}
judge() {
    awk -v had="$seen/had" -v answers="$seen/answers" -v stats="$seen/stats" -v sums="$seen/sums" \
        -v salting="$seen/salting" -v records="$seen/records" '
        function say(line) { if (role != said) print "role " role; said = role; print line }
        BEGIN {
            while ((getline <answers) > 0) salted[$2] = $1
            while ((getline <sums) > 0) sum[$2] = $1
            while ((getline <stats) > 0) { mode[$1] = $3; owner[$1] = $4; kind[$1] = $5 }
            while ((getline <had) > 0) { if ($1 == "had") has[$2 " " $3] = $4; else failed[$2 " " $3] = $4 }
            while ((getline <salting) > 0) {
                number++
                if ($1 == "file") { sum[$2 " salted"] = salted[number]; continue }
                role = $2; key = $2 " " $3
                if (key in has) say((has[key] == salted[number] ? "same " : "other ") $3)
                if (key in failed) say((failed[key] == salted[number] ? "failed-same " : "failed-other ") $3)
            }
            while ((getline <records) > 0) {
                role = $1
                if ($3 == "absent") { say("file " $2 " " ($2 in kind ? "back" : "ok")); continue }
                if (!($2 in kind)) { say("file " $2 " gone"); continue }
                if (kind[$2] == "symbolic") { say("file " $2 " link"); continue }
                if (kind[$2] == "directory") { say("file " $2 " folder"); continue }
                found = $3 == "secret" ? sum[$2 " salted"] : sum[$2]
                right = 1
                if (found != $4) { say("file " $2 " edited"); right = 0 }
                if (mode[$2] != $5) { say("file " $2 " mode " mode[$2]); right = 0 }
                if (owner[$2] != $6) { say("file " $2 " owner " owner[$2]); right = 0 }
                if (right) say("file " $2 " ok")
            }
        }'
}
look_at_units() {
    [ -s "$seen/units" ] || return 0
    unit_facts $(cut -d ' ' -f 2 "$seen/units" | sort -u) >"$seen/facts"
    awk -v facts="$seen/facts" '
        BEGIN { while ((getline <facts) > 0) fact[$1] = $2 " " $3 }
        { print "role " $1; print "unit " $2 " " (($2 in fact) ? fact[$2] : "unknown -") }' "$seen/units"
}
# The packages' own records are read only where they are newer than a role.
look_at_packages() {
    [ -s "$seen/packages" ] || return 0
    # RPM's are files of a folder whose own time may stay.
    unread=yes
    for database in /var/lib/dpkg/status /var/lib/rpm/* /usr/lib/sysimage/rpm/* /lib/apk/db/installed; do
        [ -e "$database" ] || continue
        unread=
        find "$all"/*/at/*/state ! -newer "$database" 2>/dev/null
    done >"$seen/older"
    if [ -s "$seen/older" ] || [ -n "$unread" ]; then
        if ! installed $(cut -d ' ' -f 2 "$seen/packages" | sort -u) >"$seen/installed"; then
            awk '{ print "role " $1; print "package " $2 " unknown" }' "$seen/packages"
            return 0
        fi
    else cut -d ' ' -f 2 "$seen/packages" >"$seen/installed"; fi
    awk -v installed="$seen/installed" '
        BEGIN { while ((getline <installed) > 0) has[$1] = 1 }
        { print "role " $1; print "package " $2 " " (($2 in has) ? "yes" : "no") }' "$seen/packages"
}
# Whether a firewall that its own files enable lets the role's ports through.
look_at_ports() {
    [ -s "$own/current/ports" ] || return 0
    echo "role $role"
    while read -r port; do
        shut=
        grep -qs '^ENABLED=yes' /etc/ufw/ufw.conf && ! ufwHas "${port%/*}" "${port#*/}" && shut=ufw
        [ -d /etc/firewalld ] && systemctl is-active --quiet firewalld.service 2>/dev/null &&
            ! firewalldHas "${port%/*}" "${port#*/}" && shut=firewalld
        if [ -n "$shut" ]; then echo "port $port closed:$shut"; else echo "port $port open"; fi
    done <"$own/current/ports"
}
# Runs the package's own check, which may look and change nothing, beside others, for $1 seconds; say_check prints what
# it said.
look_by_check() {
    [ -f "$own/current/package/check" ] || return 0
    KVMCTL_INPUTS=$own/current/given; export KVMCTL_INPUTS
    job_variables "$own/current"
    shell_of "$own/current/package/check"
    timeout -k 2 "$1" $by "$own/current/package/check" <"$own/current/inputs" >"$seen/check.$role" 2>&1
    echo $? >"$seen/code.$role"
}
# Whether the check's time was over (timeout of coreutils, and of BusyBox).
hung_check() {
    [ -s "$seen/code.$role" ] || return 1
    read -r code <"$seen/code.$role"
    case $code in 124 | 137 | 143) ;; *) return 1 ;; esac
}
say_check() {
    [ -s "$seen/code.$role" ] || return 0
    read -r code <"$seen/code.$role"
    echo "role $role"
    if [ "$code" = 0 ]; then echo 'check 0'
    else printf 'check %s %s\n' "$code" "$(head -n 1 "$seen/check.$role" | tr -d '\000' | without_kept | cut -c 1-500)"; fi
}

"""#

    /// Takes a member out of the list that a role sends work to ("$way" is drain), or puts it back (undrain).
    static func move(role: String, way: String, member: String, address: String, port: String) -> Script {
        Script(moveText, [role, way, member, address, port])
    }
    /// Its text, for a script that runs another.
    static let moveText = [
#"""
role=$1 way=$2 member=$3 address=$4 port=$5

"""#,
        engine,
        jobs,
        moving,
#"""
lock
if [ ! -f "$own/current/package/$way" ]; then
    echo "the guest has no role $role that can $way" >&2
    exit 11
fi
mkdir -p "$work" || exit 1
# Who is drained is known from before it begins until after it ended.
if [ "$way" = drain ]; then
    { without_member "$member"; echo "$member $address $port"; } | put "$own/drained" || exit 1
fi
move "$own/current" "$way" "$member" "$address" "$port" || exit
[ "$way" = drain ] || without_member "$member" | put "$own/drained"
"""#,
    ].joined()

    /// move has the package in the folder $1 drain or undrain a member: $2, NAME ADDRESS PORT.
    static let moving = #"""
move() {
    folder=$1
    KVMCTL_INPUTS=$folder/given; export KVMCTL_INPUTS
    job_variables "$folder"
    shell_of "$folder/package/$2"
    timeout -k 5 300 $by "$folder/package/$2" "$3" "$4" "$5" <"$folder/inputs" >"$work/log" 2>&1 9>&-
    code=$?
    [ $code = 0 ] && return 0
    last_lines
    case $code in
        124 | 137 | 143) echo "$2 of $3 took longer than 5 minutes" >&2 ;;
        *) echo "$2 of $3 ended with status $code" >&2 ;;
    esac
    return 4
}
# The drained members without $1.
without_member() {
    [ ! -s "$own/drained" ] || while read -r other rest; do
        [ "$other" = "$1" ] || echo "$other $rest"
    done <"$own/drained"
}

"""#

    /// What the other roles of packages have in the guest, and what goes from one to another.
    static let others = #"""
look_at_others() {
    for other in "$all"/*/; do
        other=${other%/}
        [ "$other" = "$own" ] || [ ! -e "$other/attempt" ] || echo "$other"
    done >"$work/others"
    : >"$work/theirs"; : >"$work/attempted"
    while read -r other; do
        [ ! -s "$other/current/files" ] ||
            awk -v whose="$other" '{ print $1, whose }' "$other/current/files" >>"$work/theirs"
        [ ! -s "$other/trying" ] || [ ! -s "$other/before/list" ] ||
            awk -v whose="$other" '{ print $1, whose }' "$other/before/list" >>"$work/attempted"
    done <"$work/others"
}
# Prints the folders of the roles that are beside the path $1 in the list $2; holder prints one of them.
holders() { [ ! -s "$2" ] || awk -v path="$1" '$1 == path { print $2 }' "$2"; }
holder() { [ ! -s "$2" ] || holders "$@" | head -n 1; }
# Prints what another role says of the service $1: whether it runs and is enabled, and both as before all roles. $2 says
# whose word counts: current, or that of attempts as well (at/*).
elsewhere() {
    while read -r other; do
        for services in "$other"/$2/services; do
            [ -s "$services" ] && awk -v name="$1" '$1 == name { print $3, $4, $5, $6; found = 1; exit }
                END { exit !found }' "$services" && return
        done
    done <"$work/others"
}
# Tells attempts of other roles that the service $1 was $2 and $3 before them: what they saw was this role's.
hand_unit() {
    while read -r other; do
        if [ ! -s "$other/trying" ] || ! grep -qs "^$1 " "$other/before/units"; then continue; fi
        awk -v name="$1" -v was="$2 $3" '{ print $1 == name ? name " " was : $0 }' "$other/before/units" |
            put "$other/before/units" || exit 1
    done <"$work/others"
}
# Notes in "$work/leaving" the role's services that are not in the list $1, with how they were before it; those of another
# role stay as they are.
note_leaving() {
    : >"$work/leaving"
    [ -s "$own/current/services" ] || return 0
    while read -r name on_change run enable was_active was_enabled; do
        [ ! -s "$1" ] || ! grep -q "^$name " "$1" || continue
        if [ -n "$(elsewhere "$name" current)" ]; then
            was_active=as-is; was_enabled=as-is
        else hand_unit "$name" "$was_active" "$was_enabled"; fi
        echo "$name $on_change $run $enable $was_active $was_enabled"
    done <"$own/current/services" >"$work/leaving"
}
# Whether the path $1 is another role's by now, which then has what was there before this one as well.
is_handed_over() {
    # One that it was taken from waits for what comes back.
    for heir in $(holders "$1" "$work/theirs"); do
        lists "$heir/taken" "$1" || return 0
    done
    heir=$(holder "$1" "$work/attempted")
    [ -n "$heir" ] || return 1
    # What it goes back to is not this role's any more.
    rm -rf "$heir/before/handed"
    if [ -e "$own/original$1" ] || [ -L "$own/original$1" ]; then
        mkdir -p "$heir/before/tree${1%/*}" && cp -a -- "$own/original$1" "$heir/before/handed" && sync &&
            mv -fT -- "$heir/before/handed" "$heir/before/tree$1" || exit 1
    else rm -rf "$heir/before/tree$1"; fi
    lists "$heir/before/changed" "$1" || add_to "$heir/before/changed" "$1" || exit 1
}
# Ends with 3 where another role took the path $1 from this one, and has it still.
is_free() {
    lists "$own/taken" "$1" || return 0
    rival=$(holder "$1" "$work/theirs")
    [ -n "$rival" ] || return 0
    echo "the role ${rival##*/} has the file $1 as well: take it from one of them" >&2
    return 3
}
# Prints where a copy of what was at the path $1 before all roles has to be, if there was anything. A role that has had
# the file remembers that it was taken.
inherited() {
    from=$(holder "$1" "$work/theirs")
    if [ -n "$from" ]; then
        lists "$from/taken" "$1" || add_to "$from/taken" "$1" || return 1
        echo "$from/original$1"
        return
    fi
    # A role of files keeps it by a digest of the path.
    if [ -d /var/lib/kvmctl-files ]; then
        record=$(printf '%s' "$1" | digest)
        for from in /var/lib/kvmctl-files/*; do
            [ -f "$from/placed/$record" ] || continue
            echo "$from/before/$record"
            return
        done
    fi
    echo "$own/before/tree$1"
}

"""#

    /// Prints an output of a role, a secret one as well: for another role's input, and never for a log.
    static func output(role: String, name: String) -> Script {
        Script(outputText, [role, name])
    }
    /// Its text, for a script that runs another.
    static let outputText = [
#"""
role=$1 name=$2

"""#,
        engine,
#"""
cat "$own/current/outputs/$name"
"""#,
    ].joined()

    /// What came in: its lines in "$work/header", and after them the bytes that they name by offset and size.
    static let payload = #"""
take() {
    mkdir -p "$all" "$work" && chmod 0700 "$all" "$work" "${work%/*}" || exit 1
    [ "$1" = file ] || cat >"$work/payload" || exit 1
    word=; lines=0; total=0
    [ ! -s "$work/payload" ] || read -r word lines total <"$work/payload"
    if [ "$word" != payload ] || [ "$(wc -c <"$work/payload")" -ne "$total" ]; then
        echo 'what the guest was sent is not whole' >&2
        exit 13
    fi
    head -n "$lines" "$work/payload" >"$work/header" || exit 1
    skipped=$(wc -c <"$work/header")
}
# Prints $2 bytes from the offset $1 on.
part() { tail -c +$((skipped + $1 + 1)) "$work/payload" | head -c "$2"; }

"""#

    /// Puts what is wanted to its place: files, services and ports. What came in is standard input or, where "$from" is
    /// file, what was written before; where it has a line "begin", the attempt begins here.
    ///
    /// All files are made and checked before the first takes its place. Prints what changed, and each service that was
    /// started again.
    static func place(role: String, from: String) -> Script {
        Script(placeText, [role, from])
    }
    /// Its text, for a script that runs another.
    static let placeText = [
#"""
role=$1 from=$2

"""#,
        engine,
        families,
        units,
        SharedScripts.firewalls,
        ports,
        SharedScripts.privateFolder,
        places,
        others,
        back,
        payload,
        SharedScripts.cloudInit,
        attempts,
        staging,
        choosing,
        starting,
#"""
lock
take "$from"
target=$(sed -n 's/^target //p' "$work/header")
if grep -qx begin "$work/header"; then begin_attempt
else resume_attempt "$target" "$(sed -n 's/^attempt //p' "$work/header")"; fi
now=$own/at/$attempt
look_at_others
refused=
stage_all
choose_files
keep_before "$work/changing" "$work/staying"
# From here on there is something to go back from.
reach placing
note_leaving "$now/services"
take_down "$work/leaving"
[ -z "$refused" ] || exit 5
change_files
record_files || exit 1
reread "$own/before/changed"
bring_up "$work/leaving" "$own/before/changed" "$own/current/watched"
[ -z "$refused" ] || exit 5
put_services
put_ports
reach placed
[ ! -s "$own/before/changed" ] || sed 's/^/changed /' "$own/before/changed"
exit 0
"""#,
    ].joined()

    /// How files come to their places in one step each. No link is followed: neither at a path's end nor on the way to it.
    static let places = #"""
# Goes to the folder of the path $1, "$last" in it; the folder is made where it is missing and $2 says so.
enter_folder() {
    folder=${1%/*}/
    last=${1##*/}
    deep=$folder
    while [ ! -e "$deep" ]; do deep=${deep%/*/}/; done
    cd -P -- "$deep" || exit 1
    here=$(pwd -P); here=${here%/}/
    if [ "$here" = "$deep" ] && [ "$deep" != "$folder" ]; then
        [ "$2" = make ] || exit 0
        (umask 022 && mkdir -p -- "$folder") && cd -P -- "$folder" || exit 1
        here=$(pwd -P); here=${here%/}/
        deep=$folder
    fi
    if [ "$here" != "$deep" ]; then
        echo "$deep is a link to $here: write the path without links" >&2
        exit 3
    fi
    if [ -d "./$last" ] && [ ! -L "./$last" ]; then
        echo "$1 is a folder" >&2
        exit 3
    fi
}
# Fails where nothing can be put to the path $1.
can_be_placed() (enter_folder "$1" look)
# Puts a copy of the file $1 to the path $2. A full disk is no reason not to go back: a link takes no room.
put_file() (
    enter_folder "$2" make
    enter_private
    if [ "$3" = back ] && [ -f "$1" ] && [ ! -L "$1" ] && ln -- "$1" new 2>/dev/null; then :
    else cp -a -- "$1" new || exit 1; fi
    mv -fT -- new "../$last" || exit 1
    leave_private
    if command -v restorecon >/dev/null; then restorecon -- "$2" 2>/dev/null; fi
    exit 0
)
# Takes away what is at the path $1.
drop_file() (
    enter_folder "$1" look
    rm -f -- "./$last"
)
# Whether what is at the path $1, a file or a link, is what is at the path $2, with mode and owner.
is_there() {
    if [ -L "$1" ]; then
        [ -L "$2" ] && [ "$(readlink -- "$1")" = "$(readlink -- "$2")" ]
        return
    fi
    [ -f "$2" ] && [ ! -L "$2" ] && cmp -s -- "$1" "$2" &&
        [ "$(stat -c '%a %u:%g' -- "$1")" = "$(stat -c '%a %u:%g' -- "$2")" ]
}
# Whether something is at the path $1, be it a link that leads nowhere.
is_any() { [ -e "$1" ] || [ -L "$1" ]; }
# Whether the file at the path $1 is not what the record says: it is of the kind $2 and its digest $3.
is_edited() {
    if [ "$2" = absent ]; then is_any "$1"; return; fi
    if [ ! -f "$1" ] || [ -L "$1" ]; then is_any "$1"; return; fi
    found=$(digest <"$1")
    [ "$2" != secret ] || found=$(salted "$found")
    [ "$found" != "$3" ]
}
# Says that the paths of the list $1 are about to change: what is there is on the disk for going back, before they are
# known by it; this comes before any of them changes. What is in the list $2 may go on as it is.
keep_before() {
    cat "$1" "$2" >"$work/keeping" || exit 1
    while read -r path; do
        ! lists "$own/before/list" "$path" || continue
        rm -rf "$own/before/new" "$own/before/tree$path"
        is_any "$path" || continue
        mkdir -p "$own/before/tree${path%/*}" && cp -a -- "$path" "$own/before/new" &&
            mv -fT -- "$own/before/new" "$own/before/tree$path" || exit 1
    done <"$work/keeping"
    sync
    add_all "$own/before/list" "$1" "$2" && add_all "$own/before/changed" "$1" || exit 1
}
# Puts what was at the path $1 before the role.
put_original() {
    if is_any "$own/original$1"; then put_file "$own/original$1" "$1" back
    else drop_file "$1"; fi
}
# Whether what is at the path $1 is what was there before the role.
is_original() {
    if is_any "$own/original$1"; then is_there "$own/original$1" "$1"
    else ! is_any "$1"; fi
}
# Sets "$aside" to the path at which what was at the path $1 before the role can be beside what is there now, and is not
# in the way of anything. Fails where there was nothing.
find_aside() {
    is_any "$own/original$1" || return 1
    for end in '' .1 .2 .3 .4 .5 .6 .7 .8 .9; do
        aside=$1.before-kvmctl$end
        ! is_any "$aside" || is_there "$own/original$1" "$aside" || continue
        return 0
    done
    echo "the owner's $1 has no place: there are ten beside it that end in .before-kvmctl" >&2
    exit 1
}
# Says that the edited path $1 stays, and where "$aside" is.
say_kept() { echo "kept $1, which was edited${aside:+; what was there before the role is $aside}"; }

"""#

    /// Ports, as 80/tcp, in the firewall that runs.
    static let ports = #"""
# Opens a port, and remembers it where it was shut.
open_port() {
    number=${1%/*}; protocol=${1#*/}
    if ! firewalldHas "$number" "$protocol" && firewalldRuns; then
        lists "$own/opened" "$1" || add_to "$own/opened" "$1" || return 1
        firewall-cmd -q --permanent --add-port="$1" && firewall-cmd -q --add-port="$1" || return 1
    fi
    if ! ufwHas "$number" "$protocol" && ufwRuns; then
        lists "$own/opened" "$1" || add_to "$own/opened" "$1" || return 1
        ufw allow "$1" >/dev/null || return 1
    fi
}
# Shuts a port that was opened here; where another role has it, it is from now on the other's to shut.
shut_port() {
    for other in "$all"/*/; do
        other=${other%/}
        [ "$other" != "$own" ] || continue
        for ports in "$other"/at/*/ports; do
            lists "$ports" "$1" || continue
            lists "$other/opened" "$1" || add_to "$other/opened" "$1" || return 1
            forget_port "$1"
            return
        done
    done
    if firewalldRuns; then
        firewall-cmd -q --permanent --remove-port="$1" && firewall-cmd -q --remove-port="$1" || return 1
    fi
    # One that is off keeps its rules for the day that it is on.
    if command -v ufw >/dev/null && ufwHas "${1%/*}" "${1#*/}"; then ufw delete allow "$1" >/dev/null || return 1; fi
    forget_port "$1"
}
forget_port() { grep -vxF -e "$1" -- "$own/opened" | put "$own/opened"; }
# Shuts those that were opened here and are not in the list $1.
shut_ports() {
    open=
    [ -s "$own/opened" ] || return 0
    cp "$own/opened" "$work/opened" || return 1
    while read -r port; do
        lists "$1" "$port" || shut_port "$port" || open="$open $port"
    done <"$work/opened"
    [ -z "$open" ] || { echo "the firewall does not shut$open" >&2; return 1; }
}

"""#

    /// Prints what the guest has of every role of a package; nothing is changed. The last line is "end".
    ///
    /// Standard input says what is wanted: "role NAME", and "secret INPUT SHA256" for each secret of it that could be read;
    /// with "only NAME" nothing else is looked at. Where all does not fit, the last line is "parts", and each role that is
    /// named has to be asked for alone. Secrets are compared here, by salted digests, and none of them is printed. Few
    /// programs are run however many roles there are.
    static func read() -> Script {
        Script(readText, [])
    }
    /// Its text, for a script that runs another.
    static let readText = [
        engine,
        families,
        units,
        SharedScripts.firewalls,
        jobs,
        looking,
#"""
seen=$(mktemp -d /run/kvmctl-roles.seen.XXXXXX) || exit 1
trap 'rm -rf "$seen"' EXIT
trap 'exit 1' HUP INT TERM PIPE
cat >"$seen/wanted" || exit 1
only=
while read -r word name rest; do
    [ "$word" != only ] || only=$name
done <"$seen/wanted"
for list in records salting units packages paths; do : >"$seen/$list"; done
salt=
[ ! -s "$all/.salt" ] || read -r salt <"$all/.salt"
{
    echo "family $family"
    say_lines 'highest ' "$all/.attempt"
    for own in "$all"/*/; do
        own=${own%/}; role=${own##*/}
        [ -e "$own/attempt" ] || continue
        case $only in '' | "$role") ;; *) continue ;; esac
        look_at_role
    done
    look_at_files
    look_at_secrets
    look_at_units
    look_at_packages
    # Checks may take long: all run at once.
    for own in "$all"/*/; do
        own=${own%/}; role=${own##*/}
        [ -e "$own/current/state" ] || continue
        case $only in '' | "$role") look_by_check 30 & ;; esac
    done
    wait
    # A node is busy while all of its guests check at once, and quicker afterwards.
    for own in "$all"/*/; do
        own=${own%/}; role=${own##*/}
        if hung_check; then look_by_check 60 & fi
    done
    wait
    for own in "$all"/*/; do
        own=${own%/}; role=${own##*/}
        [ -e "$own/current/state" ] || continue
        case $only in '' | "$role") ;; *) continue ;; esac
        look_at_ports
        say_check
    done
} >"$seen/said" </dev/null
# A reply has its limits, and one that was cut has no end.
if [ "$(wc -c <"$seen/said")" -le 1000000 ]; then
    cat "$seen/said"
    echo end
elif [ -z "$only" ]; then
    echo "family $family"
    grep '^role ' "$seen/said" | sort -u
    echo parts
else head -c 1000000 "$seen/said"; fi
exit 0
"""#,
    ].joined()

    /// Remembers that an attempt failed whose disks have come back since, so that nothing of it is there. Standard input says
    /// what it was for, with digests of its secrets, and why it failed, in lines without secrets.
    static func remember(role: String) -> Script {
        Script(rememberText, [role])
    }
    /// Its text, for a script that runs another.
    static let rememberText = [
#"""
role=$1

"""#,
        engine,
        payload,
#"""
lock
take stdin
mkdir -p "$own" || exit 1
if [ ! -s "$all/.salt" ]; then
    head -c 32 /dev/urandom | base64 | put "$all/.salt" || exit 1
fi
highest=0
[ ! -s "$all/.attempt" ] || read -r highest <"$all/.attempt"
[ ! -s "$own/attempt" ] || read -r highest <"$own/attempt"
attempt=$((highest + 1))
echo "$attempt" | put "$own/attempt" || exit 1
made_of=; target=
while read -r word name value; do
    case $word in
        digest) made_of=$name ;;
        target) target=$name ;;
        secret) echo "$name $(salted "$value")" ;;
    esac
done <"$work/header" >"$work/secrets"
put "$own/failed.secrets" <"$work/secrets" || exit 1
{
    echo "$attempt $made_of $target $(date +%s)"
    sed -n 's/^because //p' "$work/header" | tail -n 20
} | put "$own/failed" || exit 1
rm -rf "$work"
"""#,
    ].joined()

    /// Takes the role away with all that came with it, its own script of at most "$limit" seconds first; the records go
    /// last. Prints what stays.
    static func remove(role: String, limit: String) -> Script {
        Script(removeText, [role, limit])
    }
    /// Its text, for a script that runs another.
    static let removeText = [
#"""
role=$1 limit=$2

"""#,
        engine,
        families,
        units,
        SharedScripts.firewalls,
        ports,
        SharedScripts.privateFolder,
        places,
        others,
        back,
        jobs,
        clearing,
#"""
lock
[ -d "$own" ] || exit 0
await_job
mkdir -p "$work" "$own/private" || exit 1
sweep
settle
if [ -s "$own/trying" ]; then
    go_back
    forget_attempt
fi
run_remove
look_at_others
refused=
note_leaving /dev/null
take_down "$work/leaving"
[ -z "$refused" ] || exit 5
shut_ports /dev/null || exit 1
remove_files
[ ! -e "$work/gone" ] || reread "$work/gone"
bring_up "$work/leaving" "$work/gone" "$own/current/watched"
remove_packages
sync
keep_number || exit 1
rm -rf "$work"
# The folder has another name before it goes, so that no half of it is taken for a role.
rm -rf "$all/.gone" && mv -fT "$own" "$all/.gone" && rm -rf "$all/.gone" || exit 1
if [ -n "$refused" ]; then
    echo "the role is gone, but not running as before:$refused" >&2
    exit 5
fi
"""#,
    ].joined()

    /// Goes back to what there was before the attempt, and remembers that it failed; standard input is why, in lines
    /// without secrets.
    ///
    /// What is in no attempt is left alone. Ends with 1 where something is not as before.
    static func rollBack(role: String) -> Script {
        Script(rollBackText, [role])
    }
    /// Its text, for a script that runs another.
    static let rollBackText = [
#"""
role=$1

"""#,
        engine,
        units,
        SharedScripts.firewalls,
        ports,
        SharedScripts.privateFolder,
        places,
        others,
        back,
#"""
lock
mkdir -p "$work" || exit 1
reason=$(head -c 8000)
[ -d "$own" ] || exit 0
mkdir -p "$own/private" || exit 1
sweep
settle
tidy
[ -s "$own/trying" ] || exit 0
read -r attempt digest target phase <"$own/trying"
go_back
if [ -n "$reason" ]; then
    [ ! -s "$own/at/$attempt/secrets" ] || cp "$own/at/$attempt/secrets" "$own/failed.secrets"
    { echo "$attempt $digest $target $(date +%s)"; printf '%s\n' "$reason" | tail -n 20; } | put "$own/failed"
fi
forget_attempt
rm -rf "$work"
if [ -n "$stopped" ]; then
    echo "not running as before:$stopped" >&2
    exit 1
fi
"""#,
    ].joined()

    /// stage_all makes everything of an attempt below "$now", out of what came in; nothing outside of it changes.
    static let staging = #"""
stage_all() {
    rm -rf "$now/staged" "$now/package" "$now/given" "$work/inputs"
    mkdir -p "$now/staged" "$now/package" "$now/given" "$now/outputs" "$work/inputs" || exit 1
    : >"$work/paths"; : >"$work/names"; : >"$work/state"; : >"$now/variables"; : >"$now/packages"; : >"$now/ports"
    : >"$now/secrets"; : >"$now/services.new"
    while read -r word a b c d e path; do
        case $word in
            file) stage_file "$a" "$b" "$c" "$d" "$e" "$path" ;;
            absent) can_be_placed "$a" && is_free "$a" || exit; echo "absent - $a" >>"$work/paths"; echo "$a" >>"$work/names" ;;
            hook) part "$b" "$c" >"$now/package/$a" && chmod 0700 "$now/package/$a" || exit 1 ;;
            input) stage_input "$a" "$b" "$c" "$d" || exit 1 ;;
            inputs) part "$a" "$b" >"$now/inputs" || exit 1 ;;
            live) part "$a" "$b" >"$work/live" || exit 1 ;;
            secret) echo "$a $(salted "$b")" >>"$now/secrets" ;;
            unit) stage_unit "$a" "$b" "$c" "$d" ;;
            port) echo "$a" >>"$now/ports" ;;
        esac || exit 1
    done <"$work/header"
    awk '$1 == "watch" { print $2, $3; watches[$2] }
        $1 == "unit" { units[$2] }
        END { for (unit in units) if (!(unit in watches)) print unit, "*" }' "$work/header" >"$now/watched.new" &&
        mv -f "$now/watched.new" "$now/watched" && mv -f "$now/services.new" "$now/services" || exit 1
    sed -n 's/^variable //p' "$work/header" >"$now/variables"
    sed -n 's/^state //p' "$work/header" >"$work/state"
    sed -n 's/^check //p' "$work/header" >"$work/checks"
    while read -r path command; do check_file "$path" "$command"; done <"$work/checks"
    stage_packages
}
stage_file() {
    can_be_placed "$6" && is_free "$6" || exit
    made=$now/staged$6
    mkdir -p "${made%/*}" && part "$1" "$2" >"$made" || exit 1
    # A user without a group has the group of their login.
    case $4 in *:*) whom=$4 ;; *) whom=$4: ;; esac
    [ "$(wc -c <"$made")" -eq "$2" ] && chown -- "$whom" "$made" && chmod -- "$3" "$made" || exit 1
    echo "file $5 $6" >>"$work/paths"; echo "$6" >>"$work/names"
}
stage_input() {
    part "$3" "$4" >"$work/inputs/$1" || return 1
    # A secret is nowhere on the disk.
    [ "$2" = secret ] || cp "$work/inputs/$1" "$now/given/$1"
}
# As the package wants a service, and as it was before the role.
stage_unit() {
    before=$(awk -v name="$1" '$1 == name { print $5, $6; exit }' "$own/current/services" 2>/dev/null)
    # Another role that has it knows how it was before both.
    [ -n "$before" ] || before=$(elsewhere "$1" 'at/*' | cut -d ' ' -f 3,4)
    [ -n "$before" ] || before=$(awk -v name="$1" '$1 == name { print $2, $3; exit }' "$own/before/units")
    echo "$1 $2 $3 $4 ${before:-absent -}" >>"$now/services.new"
}
# Has the package's own command look at a new file, which no argument of a shell is made of.
check_file() {
    text=$(printf '%s\n' "$2" | sed 's/%s/"$1"/g')
    timeout -k 5 60 sh -c "$text" check "$now/staged$1" >"$work/log" 2>&1 </dev/null 9>&- && return 0
    tail -n 20 "$work/log" | cut -c 1-500 >&2
    echo "the new $1 does not pass its check" >&2
    exit 14
}
# Which of its packages are there because of the role.
stage_packages() {
    sed -n 's/^package //p' "$work/header" | while read -r name; do
        if lists "$own/installed" "$name"; then echo "$name installed"; else echo "$name present"; fi
    done >"$now/packages"
}
# Writes what the files at their places are told by: PATH KIND DIGEST MODE OWNER.
record_files() {
    (cd "$now/staged" && find . -type f -print0 | xargs -0 -r sha256sum) >"$work/sums" || return 1
    tr '\n' '\0' <"$work/names" | xargs -0 -r stat -c '%n %a %U:%G' >"$work/stats" 2>/dev/null
    while read -r word kind path; do
        if [ "$word" = absent ]; then
            echo "$path absent - - -"
            continue
        fi
        found=$(awk -v path=".$path" '$2 == path { print $1; exit }' "$work/sums")
        [ "$kind" != secret ] || found=$(salted "$found")
        echo "$path $kind $found $(awk -v path="$path" '$1 == path { print $2, $3; exit }' "$work/stats")"
    done <"$work/paths" | put "$now/files"
}

"""#

    /// Services and ports as the attempt below "$now" wants them.
    static let starting = #"""
put_services() {
    [ -s "$now/services" ] || return 0
    unit_facts $(cut -d ' ' -f 1 "$now/services") >"$work/facts"
    while read -r name on_change run enable was_active was_enabled; do
        facts=$(awk -v name="$name" '$1 == name { print $2, $3; exit }' "$work/facts")
        active=${facts% *}; enabled=${facts#* }
        put_service
    done <"$now/services"
}
put_service() {
    if [ "$run" = no ]; then
        [ "$enabled" != enabled ] || tell disable "$name" || exit 5
        case $active in active | activating | reloading | failed) tell stop "$name" || exit 5 ;; esac
        return
    fi
    if [ "$enable" = yes ]; then
        case $enabled in enabled* | static | generated | alias | indirect) ;; *) tell enable "$name" || exit 5 ;; esac
    fi
    if [ "$active" != active ]; then
        tell start "$name" || exit 5
        echo "started $name"
    elif [ "$on_change" != none ] &&
        concerns "$name" "$own/before/changed" "$now/watched" "$own/current/watched"; then
        if [ "$on_change" = reload ]; then
            tell reload "$name" || exit 5
            echo "reloaded $name"
        else
            [ "$manager" != systemd ] ||
                echo "was $name $(systemctl show -p MainPID "$name" </dev/null 2>/dev/null | cut -d = -f 2)"
            tell restart "$name" || exit 5
            echo "restarted $name"
        fi
    fi
}
put_ports() {
    shut_ports "$now/ports" || exit 1
    while read -r port; do open_port "$port" || exit 1; done <"$now/ports"
}

"""#

    /// Services, of systemd or OpenRC.
    static let units = #"""
unit_facts() {
    [ $# -gt 0 ] || return 0
    case $manager in
        systemd)
            systemctl show -p LoadState -p ActiveState -p UnitFileState -- "$@" 2>/dev/null | units="$*" awk '
                function say() {
                    # One whose file is gone may run on.
                        if (load == "not-found" && active == "inactive") active = "absent"
                    if (seen) print names[++number], active, (file == "" ? "-" : file)
                    seen = 0; load = active = file = ""
                }
                BEGIN { split(ENVIRON["units"], names, " ") }
                /^$/ { say(); next }
                { seen = 1; value = $0; sub(/^[^=]*=/, "", value) }
                /^LoadState=/ { load = value }
                /^ActiveState=/ { active = value }
                /^UnitFileState=/ { file = value }
                END { say() }' ;;
        openrc)
            enabled=$(rc-update -q show default 2>/dev/null)
            for each; do
                name=${each%.service}
                active=inactive; file=disabled
                rc-service -q -e "$name" || active=absent
                rc-service -q "$name" status >/dev/null 2>&1 && active=active
                printf '%s\n' "$enabled" | grep -q "^ *$name " && file=enabled
                echo "$each $active $file"
            done ;;
        *) for each; do echo "$each absent -"; done ;;
    esac
}
# Has a service do $1: start, stop, restart, reload, enable or disable.
unit() {
    case $manager in
        systemd)
            case $1 in start | restart) systemctl reset-failed "$2" 2>/dev/null ;; esac
            systemctl -q "$1" "$2" </dev/null 9>&- ;;
        openrc)
            case $1 in
                enable) rc-update -q add "${2%.service}" default ;;
                disable) rc-update -q del "${2%.service}" default ;;
                *) rc-service -q "${2%.service}" "$1" </dev/null 9>&- ;;
            esac ;;
        *) echo "nothing in the guest can $1 $2" >&2; return 1 ;;
    esac
}
# Has a service do $1 as well, and says where it does not.
tell() {
    unit "$1" "$2" && return 0
    case $1 in
        enable | disable) echo "$2 cannot be ${1}d" >&2 ;;
        stop) echo "$2 cannot be stopped" >&2 ;;
        *)
            journalctl -q -n 15 -o cat --since=-2min "_SYSTEMD_UNIT=$2" 2>/dev/null | cut -c 1-500 >&2
            if [ "$1" = reload ]; then echo "$2 does not reload" >&2; else echo "$2 does not start" >&2; fi ;;
    esac
    return 1
}
# Has systemd read its units again where one of the files in the list $1 is one.
reread() {
    [ "$manager" = systemd ] && [ -s "$1" ] && grep -qE '^(/usr(/local)?)?/(etc|lib)/systemd/' "$1" &&
        systemctl daemon-reload
    return 0
}
# Stops and disables those services of a list that did not run or start with the guest before: $1 has a line NAME
# ON-CHANGE RUN ENABLE WAS-ACTIVE WAS-ENABLED of each, with as-is for what is another role's. Comes before their files
# go. Adds those that refuse to "$refused".
take_down() {
    [ -s "$1" ] || return 0
    unit_facts $(cut -d ' ' -f 1 "$1") >"$work/facts"
    while read -r name on_change run enable was_active was_enabled; do
        facts=$(awk -v name="$name" '$1 == name { print $2, $3; exit }' "$work/facts")
        if [ -z "$facts" ]; then
            echo "it is not known how $name is" >&2
            refused="$refused $name"
            continue
        fi
        case $was_enabled/${facts#* } in
            as-is/* | masked/* | enabled/enabled) ;;
            */enabled) tell disable "$name" || refused="$refused $name" ;;
        esac
        case $was_active/${facts% *} in
            as-is/* | active/* | activating/* | reloading/*) ;;
            */active | */activating | */reloading) tell stop "$name" || refused="$refused $name" ;;
        esac
    done <"$1"
}
# Enables and starts those that did, and has those that ran and run on read again which of the files in the list $2
# concern them; the lists that follow say which they watch. Comes after their files are back.
bring_up() {
    [ -s "$1" ] || return 0
    list=$1; changed=$2
    shift 2
    unit_facts $(cut -d ' ' -f 1 "$list") >"$work/facts"
    while read -r name on_change run enable was_active was_enabled; do
        facts=$(awk -v name="$name" '$1 == name { print $2, $3; exit }' "$work/facts")
        case $was_enabled/${facts#* } in
            enabled/enabled) ;;
            enabled/*) tell enable "$name" || refused="$refused $name" ;;
        esac
        case $was_active/${facts% *} in
            as-is/active | as-is/reloading | active/active | active/reloading | activating/active | reloading/active)
                if [ "$on_change" = none ] || ! concerns "$name" "$changed" "$@"; then continue; fi
                { [ "$on_change" = reload ] && unit reload "$name"; } || tell restart "$name" ||
                    refused="$refused $name" ;;
            active/* | activating/* | reloading/*) tell start "$name" || refused="$refused $name" ;;
        esac
    done <"$list"
}
# Whether a path of the list $2 concerns the service $1, by the lists that follow: UNIT PATH of what is watched, or UNIT *.
concerns() (
    unit=$1; changed=$2
    shift 2
    [ -s "$changed" ] || exit 1
    for list; do [ ! -s "$list" ] || cat "$list"; done | awk -v unit="$unit" -v changed="$changed" '
        BEGIN { while ((getline <changed) > 0) has[$1] = 1 }
        $1 == unit && ($2 == "*" || $2 in has) { found = 1 }
        END { exit !found }'
)

"""#
}
