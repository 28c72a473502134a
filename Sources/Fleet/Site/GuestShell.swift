import Formats
import SSH
import Spec

/// A guest's shell over ssh from its node, as root, with the key of its seed and its host key checked.
struct GuestShell: Sendable {
    let commands: NodeCommands
    /// Where the key is on the node.
    let folder: String
    /// Where the guest may answer, the likeliest first.
    let addresses: [IPv4Address]

    /// Why the guest cannot be told anything this way.
    struct Problem: Error, Sendable, Equatable {
        var words: String
        /// Whether it may be another matter in a moment: the guest has a key, and nobody answers yet.
        var mayPass: Bool
    }

    /// The address at which the guest lets us in; one that does not within the patience is passed over.
    func address(patience: Duration = .seconds(20)) async throws -> Result<IPv4Address, Problem> {
        var problem = Problem(words: "no address of it is known for ssh", mayPass: true)
        for address in addresses {
            let result = try await attempt(["true"], at: address, timeout: patience)
            switch result.status {
            case 0: return .success(address)
            case GuestShellScripts.tookTooLong:
                problem.words = "ssh to \(address): it did not let in within \(patience.components.seconds) s"
            case GuestShellScripts.noKey:
                return .failure(
                    Problem(
                        words: "it was made without a key for ssh, which only a new instance with a website gets",
                        mayPass: false))
            case GuestShellScripts.noTool:
                return .failure(Problem(words: "its node has no ssh", mayPass: false))
            default:
                let said = PlainText.lines(result.errorOutput).last ?? "it ended with status \(result.status ?? -1)"
                problem.words = "ssh to \(address): \(said)"
            }
        }
        return .failure(problem)
    }

    /// Runs a script in the guest as root and waits for it.
    func run(
        _ script: String, _ arguments: [String], at address: IPv4Address, input: [UInt8] = [], timeout: Duration
    ) async throws -> GuestAgent.Outcome {
        let result = try await attempt(root(script, arguments), at: address, input: input, timeout: timeout)
        let status = result.status ?? -1
        if status == GuestShellScripts.tookTooLong {
            return GuestAgent.Outcome(
                exitCode: -1, output: "", complaint: "it did not end within \(timeout.components.seconds) s")
        }
        return GuestAgent.Outcome(exitCode: status, output: result.output, complaint: result.errorOutput)
    }

    /// Sends a file of the node into the guest; whether all of it came.
    func send(_ file: String, size: Int, to path: String, at address: IPv4Address) async throws -> Bool {
        let result = try await attempt(
            root(GuestShellScripts.take, [path]), at: address, file: file, timeout: .seconds(3_600))
        return result.succeeded && result.output.filter(\.isNumber) == "\(size)"
    }

    /// Writes a small file that root alone can read into the guest; whether all of it came.
    func write(_ path: String, _ bytes: [UInt8], at address: IPv4Address) async throws -> Bool {
        let outcome = try await run(
            GuestShellScripts.take, [path], at: address, input: bytes, timeout: .seconds(60))
        return outcome.exitCode == 0 && outcome.output.filter(\.isNumber) == "\(bytes.count)"
    }

    /// The words that run a script as root in the guest.
    private func root(_ script: String, _ arguments: [String]) -> [String] {
        ["sudo", "-n", "sh", "-c", script, "kvmctl"] + arguments
    }

    private func attempt(
        _ words: [String], at address: IPv4Address, input: [UInt8] = [], file: String = "", timeout: Duration
    ) async throws -> CommandResult {
        // sshd hands what it gets to a shell, as text.
        try await commands.attempt(
            "running a script in the guest at \(address)", GuestShellScripts.run,
            [folder, "\(address)", "\(timeout.components.seconds)", ShellQuoting.command(words), file], input: input,
            timeout: timeout + .seconds(30))
    }
}

/// What a node and a guest run for a shell over ssh.
enum GuestShellScripts {
    /// Exit code: the node holds no key for this guest.
    static let noKey = 253
    /// Exit code: the node has no ssh.
    static let noTool = 254
    /// Exit code: the command in the guest did not end in time, which says nothing about the node.
    static let tookTooLong = 252
    /// The user in the guest that the node logs in as.
    static let user = "kvmctl-node"

    /// Runs the command `$4` in the guest at `$2` with the key in the folder `$1`, for `$3` seconds at most.
    ///
    /// Its standard input is the file `$5`, or this script's where that is empty. Logging in takes an emulated guest seconds: the
    /// connection stays for some time for the next command. Whoever keeps it open may keep what it says open, so that goes to a file.
    static let run = """
        [ -f "$1/key" ] || exit 253
        command -v ssh >/dev/null || exit 254
        if [ -n "$5" ]; then exec <"$5" || exit 1; fi
        umask 077
        said=$(mktemp) || exit 1
        trap 'rm -f -- "$said"' EXIT
        trap 'exit 1' HUP INT TERM PIPE
        start=$(date +%s)
        timeout -k 5 "$3" ssh -F none -o BatchMode=yes -o ConnectTimeout=8 -o IdentitiesOnly=yes \\
            -o IdentityFile="$1/key" -o UserKnownHostsFile="$1/known" -o GlobalKnownHostsFile=/dev/null \\
            -o HostKeyAlias=guest -o HostKeyAlgorithms=ssh-ed25519 -o StrictHostKeyChecking=yes -o LogLevel=ERROR \\
            -o ControlMaster=auto -o ControlPersist=20 -o ControlPath="/run/kvmctl-guest-${1##*/}" \\
            -o ServerAliveInterval=5 -- "\(user)@$2" "$4" 2>"$said"
        code=$?
        cat -- "$said" >&2
        # 124 would be taken for the node's own limit. The others, KILL and busybox' way to end it, come from the guest as well.
        case $code in
            124) code=252 ;;
            137|143) [ $(($(date +%s) - start)) -lt "$3" ] || code=252 ;;
        esac
        exit $code
        """

    /// Takes a file from standard input and prints how many bytes came.
    static let take = "umask 077; cat >\"$1\" && stat -c %s \"$1\""

    /// Lets the key `$1` in, as a user that may become root; run in the guest at its first boot.
    static let openUp = """
        user=\(user)
        id "$user" >/dev/null 2>&1 || useradd --system --user-group --create-home --home-dir "/home/$user" \\
            --shell /bin/sh --password '*' "$user" || exit 1
        mkdir -p "/home/$user/.ssh" /etc/sudoers.d || exit 1
        printf 'restrict %s\\n' "$1" >"/home/$user/.ssh/authorized_keys"
        chown -R "$user:$user" "/home/$user" && chmod 0700 "/home/$user" "/home/$user/.ssh"
        chmod 0600 "/home/$user/.ssh/authorized_keys"
        printf '%s ALL=(root) NOPASSWD: ALL\\n' "$user" >"/etc/sudoers.d/$user" && chmod 0440 "/etc/sudoers.d/$user"
        if command -v restorecon >/dev/null; then restorecon -R "/home/$user" "/etc/sudoers.d/$user"; fi
        """
}
