/// What has a guest serve a release, go back, and stop.
extension SiteScripts {
    /// Exit code: nginx does not take the configuration or the certificate, and nothing was changed.
    static let badConfiguration = 7
    /// Exit code: something else in the guest listens on the port, and nothing was changed.
    static let portTaken = 8
    /// Exit code: the unit of the website does not run.
    static let notRunning = 9

    /// Writes `private/nginx.conf.new` from the text `$3`, with what depends on this guest, and has nginx try it.
    ///
    /// The trial binds no port. A certificate and its key are in a folder named after both, so that the configuration that
    /// names the folder switches to the pair, and back, as one.
    private static let tryConfiguration = """
        modules=
        flags=$(nginx -V 2>&1)
        for module in proxy fastcgi uwsgi scgi; do
            case $flags in
                *"--without-http_${module}_module"*) ;;
                *) modules="$modules${module}_temp_path /run/${unit%.service}/$module; " ;;
            esac
        done
        tls=
        if [ -f "$base/private/tls.crt.new" ] && [ -f "$base/private/tls.key.new" ]; then
            tls=tls-$(cat "$base/private/tls.crt.new" "$base/private/tls.key.new" | sha256sum | cut -c1-16)
            mkdir -p "$base/private/$tls" || exit 1
            for file in crt key; do mv -f "$base/private/tls.$file.new" "$base/private/$tls/$file" || exit 1; done
            chgrp -R kvmctl-site "$base/private/$tls" && chmod 0750 "$base/private/$tls" &&
                chmod 0640 "$base/private/$tls/crt" "$base/private/$tls/key" || exit 1
        fi
        without=
        [ -e /proc/net/if_inet6 ] || without='/^ *listen \\[::\\]/d'
        written=$base/private/nginx.conf.new
        printf '%s' "$3" | sed -e "s|@modules@|$modules|" -e "s|@tls@|$tls|" -e "$without" >"$written.part" || exit 1
        proof=$(sha256sum <"$written.part" | cut -c1-32)
        sed "s|@proof@|$proof|" <"$written.part" >"$written" && rm -f "$written.part" || exit 1
        trial=$base/private/trial
        rm -rf "$trial" && mkdir -m 0700 "$trial" || exit 1
        sed -e "s|/run/${unit%.service}/|$trial/|g" -e '/^ *listen \\[::\\]/d' -e "s|^\\( *listen \\)[0-9]*|\\1unix:$trial/s|" \\
            <"$written" >"$trial/conf" || exit 1
        if ! timeout 30 nginx -t -q -c "$trial/conf" </dev/null 2>"$trial/said"; then
            grep -v 'test failed$' "$trial/said" >&2
            rm -rf "$trial" "$written"
            forgetKeys
            exit 7
        fi
        rm -rf "$trial"

        """

    /// Removes certificates that neither what is served nor what could be gone back to needs.
    private static let forgetKeys = """
        forgetKeys() {
            for name in "$base"/private/tls-* "$base"/private/tls.crt "$base"/private/tls.key; do
                grep -qsF "/private/${name##*/}" "$base/nginx.conf" "$base/before.nginx.conf" || rm -rf "$name"
            done
        }

        """

    /// Ends where something else than the website listens on the port `$6`.
    private static let lookAtPort = """
        oldPort=$(sed -n 's/^port //p' "$base/state" 2>/dev/null)
        listens() {
            cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
                grep -q "^ *[0-9]*: [0-9A-F]*:$(printf '%04X' "$1") [0-9A-F]*:0000 0A "
        }
        if [ "$oldPort" = "$6" ] && systemctl is-active --quiet "$unit"; then :
        elif listens "$6"; then
            who=$(ss -Hltnp "sport = :$6" 2>/dev/null | sed -n 's/.*users:(("\\([^"]*\\)".*/\\1/p' | sort -u | head -n 1)
            echo "port $6 of the guest is taken by ${who:-another program}" >&2
            rm -f "$base"/private/tls.*.new
            exit 8
        fi

        """

    /// Switches to a release: `$2` its name, `$3` nginx's configuration, `$4` the unit, `$5` the state, `$6` the port.
    ///
    /// Prints `proof` and where the server says which release it serves. What was there before is kept beside it, for going back, and
    /// it is remembered that nobody has seen the new one answer. What nginx does not take, or a port that is taken, changes nothing;
    /// after any other failure `giveBack` finds out whether there is something to go back from.
    static let activate =
        begin + forgetKeys + lookAtPort + tryConfiguration + """
            old=$(readlink "$base/current")
            # What nobody has seen answering, since a run was cut off, is nothing to go back to.
            if [ ! -f "$base/unproven" ]; then
                rm -f "$base"/before.*
                for file in nginx.conf state held; do
                    [ ! -f "$base/$file" ] || ln "$base/$file" "$base/before.$file" || exit 1
                done
                [ -z "$old" ] || ln -s "$old" "$base/before.current" || exit 1
                : >"$base/unproven" || exit 1
            fi
            changed=no; renewed=no
            cmp -s "$written" "$base/nginx.conf" || changed=yes
            mv -f "$written" "$base/nginx.conf" || exit 1
            printf '%s' "$4" >"$base/unit.new" || exit 1
            if ! cmp -s "$base/unit.new" "/etc/systemd/system/$unit"; then
                renewed=yes
                # Made there, for SELinux' sake, and whole before it counts.
                cat "$base/unit.new" >"/etc/systemd/system/$unit.new" &&
                    mv -f "/etc/systemd/system/$unit.new" "/etc/systemd/system/$unit" || exit 1
                systemctl daemon-reload
            fi
            rm -f "$base/unit.new"
            """ + openPort + """

            point "releases/$2" || exit 1
            printf '%s' "$5" >"$base/state.new" || exit 1
            # What is served already has been since then.
            if [ "$old" = "releases/$2" ] && [ -f "$base/state" ]; then touch -r "$base/state" "$base/state.new"; fi
            mv -f "$base/state.new" "$base/state" || exit 1
            rm -f "$base/held"
            touch "$base/releases/$2"
            """ + run + """

            echo "proof $proof"
            """

    /// Has the server run with what is written.
    private static let run = """

        # Enabling has systemd read everything again.
        [ -e "/etc/systemd/system/multi-user.target.wants/$unit" ] || systemctl enable -q "$unit"
        if ! systemctl is-active --quiet "$unit"; then
            systemctl reset-failed "$unit" 2>/dev/null
            systemctl start "$unit"
        elif [ "$renewed" = yes ]; then systemctl restart "$unit"
        elif [ "$changed" = yes ]; then systemctl reload "$unit"
        fi
        """

    /// Goes back to what was served before the last switch; where nothing was, nothing is served.
    ///
    /// With `$2` only where a switch had begun that nobody has seen answering. It takes no room, as a full disk may be the reason.
    static let giveBack =
        begin + closePort + """

            # What has proved good is not taken away: there is nothing to go back from.
            [ -e "$base/unproven" ] || { [ -z "$2" ] && [ -L "$base/before.current" ]; } || exit 0
            changed=yes; renewed=no
            oldPort=$(sed -n 's/^port //p' "$base/state" 2>/dev/null)
            old=$(readlink "$base/before.current")
            if [ -z "$old" ] || [ ! -d "$base/$old" ]; then
                systemctl disable -q --now "$unit"
                rm -f "$base/current" "$base/state" "$base/unproven"
                closePort "$oldPort"
                exit 0
            fi
            point "$old" || exit 1
            for file in nginx.conf state held; do
                rm -f "$base/$file"
                [ ! -f "$base/before.$file" ] || ln "$base/before.$file" "$base/$file" || exit 1
            done
            port=$(sed -n 's/^port //p' "$base/state" 2>/dev/null)
            set -- "$1" '' '' '' '' "${port:-$oldPort}"
            """ + openPort + run + """

            rm -f "$base/unproven"
            """

    /// How the server is and what it said last, for somebody who looks for the reason of a failure.
    static let lastWords =
        begin + """
            state=$(systemctl is-active "$unit" 2>/dev/null)
            [ "$state" = active ] || echo "its server is not running: systemd says ${state:-nothing}"
            journalctl -q -n 8 -o cat --since=-2min "_SYSTEMD_UNIT=$unit" 2>/dev/null | tail -c 2000
            """

    /// Ends with `notRunning` where the unit does not run: then something else answered.
    static let isRunning =
        begin + """
            systemctl is-active --quiet "$unit" || { echo "$unit does not run" >&2; exit 9; }
            """

    /// Takes the present commit for one that answers, and removes all but `$2`, those last used staying.
    ///
    /// Ends with `notRunning`, having changed nothing, where the unit does not run.
    static let prune =
        isRunning + "\n" + forgetKeys + """

            rm -f "$base/unproven" "$base"/before.*
            forgetKeys
            current=$(readlink "$base/current"); current=${current##*/}
            number=0
            for name in $(ls -1t "$base/releases"); do
                number=$((number + 1))
                [ "$name" = "$current" ] && continue
                [ "$number" -gt "$2" ] || continue
                rm -rf "$base/releases/$name"
            done
            rm -rf "$base/making"
            """

    /// Goes back by hand: `$2` is the beginning of a commit that is there, or nothing for the one used before.
    ///
    /// Prints the release that is served then. The commit that was left is remembered, so that it is not deployed again.
    static let rollBack =
        begin + """
            current=$(readlink "$base/current") || { echo 'it serves nothing' >&2; exit 1; }
            current=${current##*/}
            target=
            for name in $(ls -1t "$base/releases"); do
                case $name in "$current") continue ;; "$2"*) target=$name; break ;; esac
            done
            case $current in "$2"?*) [ -n "$2" ] && { echo "current $current"; exit 0; } ;; esac
            if [ -z "$target" ]; then
                echo "it has no ${2:-commit before}; it has: $(ls -1t "$base/releases" | cut -c1-7 | tr '\\n' ' ')" >&2
                exit 6
            fi
            rm -f "$base"/before.* "$base/unproven"
            for file in nginx.conf state held; do
                [ ! -f "$base/$file" ] || ln "$base/$file" "$base/before.$file" || exit 1
            done
            ln -s "releases/$current" "$base/before.current"
            printf '%s' "${current%%-*}" >"$base/held.new" && mv -f "$base/held.new" "$base/held" || exit 1
            point "releases/$target" || exit 1
            subject=$(git --git-dir="$base/repo.git" log -1 --format=%s "${target%%-*}" 2>/dev/null | tr -d '\\000-\\037' | head -c 300)
            sed "s|^subject .*|subject |" "$base/state" >"$base/state.new"
            printf 'subject %s\\n' "$subject" >>"$base/state.new"
            mv -f "$base/state.new" "$base/state"
            touch "$base/releases/$target"
            changed=no; renewed=no
            """ + run + """

            echo "current $target"
            """

    /// Removes what the role made; the port is closed again.
    static let remove =
        begin + closePort + """

            systemctl disable -q --now "$unit" 2>/dev/null
            systemctl stop "kvmctl-build-$1.service" 2>/dev/null
            port=$(sed -n 's/^port //p' "$base/state" 2>/dev/null)
            rm -f "/etc/systemd/system/$unit"; systemctl daemon-reload
            closePort "$port"
            rm -rf "$base"
            """
}
