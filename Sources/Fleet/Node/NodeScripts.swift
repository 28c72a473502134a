// Made by .ci/embed-scripts from the files in NodeScripts/: edit those, and run `make scripts`.
// swift-format-ignore-file

/// What a node is asked before anything else.
enum NodeScripts {
    /// Does nothing: whoever gets its end knows that the node answers.
    static func answer() -> Script {
        Script(answerText, [])
    }
    /// Its text, for a script that runs another.
    static let answerText = #"""
exit 0
"""#

    /// describe prints who this user is, where the daemon listens, and which tools are missing: a word and its value per line, after
    /// a line that a greeting of the login shell does not have. It sets "$rights".
    static let describe = #"""
describe() {
    echo kvmctl-probe
    # Asked for here: sudo takes it away from what it starts.
    [ -z "${SSH_CONNECTION:-}" ] || {
        echo "client ${SSH_CONNECTION%% *}"
        reached=${SSH_CONNECTION% *}
        echo "reached ${reached##* }"
    }
    if [ "$(id -u)" = 0 ]; then rights=root
    elif ! command -v sudo >/dev/null; then rights=plain
    elif why=$(LC_ALL=C sudo -n true 2>&1); then rights=sudo
    else case $why in *"have a tty"*) rights=terminal ;; *) rights=plain ;; esac; fi
    echo "rights $rights"
    tools
    for socket in /run/libvirt/libvirt-sock /run/libvirt/virtqemud-sock; do
        [ -S "$socket" ] || continue
        [ -w "$socket" ] || echo 'denied socket'
        echo "socket $socket"
        break
    done
    echo 'end probe'
}

"""#

    /// Makes the folder of consoles.
    static func makeConsoleFolder(path: String) -> Script {
        Script(makeConsoleFolderText, [path])
    }
    /// Its text, for a script that runs another.
    static let makeConsoleFolderText = #"""
path=$1
umask 022
mkdir -p "$path"
"""#

    /// Describes the node, and then runs a command in the place of the shell: as root, where the user may. Arguments: the command,
    /// which has the standard input.
    static func probeThen(_ more: [String]) -> Script {
        Script(probeThenText, more)
    }
    /// Its text, for a script that runs another.
    static let probeThenText = [
#"""
shift 0

"""#,
        tools,
        describe,
#"""
describe </dev/null
case $rights in sudo) exec sudo -n "$@" ;; *) exec "$@" ;; esac
"""#,
    ].joined()

    /// Describes the node.
    static func probe() -> Script {
        Script(probeText, [])
    }
    /// Its text, for a script that runs another.
    static let probeText = [
        tools,
        describe,
#"""
describe
"""#,
    ].joined()

    /// tools prints "missing NAME" for each program that is not there or cannot do what is asked of it, and "manager NAME" for what
    /// installs programs there. The packages that they come from are in NodeTool.
    ///
    /// Small systems have programs of the right name that lack an option. Users who are not root lack the folders of root's
    /// programs in their path; sudo, which runs these, does not.
    static let tools = #"""
tools() {
    PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
    for manager in apt-get dnf yum apk zypper; do
        if command -v $manager >/dev/null; then echo "manager $manager"; break; fi
    done
    { flock -n -E 75 /dev/null true; case $? in 0 | 75) ;; *) false ;; esac; } >/dev/null 2>&1 || echo 'missing flock'
    { timeout -k 5 9 true; } >/dev/null 2>&1 || echo 'missing timeout'
    { case $(stat -c %.9Y /) in *[0-9].[0-9]*) ;; *) false ;; esac; } >/dev/null 2>&1 || echo 'missing stat'
    { command -v head; } >/dev/null 2>&1 || echo 'missing head'
    { command -v mv; } >/dev/null 2>&1 || echo 'missing mv'
    { command -v sync; } >/dev/null 2>&1 || echo 'missing sync'
    { cp --sparse=always --reflink=auto --help; } >/dev/null 2>&1 || echo 'missing cp'
    { dd iflag=fullblock count=0 </dev/null; } >/dev/null 2>&1 || echo 'missing dd'
    { command -v mktemp; } >/dev/null 2>&1 || echo 'missing mktemp'
    { command -v od; } >/dev/null 2>&1 || echo 'missing od'
    { command -v tee; } >/dev/null 2>&1 || echo 'missing tee'
    { command -v sha256sum; } >/dev/null 2>&1 || echo 'missing sha256sum'
    { [ "$(find / -maxdepth 0 -printf x)" = x ]; } >/dev/null 2>&1 || echo 'missing find'
    { command -v grep; } >/dev/null 2>&1 || echo 'missing grep'
    { command -v sed; } >/dev/null 2>&1 || echo 'missing sed'
    { command -v qemu-img; } >/dev/null 2>&1 || echo 'missing qemu-img'
    { command -v ip; } >/dev/null 2>&1 || echo 'missing ip'
    { command -v bridge; } >/dev/null 2>&1 || echo 'missing bridge'
    { command -v nft; } >/dev/null 2>&1 || echo 'missing nft'
    { command -v awk; } >/dev/null 2>&1 || echo 'missing awk'
    { command -v dnsmasq; } >/dev/null 2>&1 || echo 'missing dnsmasq'
    { command -v iptables; } >/dev/null 2>&1 || echo 'missing iptables'
    { command -v virsh; } >/dev/null 2>&1 || echo 'missing virsh'
    { command -v curl || command -v wget; } >/dev/null 2>&1 || echo 'missing curl'
    { command -v git; } >/dev/null 2>&1 || echo 'missing git'
    { command -v setpriv; } >/dev/null 2>&1 || echo 'missing setpriv'
}

"""#
}
