/// What is run in a guest, as root, by its agent; every Linux with systemd.
///
/// Each may be cut off anywhere and run again. `$1` is the role's name.
enum SiteScripts {
    private static let begin = """
        umask 022
        LC_ALL=C; HOME=/root; PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export LC_ALL PATH HOME
        base=/var/lib/kvmctl-site/$1; unit=kvmctl-site-$1.service
        # Large files pass through a guest with little memory.
        GIT_CONFIG_COUNT=2; GIT_CONFIG_KEY_0=core.bigFileThreshold; GIT_CONFIG_VALUE_0=2m
        GIT_CONFIG_KEY_1=pack.threads; GIT_CONFIG_VALUE_1=1
        export GIT_CONFIG_COUNT GIT_CONFIG_KEY_0 GIT_CONFIG_VALUE_0 GIT_CONFIG_KEY_1 GIT_CONFIG_VALUE_1
        # The link is the owner's of what it leads to: nginx follows no other.
        point() {
            ln -sfn "$1" "$base/current.new" && chown -h kvmctl-build:kvmctl-build "$base/current.new" &&
                mv -T "$base/current.new" "$base/current"
        }

        """

    /// Prints what every website is now, and ends well where there is none.
    static let read =
        """
        LC_ALL=C; PATH=/usr/sbin:/usr/bin:/sbin:/bin; export LC_ALL PATH
        """ + firewalls + """

            for base in /var/lib/kvmctl-site/*; do
                current=$(readlink "$base/current" 2>/dev/null) && [ -d "$base/$current" ] || continue
                echo "site ${base##*/}"
                echo "current ${current##*/}"
                cat "$base/state" 2>/dev/null
                [ -f "$base/held" ] && echo "held $(cat "$base/held")"
                echo "since $(stat -c %Y "$base/state" 2>/dev/null)"
                ls -1t "$base/releases" 2>/dev/null | sed 's/^/kept /'
                [ -f "$base/unproven" ] && echo unproven
                systemctl is-active --quiet "kvmctl-site-${base##*/}.service" && echo serving
                port=$(sed -n 's/^port //p' "$base/state" 2>/dev/null)
                grep -qs '^ENABLED=yes' /etc/ufw/ufw.conf && ! ufwHas "$port" && echo 'shut ufw'
                [ -d /etc/firewalld ] && systemctl is-active --quiet firewalld.service && ! firewalldHas "$port" &&
                    echo 'shut firewalld'
            done
            exit 0
            """

    /// Makes sure of nginx, git, users and folders; prints the commits that are in the guest.
    ///
    /// At first it waits for cloud-init, which may be installing the same packages, or about to wake a firewall.
    static let prepare =
        begin + """
            refs() { git --git-dir="$base/repo.git" for-each-ref --format='%(objectname)' refs/kvmctl; }
            if [ -f "$base/private/prepared" ] && [ -x /usr/sbin/nginx ]; then
                rm -f "$base/private/incoming"
                refs && exit 0
            fi
            patience=600
            while [ -e /run/cloud-init/enabled ] && [ ! -e /run/cloud-init/result.json ] && [ $patience -gt 0 ] &&
                ! systemctl is-failed --quiet cloud-final.service; do
                sleep 1; patience=$((patience - 1))
            done
            needs=
            [ -x /usr/sbin/nginx ] || needs="$needs nginx"
            command -v git >/dev/null || needs="$needs git"
            if [ -n "$needs" ]; then
                if command -v apt-get >/dev/null; then
                    DEBIAN_FRONTEND=noninteractive; export DEBIAN_FRONTEND
                    timeout 120 apt-get -q update >/tmp/kvmctl-install.log 2>&1
                    timeout 400 apt-get -q -y --no-install-recommends install $needs >>/tmp/kvmctl-install.log 2>&1
                elif command -v dnf >/dev/null; then
                    timeout 500 dnf -q -y install $needs >/tmp/kvmctl-install.log 2>&1
                fi
                left=
                [ -x /usr/sbin/nginx ] || left="$left nginx"
                command -v git >/dev/null || left="$left git"
                if [ -n "$left" ]; then
                    tail -n 5 /tmp/kvmctl-install.log >&2
                    echo "the guest has no$left, and it cannot be installed there" >&2
                    exit 3
                fi
                # The distribution's own server would take port 80.
                case $needs in *nginx*) systemctl disable -q --now nginx.service 2>/dev/null ;; esac
            fi
            for user in kvmctl-site kvmctl-build; do
                id "$user" >/dev/null 2>&1 || useradd --system --user-group --no-create-home \\
                    --home-dir /nonexistent --shell /usr/sbin/nologin "$user" || exit 1
            done
            mkdir -p "$base/releases" && mkdir -p -m 0700 "$base/private" && chmod 0755 /var/lib/kvmctl-site "$base" || exit 1
            chgrp kvmctl-site "$base/private" && chmod 0750 "$base/private"
            [ -f "$base/repo.git/HEAD" ] || git init -q --bare "$base/repo.git" || exit 1
            chmod 0700 "$base/repo.git"
            refs && : >"$base/private/prepared"
            """

    /// Lets the key `$2` send one file and nothing else; prints the guest's own host keys.
    ///
    /// The key is made for this file, and shut out when it has come.
    static let openDoor =
        begin + """
            [ -d /etc/ssh ] && systemctl is-active --quiet ssh.service sshd.service ssh.socket 2>/dev/null || exit 3
            door=/var/lib/kvmctl-site/door
            id kvmctl-door >/dev/null 2>&1 || useradd --system --user-group --no-create-home --home-dir "$door" \\
                --shell /bin/sh kvmctl-door || exit 1
            rm -rf "$door" && mkdir -p "$door/.ssh" || exit 1
            printf 'restrict,command="exec cat >%s/incoming" %s\\n' "$door" "$2" >"$door/.ssh/authorized_keys"
            chown -R kvmctl-door:kvmctl-door "$door" && chmod 0700 "$door" "$door/.ssh" && chmod 0600 "$door/.ssh/authorized_keys"
            cat /etc/ssh/ssh_host_*_key.pub
            """

    /// Shuts the key out again; with `$2` the file that came is put where bundles are taken in.
    static let closeDoor =
        begin + """
            door=/var/lib/kvmctl-site/door
            if [ -n "$2" ]; then
                [ "$(stat -c %s "$door/incoming" 2>/dev/null)" = "$2" ] || { rm -rf "$door"; echo 'not everything arrived' >&2; exit 1; }
                mv -f "$door/incoming" "$base/private/incoming" && chown root:root "$base/private/incoming"
            fi
            rm -rf "$door"
            """

    /// Takes in the bundle in `private/incoming` and makes the folder of a commit: `$2` the commit, `$3` the folder's name, `$4` the path served, `$5` seconds for the build,
    /// `$6` how many submodules, then folder and commit of each, then the commands of the build.
    ///
    /// Prints what somebody should know. What is there already is left as it is.
    static let release =
        begin + """
            commit=$2; name=$3; path=$4; limit=$5; parts=$6; making=$base/making
            if [ -f "$base/private/incoming" ]; then
                git --git-dir="$base/repo.git" fetch -q "$base/private/incoming" '+refs/kvmctl/*:refs/kvmctl/*' || exit 1
                rm -f "$base/private/incoming"
            fi
            if [ -d "$base/releases/$name" ]; then
                [ -f "$base/releases/$name/$path/index.html" ] && exit 0
                rm -rf "$base/releases/$name"
            fi
            systemctl stop "kvmctl-build-$1.service" 2>/dev/null
            role=$1
            rm -rf "$making" && mkdir "$making" || exit 1
            GIT_DIR=$base/repo.git; GIT_INDEX_FILE=$base/private/index; export GIT_DIR GIT_INDEX_FILE
            # checkout COMMIT FOLDER
            checkout() {
                rm -f "$GIT_INDEX_FILE"
                mkdir -p "$2" && git read-tree "$1" && GIT_WORK_TREE=$2 git -C "$2" checkout-index -a -f
            }
            checkout "$commit" "$making" || exit 1
            shift 6
            while [ "$parts" -gt 0 ]; do
                # No way out of the folder through a link that the repository holds.
                case $(readlink -m "$making/$1")/ in "$making"/*) ;; *) echo "the submodule $1 lies outside" >&2; exit 1 ;; esac
                checkout "$2" "$making/$1" || exit 1
                shift 2; parts=$((parts - 1))
            done
            unset GIT_DIR GIT_INDEX_FILE
            find "$making" -name .git -prune -exec rm -rf {} +
            chown -hR kvmctl-build:kvmctl-build "$making" || exit 1
            start=$(date +%s)
            for command; do
                left=$((limit - $(date +%s) + start)); [ "$left" -gt 0 ] || left=1
                systemd-run --quiet --wait --collect --pipe --unit="kvmctl-build-$role" \\
                    -p User=kvmctl-build -p Group=kvmctl-build -p WorkingDirectory="$making" -p RuntimeMaxSec="$left" \\
                    -p NoNewPrivileges=yes -p PrivateTmp=yes -p PrivateDevices=yes -p ProtectHome=yes \\
                    -p ProtectSystem=strict -p ReadWritePaths="$making" -p InaccessiblePaths="$base/private" \\
                    -p UMask=0022 -E HOME=/tmp -E PATH=/usr/local/bin:/usr/bin:/bin -E LC_ALL=C.UTF-8 \\
                    sh -c "$command" </dev/null >"$base/private/build.log" 2>&1
                code=$?
                [ $code = 0 ] && continue
                tail -c 4000 "$base/private/build.log" | tail -n 20 >&2
                if [ $(($(date +%s) - start)) -ge "$limit" ]; then
                    echo "the build took longer than $limit s: $command" >&2
                else
                    echo "the build failed with $code: $command" >&2
                fi
                exit 4
            done
            # Links that lead out are not served, and nothing but files, folders and links is.
            find "$making" -type l -exec sh -c '
                top=$1; shift
                for link; do case $(readlink -f "$link") in "$top"/*) ;; *) rm -f "$link"; echo "left out ${link#"$top"/}: a link that leads out" ;; esac; done
                ' sh "$making" {} +
            find "$making" ! -type f ! -type d ! -type l -delete
            if [ ! -f "$making/$path/index.html" ]; then
                echo "there is no index.html in $path" >&2
                exit 5
            fi
            chmod -R u=rwX,go=rX "$making" && chown -hR kvmctl-build:kvmctl-build "$making" || exit 1
            sync -f "$making" 2>/dev/null
            mv -T "$making" "$base/releases/$name"
            """

    /// Switches to a release: `$2` its name, `$3` nginx's configuration, `$4` the unit, `$5` the state, `$6` the port.
    ///
    /// What was there before is kept beside it, for going back, and it is remembered that nobody has seen the new one answer.
    static let activate =
        begin + """
            modules=
            flags=$(nginx -V 2>&1)
            for module in proxy fastcgi uwsgi scgi; do
                case $flags in
                    *"--without-http_${module}_module"*) ;;
                    *) modules="$modules${module}_temp_path /run/${unit%.service}/$module; " ;;
                esac
            done
            old=$(readlink "$base/current")
            # What nobody has seen answering, since a run was cut off, is nothing to go back to.
            if [ ! -f "$base/unproven" ]; then
                rm -f "$base"/before.*
                for file in nginx.conf state held; do [ -f "$base/$file" ] && cp -p "$base/$file" "$base/before.$file"; done
                [ -z "$old" ] || ln -s "$old" "$base/before.current"
                : >"$base/unproven" || exit 1
            fi
            oldPort=$(sed -n 's/^port //p' "$base/state" 2>/dev/null)
            printf '%s' "$3" | sed "s|@modules@|$modules|" >"$base/nginx.conf.new"
            changed=no; renewed=no
            cmp -s "$base/nginx.conf.new" "$base/nginx.conf" || changed=yes
            mv -f "$base/nginx.conf.new" "$base/nginx.conf"
            for file in crt key; do
                [ -f "$base/private/tls.$file.new" ] || continue
                cmp -s "$base/private/tls.$file.new" "$base/private/tls.$file" || changed=yes
                chgrp kvmctl-site "$base/private/tls.$file.new" && chmod 0640 "$base/private/tls.$file.new"
                mv -f "$base/private/tls.$file.new" "$base/private/tls.$file"
            done
            printf '%s' "$4" >"$base/unit.new"
            if ! cmp -s "$base/unit.new" "/etc/systemd/system/$unit"; then
                renewed=yes
                cat "$base/unit.new" >"/etc/systemd/system/$unit" || exit 1
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
            """ + run

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
    static let giveBack =
        begin + closePort + """

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
                [ -f "$base/before.$file" ] && cp -p "$base/before.$file" "$base/$file"
            done
            port=$(sed -n 's/^port //p' "$base/state" 2>/dev/null)
            set -- "$1" '' '' '' '' "${port:-$oldPort}"
            """ + openPort + run + """

            rm -f "$base/unproven"
            """

    /// What the server said last, for somebody who looks for the reason of a failure.
    static let lastWords =
        begin + """
            journalctl -q -n 8 -o cat --since=-2min "_SYSTEMD_UNIT=$unit" 2>/dev/null | tail -c 2000
            """

    /// Takes the present commit for one that answers, and removes all but `$2`, those last used staying.
    static let prune =
        begin + """
            rm -f "$base/unproven"
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
    /// Prints the commit that is served then. The one that was left is remembered, so that it is not deployed again.
    static let rollBack =
        begin + """
            current=$(readlink "$base/current") || { echo 'it serves nothing' >&2; exit 1; }
            current=${current##*/}
            target=
            for name in $(ls -1t "$base/releases"); do
                case $name in "$current") continue ;; "$2"*) target=$name; break ;; esac
            done
            case $current in "$2"?*) [ -n "$2" ] && { echo "current ${current%%-*}"; exit 0; } ;; esac
            if [ -z "$target" ]; then
                echo "it has no ${2:-commit before}; it has: $(ls -1t "$base/releases" | cut -c1-7 | tr '\\n' ' ')" >&2
                exit 6
            fi
            rm -f "$base"/before.* "$base/unproven"
            for file in nginx.conf state held; do [ -f "$base/$file" ] && cp -p "$base/$file" "$base/before.$file"; done
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

            echo "current ${target%%-*}"
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
