import Spec

/// What a node tells a doctor, read by one script that changes nothing.
struct NodeSigns: Sendable, Equatable {
    /// How long a name took, and whether it was found.
    struct Resolution: Sendable, Equatable {
        var isFound: Bool
        var seconds: Double
    }

    /// A pool's folder.
    struct Folder: Sendable, Equatable {
        var exists = false
        var mountPoint = ""
        var available: UInt64?
        var access = FolderAccess()
    }

    var architecture = ""
    var hostname = ""
    var machine = ""
    /// Seconds since 1970 by the node's clock.
    var time: Double?
    var missing: Set<String> = []
    /// What installs programs there, such as `apt-get`.
    var packageManager: String?
    var hasKVMDevice = false
    var hasVirtualization = false
    /// Whether guests may have guests; nil where the node does not say.
    var isNested: Bool?
    /// Effective settings of sshd, in lower case; empty where they cannot be read.
    var sshd: [String: String] = [:]
    var names: [String: Resolution] = [:]
    var folders: [Folder] = []

    /// Prints a word and its values per line; needs root.
    ///
    /// Arguments: the words for sshd's `-C`, and the pools' folders. Times are of /proc/uptime, whose hundredths every shell can read.
    static let script = """
        LC_ALL=C; export LC_ALL
        who=$1; shift
        echo "time $(date +%s.%N)"
        echo "architecture $(uname -m)"
        own=$(hostname 2>/dev/null || cat /proc/sys/kernel/hostname)
        echo "hostname $own"
        echo "machine $(cat /etc/machine-id 2>/dev/null || cat /var/lib/dbus/machine-id 2>/dev/null)"
        [ ! -e /dev/kvm ] || echo kvm-device yes
        ! grep -qE '^flags.* (vmx|svm)( |$)' /proc/cpuinfo || echo virtualization yes
        for file in /sys/module/kvm_intel/parameters/nested /sys/module/kvm_amd/parameters/nested; do
            [ ! -r "$file" ] || echo "nested $(cat "$file")"
        done
        """ + "\n" + NodeTool.script + resolve + """

            resolve "$own"
            sshd=$(command -v sshd || echo /usr/sbin/sshd)
            "$sshd" -T -C "$who" 2>/dev/null | while read -r key value; do
                case $key in maxsessions|maxstartups|allowtcpforwarding|allowstreamlocalforwarding) echo "sshd $key $value" ;; esac
            done
            """ + "\n" + FolderAccess.function + """

            number=0
            for folder in "$@"; do
                if folder_access "$number" "$folder"; then
                    echo "folder $number $([ -d "$folder" ] && echo yes || echo no)"
                    echo "mount $number $(stat -c %m -- "$folder" 2>/dev/null)"
                    echo "room $number $(stat -f -c '%S %a' -- "$folder" 2>/dev/null)"
                fi
                number=$((number + 1))
            done
            exit 0
            """

    /// Defines `resolve`, which says how long a name takes; a resolver that waits for a server gives up after 8 s here.
    ///
    /// `ahosts` asks as libvirt does (getaddrinfo); `hosts` asks for IPv6 alone at first, for which a file with IPv4 is no answer.
    static let resolve = """
        resolve() {
            read -r from rest </proc/uptime
            if command -v timeout >/dev/null; then timeout 8 getent ahosts "$1" >/dev/null 2>&1
            else getent ahosts "$1" >/dev/null 2>&1; fi
            found=$?
            read -r to rest </proc/uptime
            echo "name $found $from $to $1"
        }
        """

    /// Resolves the names that are its arguments.
    static let resolveScript = resolve + "\nfor name in \"$@\"; do resolve \"$name\"; done\nexit 0"

    init() {}

    init(reading text: String) {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 1).map { String($0) }
            guard words.count == 2 else { continue }
            take(words[0], PlainText.line(words[1]))
        }
    }

    mutating func take(_ word: String, _ value: String) {
        switch word {
        case "time": time = Double(value) ?? value.split(separator: ".").first.flatMap { Double($0) }
        case "architecture": architecture = value
        case "hostname": hostname = value
        case "machine": machine = value
        case "missing": missing.insert(value)
        case "manager": packageManager = value
        case "kvm-device": hasKVMDevice = true
        case "virtualization": hasVirtualization = true
        case "nested": isNested = ["Y", "y", "1"].contains(value)
        case "sshd":
            let parts = value.split(separator: " ", maxSplits: 1).map { String($0) }
            if parts.count == 2 { sshd[parts[0]] = parts[1] }
        case "name":
            let parts = value.split(separator: " ").map { String($0) }
            guard parts.count == 4, let from = Double(parts[1]), let to = Double(parts[2]) else { return }
            names[parts[3]] = Resolution(isFound: parts[0] == "0", seconds: to - from)
        case "folder", "mount", "room", "access": takeFolder(word, value)
        default: break
        }
    }

    private mutating func takeFolder(_ word: String, _ value: String) {
        var parts = value.split(separator: " ", maxSplits: word == "access" ? 2 : 1).map { String($0) }
        let about = word == "access" ? parts.removeFirst() : word
        guard let number = parts.first.flatMap({ Int($0) }), (0..<256).contains(number) else { return }
        while folders.count <= number { folders.append(Folder()) }
        let rest = parts.count > 1 ? parts[1] : ""
        switch word {
        case "folder": folders[number].exists = rest == "yes"
        case "mount": folders[number].mountPoint = rest
        case "room":
            let numbers = rest.split(separator: " ").compactMap { UInt64($0) }
            guard numbers.count == 2 else { return }
            folders[number].available = numbers[0].multipliedReportingOverflow(by: numbers[1]).partialValue
        default: folders[number].access.take(about, rest)
        }
    }
}
