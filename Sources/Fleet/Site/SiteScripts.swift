/// What is run in a guest, as root, by its agent; every Linux with systemd.
///
/// Each may be cut off anywhere and run again. `$1` is the role's name.
enum SiteScripts {
    static let begin = """
        umask 022
        LC_ALL=C; HOME=/root; PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export LC_ALL PATH HOME
        base=/var/lib/kvmctl-site/$1; unit=kvmctl-site-$1.service
        # What tells that this release is served and not something else on the port: the server gives it to who knows where to ask.
        seal() {
            seal=$(printf '%s' "${1##*/}" | sha256sum | cut -c1-64)
            # Going back must not need room on the disk.
            if [ -f "$base/$1/.kvmctl" ] && [ ! -L "$base/$1/.kvmctl" ] && [ "$(cat "$base/$1/.kvmctl")" = "$seal" ]; then return; fi
            [ ! -d "$base/$1/.kvmctl" ] || [ -L "$base/$1/.kvmctl" ] || rm -rf "$base/$1/.kvmctl"
            rm -rf "$base/seal.new"
            echo "$seal" >"$base/seal.new" && mv -fT "$base/seal.new" "$base/$1/.kvmctl"
        }
        # The link is the owner's of what it leads to: nginx follows no other.
        point() {
            seal "$1" || return 1
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
                echo "proof $(sed -n 's|.* /\\.kvmctl/\\([0-9a-f]*\\) .*|\\1|p' "$base/nginx.conf" 2>/dev/null)"
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
                # A name that somebody in the guest could know before would be a link to a file of root's.
                log=$(mktemp) || exit 1
                trap 'rm -f -- "$log"' EXIT
                if command -v apt-get >/dev/null; then
                    DEBIAN_FRONTEND=noninteractive; export DEBIAN_FRONTEND
                    timeout 120 apt-get -q update >"$log" 2>&1
                    timeout 400 apt-get -q -y --no-install-recommends install $needs >>"$log" 2>&1
                elif command -v dnf >/dev/null; then
                    timeout 500 dnf -q -y install $needs >"$log" 2>&1
                fi
                left=
                [ -x /usr/sbin/nginx ] || left="$left nginx"
                command -v git >/dev/null || left="$left git"
                if [ -n "$left" ]; then
                    tail -n 5 "$log" >&2
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
            # Large files pass through a guest with little memory.
            git config --file "$base/repo.git/config" core.bigFileThreshold 2m
            git config --file "$base/repo.git/config" pack.threads 1
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

    /// Defines `pointer FOLDER`, which prints the first file below it that is a pointer of Git LFS: a build may have fetched what it stands for.
    static let pointer = """
        pointer() {
            find "$1" -type f -size -3 -exec grep -ls '^\(GitScripts.lfsVersion)$' {} + |
                while IFS= read -r file; do
                    [ "$(head -n 1 "$file" 2>/dev/null)" = '\(GitScripts.lfsVersion)' ] || continue
                    printf '%s\\n' "${file#"$1"/}"
                    break
                done
        }

        """

    /// Takes in the bundle in `private/incoming` and makes the folder of a commit: `$2` the commit, `$3` the folder's name, `$4` the path served, `$5` seconds for the build,
    /// `$6` how many submodules, then folder and commit of each, then the commands of the build.
    ///
    /// Prints what somebody should know. What is there already is left as it is.
    static let release =
        begin + pointer + """
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
                # From a file: systemd puts variables of its own into arguments, and halves each $$.
                printf '%s\\n' "$command" >"$base/command" || exit 1
                systemd-run --quiet --wait --collect --pipe --unit="kvmctl-build-$role" \\
                    -p User=kvmctl-build -p Group=kvmctl-build -p WorkingDirectory="$making" -p RuntimeMaxSec="$left" \\
                    -p NoNewPrivileges=yes -p PrivateTmp=yes -p PrivateDevices=yes -p ProtectHome=yes \\
                    -p ProtectSystem=strict -p ReadWritePaths="$making" -p InaccessiblePaths="$base/private" \\
                    -p UMask=0022 -E HOME=/tmp -E PATH=/usr/local/bin:/usr/bin:/bin -E LC_ALL=C.UTF-8 \\
                    sh "$base/command" </dev/null >"$base/private/build.log" 2>&1
                code=$?
                rm -f "$base/command"
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
            if [ ! -d "$making/$path" ]; then
                echo "there is no folder $path" >&2
                exit 5
            fi
            if [ ! -f "$making/$path/index.html" ]; then
                echo "there is no index.html in $path" >&2
                exit 5
            fi
            file=$(pointer "$making/$path")
            if [ -n "$file" ]; then
                printf '%s is in Git LFS, and only a pointer to it is here; commit the file itself, or have build fetch it\\n' "$file" >&2
                exit 5
            fi
            chmod -R u=rwX,go=rX "$making" && chown -hR kvmctl-build:kvmctl-build "$making" || exit 1
            sync -f "$making" 2>/dev/null
            mv -T "$making" "$base/releases/$name"
            """
}
