import CLibssh
import Glibc

/// A proxy command that runs: it carries the connection on its standard input and output.
///
/// It is started here and not by libssh, which lets it inherit every open descriptor (its own end of the connection among
/// them, so that it would never see the end) and ends only the shell, not what the shell started.
struct ProxyProcess {
    /// How long the command may take to end after it was told to.
    private static let patience = Duration.seconds(1)

    private let group: pid_t

    /// Starts the command in a shell; the other end of `there` is the socket to talk over.
    ///
    /// The command gets a session of its own, so that Ctrl-C here ends kvmctl's work first, and so that it cannot stop to
    /// ask something at the terminal.
    init(_ command: String, on there: consuming Descriptor) throws(ConnectFailure) {
        // Commands expect descriptors that wait.
        _ = fcntl(there.raw, F_SETFL, fcntl(there.raw, F_GETFL) & ~O_NONBLOCK)

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, there.raw, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, there.raw, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Threads of Swift's pool block all signals, and a child inherits that.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | kvmctl_POSIX_SPAWN_SETSID
        posix_spawnattr_setflags(&attributes, Int16(flags))

        var words: [UnsafeMutablePointer<CChar>?] = ["sh", "-c", command].map { (word: String) in strdup(word) }
        words.append(nil)
        defer { words.forEach { free($0) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, "/bin/sh", &actions, &attributes, &words, environ)
        guard code == 0 else { throw ConnectFailure(.local("posix_spawn", code)) }
        group = pid
    }

    /// Ends the command with everything it started in its process group, and waits until it is gone: a second at most.
    func end() {
        kill(-group, SIGHUP)
        kill(-group, SIGTERM)
        let deadline = Interest.Clock.now.advanced(by: Self.patience)
        var status: CInt = 0
        while waitpid(group, &status, WNOHANG) == 0 {
            if Interest.Clock.now >= deadline {
                kill(-group, SIGKILL)
                while waitpid(group, &status, 0) < 0, errno == EINTR {}
                return
            }
            usleep(5000)
        }
        // What outlived its parent had the same second.
        kill(-group, SIGKILL)
    }
}
