# shellcheck shell=sh
# What every script for git begins with: git that asks nobody and speaks https, ssh and git only, and what lets it in.
#
# Standard input is as GitCredentials has it. Password and authority are for the repository's own host: neither a submodule
# elsewhere nor a redirection gets them, and no helper of root's own is told what was right.

. ./seat.sh
umask 077
LC_ALL=C; PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export LC_ALL PATH
command -v git >/dev/null || { echo 'git is not installed' >&2; exit 4; }
GIT_TERMINAL_PROMPT=0; GIT_ALLOW_PROTOCOL=https:ssh:git; GIT_ASKPASS=/bin/false; SSH_ASKPASS=/bin/false
export GIT_TERMINAL_PROMPT GIT_ALLOW_PROTOCOL GIT_ASKPASS SSH_ASKPASS
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_SSH
# What a script left that was killed: each folder is named after its script's process.
for old in /run/kvmctl-git.*.* "${TMPDIR:-/tmp}"/kvmctl-git.*.*; do
    owner=${old##*/kvmctl-git.}
    [ -d "$old" ] && [ -O "$old" ] && ! kill -0 "${owner%%.*}" 2>/dev/null && rm -rf -- "$old"
done
keys=$(mktemp -d "/run/kvmctl-git.$$.XXXXXX" 2>/dev/null ||
    mktemp -d "${TMPDIR:-/tmp}/kvmctl-git.$$.XXXXXX") || exit 1
asking=no
# `timeout` has a process group of its own, which no signal for the script's reaches.
finish() {
    trap '' HUP INT TERM PIPE
    [ $asking = yes ] && [ -n "$!" ] && { kill -TERM "-$!"; kill -TERM "$!"; } 2>/dev/null
    rm -rf -- "$keys"
}
trap finish EXIT
# A signal may come twice, from the group and from the node's `timeout`: the second must not end what the first began.
trap 'trap "" HUP INT TERM PIPE; exit 1' HUP INT TERM PIPE
cat >"$keys/in"
sed -n 's/^k //p' "$keys/in" >"$keys/key"
sed -n 's/^h //p' "$keys/in" >"$keys/hosts"
sed -n 's/^a //p' "$keys/in" >"$keys/authority"
{ sed -n 's/^u /username=/p' "$keys/in"; sed -n 's/^p /password=/p' "$keys/in"; } >"$keys/login"
# A file, since git before 2.31 reads no settings from variables.
setting() { git config --file "$keys/config" --add "$1" "$2" || exit 1; }
alone=no
if grep -q '^n ' "$keys/in"; then
    # Nothing of this machine logs in: no key, agent or ticket, no .netrc, helper or other setting of its user.
    alone=yes
    HOME=$keys/home; XDG_CONFIG_HOME=$HOME; GIT_CONFIG_NOSYSTEM=1; GIT_CONFIG_GLOBAL=/dev/null
    export HOME XDG_CONFIG_HOME GIT_CONFIG_NOSYSTEM GIT_CONFIG_GLOBAL
    unset GIT_CONFIG_PARAMETERS GIT_CONFIG_COUNT GIT_CONFIG_SYSTEM GIT_SSL_CERT GIT_SSL_KEY SSH_AUTH_SOCK
    mkdir "$HOME" || exit 1
    setting http.emptyAuth false
fi
setting http.lowSpeedLimit 1; setting http.lowSpeedTime 20; setting gc.auto 0
host=${repo#https://}; host=${host%%/*}; host=https://${host##*@}
[ -s "$keys/authority" ] && setting "http.$host/.sslCAInfo" "$keys/authority"
if [ -s "$keys/login" ]; then
    setting "credential.$host.helper" ''
    setting "credential.$host.helper" "!f() { [ \"\$1\" = get ] && cat '$keys/login'; }; f"
fi
own=$(seat "$repo")
# The key is for the repository's own host: a submodule elsewhere is not offered it.
letIn() {
    [ $alone = no ] || { GIT_SSH_COMMAND=/bin/false; export GIT_SSH_COMMAND; return; }
    ssh='ssh -o BatchMode=yes -o ConnectTimeout=15 -o StrictHostKeyChecking=yes'
    [ -s "$keys/key" ] && [ "$(seat "$1")" = "$own" ] &&
        ssh="$ssh -F none -o IdentitiesOnly=yes -o IdentityFile=$keys/key"
    [ -s "$keys/hosts" ] && ssh="$ssh -o UserKnownHostsFile=$keys/hosts -o GlobalKnownHostsFile=/dev/null"
    GIT_SSH_COMMAND=$ssh; export GIT_SSH_COMMAND
}
letIn "$repo"
mkdir -p "${mirror%/*}" || exit 1
exec 9>>"$mirror.lock" && flock 9 || exit 1
if [ ! -f "$mirror/HEAD" ] || [ ! -d "$mirror/objects" ]; then
    rm -rf -- "$mirror"; git init -q --bare "$mirror" || exit 1
fi
GIT_DIR=$mirror; export GIT_DIR
has() { git cat-file -e "$1^{commit}" 2>/dev/null; }
# ask SECONDS COMMAND…, not from a subshell: only the script itself ends git when it is ended. It waits for git in the
# background, since a trap runs during `wait` and not before a command in the foreground has ended.
ask() {
    patience=$1; shift; asking=yes
    timeout -k 5 "$patience" git -c include.path="$keys/config" "$@" 9>&- &
    wait "$!"; code=$?; asking=no
    return $code
}
keep() { git update-ref "refs/kvmctl/$1" "$1"; }
