# shellcheck shell=sh
# The parts of looking at all roles: what is told of one comes after a line "role NAME", in several pieces.

# Prints the lines of the file $2 with $1 before each.
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
    # shellcheck disable=SC2046 # A list of units.
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
        # shellcheck disable=SC2046 # A list of packages.
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
    # shellcheck disable=SC2086 # One word or none.
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
