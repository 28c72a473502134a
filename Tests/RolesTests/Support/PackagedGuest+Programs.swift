/// The programs that a packaged guest plays: `units/` has a file for each service that there is, and beside it `.active`,
/// `.enabled` and `.broken`; `packages` lists what is installed.
extension PackagedGuest {
    static func programs(of family: Family) -> [String: String] {
        var programs = ["ufw": ufw]
        if family == .alpine {
            programs["rc-service"] = rcService
            programs["rc-update"] = rcUpdate
        } else {
            programs["systemctl"] = systemctl
            programs["systemd-run"] = systemdRun
            programs["journalctl"] = "cat \"$top/said/journal\" 2>/dev/null; exit 0"
        }
        switch family {
        case .debian:
            programs["dpkg-query"] = dpkgQuery
            programs["dpkg"] = "exit 0"
            programs["apt-get"] = apt
        case .rhel:
            programs["rpm"] = rpm
            programs["dnf"] = dnf
        case .alpine:
            programs["apk"] = apk
        }
        return programs
    }

    private static let systemctl = #"""
        while :; do case $1 in -q | --quiet) shift ;; *) break ;; esac; done
        act=$1; shift
        case $1 in -q | --quiet) shift ;; esac
        unit=$1; file=$top/units/$1
        # Nothing has to do with a service without a name.
        [ -n "$unit" ] || [ "$act" = daemon-reload ] || { echo "nothing named" >>"$top/said/wrong"; exit 1; }
        case $act in
            show)
                properties=; units=
                while [ $# -gt 0 ]; do
                    case $1 in
                        -p) properties="$properties $2"; shift 2 ;;
                        --) shift ;;
                        *) units="$units $1"; shift ;;
                    esac
                done
                between=
                for unit in $units; do
                    [ -z "$between" ] || echo
                    between=yes
                    file=$top/units/$unit
                    for property in $properties; do
                        case $property in
                            LoadState) if [ -e "$file" ]; then value=loaded; else value=not-found; fi ;;
                            ActiveState)
                                if [ -e "$file.failed" ]; then value=failed
                                elif [ -e "$file.active" ]; then value=active; else value=inactive; fi ;;
                            SubState) value=$(cat "$file.substate" 2>/dev/null || echo running) ;;
                            UnitFileState)
                                value=
                                if [ -e "$file.masked" ]; then value=masked
                                elif [ -e "$file.enabled" ]; then value=enabled; elif [ -e "$file" ]; then value=disabled; fi ;;
                            InvocationID) value=1234 ;;
                            MainPID) value=$(cat "$file.active" 2>/dev/null || echo 0) ;;
                            Result) value=$(cat "$file.result" 2>/dev/null || echo success) ;;
                        esac
                        echo "$property=$value"
                    done
                done ;;
            is-active) [ -e "$file.active" ] ;;
            is-failed) exit 1 ;;
            start) [ -e "$file" ] && [ ! -e "$file.broken" ] && [ ! -e "$file.masked" ] && { [ -e "$file.active" ] || echo 100 >"$file.active"; } ;;
            stop) rm -f "$file.active" ;;
            restart)
                old=$(cat "$file.active" 2>/dev/null || echo 100)
                rm -f "$file.active"
                [ -e "$file" ] && [ ! -e "$file.broken" ] && [ ! -e "$file.masked" ] && echo $((old + 1)) >"$file.active" ;;
            reload) [ -e "$file.active" ] ;;
            enable) [ -e "$file" ] && [ ! -e "$file.masked" ] && : >"$file.enabled" ;;
            disable) [ -e "$file" ] && rm -f "$file.enabled" ;;
            daemon-reload)
                # An empty file hides a unit.
                rm -f "$top"/units/*.masked
                for file in "$top"/etc/systemd/system/*; do
                    [ ! -f "$file" ] || [ -s "$file" ] || : >"$top/units/${file##*/}.masked"
                done ;;
        esac
        """#

    /// What it starts goes on when its caller is killed, as a unit does.
    private static let systemdRun = #"""
        if [ "$1" = --inner ]; then
            file=$2; limit=$3; shift 3
            timeout "$limit" "$@" </dev/null
            [ $? != 124 ] || echo timeout >"$file.result"
            rm -f "$file.active"
            exit
        fi
        limit=; unit=
        while :; do
            case $1 in
                --unit=*) unit=${1#--unit=}; shift ;;
                -p) case $2 in RuntimeMaxSec=*) limit=${2#*=} ;; esac; shift 2 ;;
                -*) shift ;;
                *) break ;;
            esac
        done
        : >"$top/units/$unit.active"
        setsid "$0" --inner "$top/units/$unit" "$limit" "$@" </dev/null >/dev/null 2>&1 &
        """#

    private static let rcService = #"""
        exists=
        while :; do case $1 in -q) shift ;; -e) exists=yes; shift ;; *) break ;; esac; done
        file=$top/units/$1.service
        if [ -n "$exists" ]; then [ -e "$file" ]; exit; fi
        case $2 in
            status | reload) [ -e "$file.active" ] ;;
            start | restart) rm -f "$file.active"; [ -e "$file" ] && [ ! -e "$file.broken" ] && echo 1 >"$file.active" ;;
            stop) rm -f "$file.active" ;;
        esac
        """#

    private static let rcUpdate = #"""
        [ "$1" = -q ] && shift
        case $1 in
            show)
                for file in "$top"/units/*.enabled; do
                    [ -e "$file" ] || continue
                    name=${file##*/}
                    echo "  ${name%.service.enabled} | default"
                done ;;
            add) : >"$top/units/$2.service.enabled" ;;
            del) rm -f "$top/units/$2.service.enabled" ;;
        esac
        exit 0
        """#

    private static let dpkgQuery = #"""
        shift 4
        [ ! -e "$top/unreadable" ] || { echo "dpkg-query: error: parsing file" >&2; exit 2; }
        for name; do
            if [ "$name" = dpkg ] || grep -qx "$name" "$top/packages"; then echo "$name installed"; fi
        done
        exit 1
        """#

    /// As apt does: a name that it does not know installs nothing, and a service starts where the policy lets it.
    private static let apt = #"""
        simulated=; words=
        while [ $# -gt 0 ]; do
            case $1 in
                -s) simulated=yes; shift ;;
                -o) shift 2 ;;
                -*) shift ;;
                *) words="$words $1"; shift ;;
            esac
        done
        set -- $words
        act=$1; shift
        case $act in
            update)
                if ! flock -n "$top/apt/lists/lock" sh -c :; then
                    echo "E: Could not get lock /var/lib/apt/lists/lock"; exit 100
                fi
                : >"$top/said/updated" ;;
            install)
                for name; do
                    case $name in missing*) echo "E: Unable to locate package $name"; exit 100 ;; esac
                done
                [ -z "$simulated" ] || exit 0
                if [ -e "$top/full" ]; then echo "E: No space left on device"; exit 100; fi
                if [ -e "$top/stale" ] && [ ! -e "$top/said/updated" ]; then
                    echo "E: Unable to fetch some archives"; exit 100
                fi
                for name; do
                    [ ! -e "$top/slow" ] || sleep 30
                    grep -qx "$name" "$top/packages" || echo "$name" >>"$top/packages"
                    : >"$top/units/$name.service"; : >"$top/units/$name.service.enabled"
                    "$top/policy/policy-rc.d"
                    [ $? = 101 ] || echo 1 >"$top/units/$name.service.active"
                done
                touch "$top/database/status" ;;
            remove)
                if [ -n "$simulated" ]; then
                    for name; do echo "Remv $name [1]"; done
                    [ ! -e "$top/dependent" ] || echo 'Remv dependent [1]'
                    exit 0
                fi
                for name; do
                    grep -vx "$name" "$top/packages" >"$top/packages.new"; mv "$top/packages.new" "$top/packages"
                    rm -f "$top/units/$name.service"*
                done
                touch "$top/database/status" ;;
        esac
        """#

    private static let rpm = #"""
        case $1 in
            -q)
                shift 4
                [ ! -e "$top/unreadable" ] || { echo "error: cannot open Packages database" >&2; }
                for name; do
                    if [ ! -e "$top/unreadable" ] && { [ "$name" = rpm ] || grep -qx "$name" "$top/packages"; }; then
                        echo "$name"
                    else echo "package $name is not installed"; fi
                done ;;
            -e)
                shift
                for name; do
                    grep -vx "$name" "$top/packages" >"$top/packages.new"; mv "$top/packages.new" "$top/packages"
                    rm -f "$top/units/$name.service"*
                done ;;
        esac
        exit 0
        """#

    private static let dnf = #"""
        while :; do case $1 in -*) shift ;; *) break ;; esac; done
        shift
        for name; do
            case $name in missing*) echo "Error: Unable to find a match: $name"; exit 1 ;; esac
            echo "$name" >>"$top/packages"; : >"$top/units/$name.service"
        done
        """#

    private static let apk = #"""
        act=$1; shift
        while :; do case $1 in --wait) shift 2 ;; -*) shift ;; *) break ;; esac; done
        case $act in
            info)
                [ ! -e "$top/unreadable" ] || { echo "ERROR: Unable to read database" >&2; exit 99; }
                for name; do
                    if [ "$name" = apk-tools ]; then echo "$name"; else grep -x "$name" "$top/packages"; fi
                done
                exit 0 ;;
            update) : >"$top/said/updated" ;;
            add)
                for name; do
                    case $name in missing*) echo "ERROR: unable to select packages: $name"; exit 1 ;; esac
                    echo "$name" >>"$top/packages"; : >"$top/units/$name.service"
                done ;;
            del)
                for name; do
                    grep -vx "$name" "$top/packages" >"$top/packages.new"; mv "$top/packages.new" "$top/packages"
                    rm -f "$top/units/$name.service"*
                done ;;
        esac
        """#

    private static let ufw = #"""
        rules=$top/etc/ufw/user.rules
        case $1 in
            status) echo 'Status: active' ;;
            allow) echo "### tuple ### allow ${2#*/} ${2%/*} 0.0.0.0/0 any 0.0.0.0/0 in" >>"$rules" ;;
            delete) grep -v "allow ${3#*/} ${3%/*} " "$rules" >"$rules.new"; mv "$rules.new" "$rules" ;;
        esac
        """#
}
